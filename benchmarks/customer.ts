/** A customer with credits on a running stack, over the public API. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StackInfo } from "../sandbox/info.ts";

export interface Customer {
  email: string;
  token: string;
  /** `cookie` header of a browser that logged in through the form. */
  cookie: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export async function newCustomer({ web }: Pick<StackInfo, "web">, pack?: string): Promise<Customer> {
  const email = `bench-${crypto.randomUUID()}@kredo.test`;
  const password = crypto.randomUUID();
  const register = caller(web);
  const { session } = await register<{ session: { access_token: string } }>("POST", "/api/auth/register", {
    email,
    password,
  });
  const token = session.access_token;
  const call = caller(web, token);
  if (pack) {
    const { url } = await call<{ url: string }>("POST", "/api/billing/checkout-session", { pack });
    const paid = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ outcome: "paid" }),
      redirect: "manual",
    });
    await paid.body?.cancel();
    while ((await call<{ available: number }>("GET", "/api/credits/balance")).available <= 10) await sleep(50);
  }
  return { email, token, cookie: await logIn(web, email, password), call };
}

async function logIn(web: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${web}/log-in`, {
    method: "POST",
    headers: { origin: web },
    body: new URLSearchParams({ email, password }),
    redirect: "manual",
  });
  await response.body?.cancel();
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  if (response.status !== 303 || cookies.length === 0) throw new Error(`log-in answered ${response.status}`);
  return cookies.join("; ");
}

function caller(web: string, token?: string) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, web), {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json", "idempotency-key": crypto.randomUUID() }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  };
}

import { randomUUID } from "node:crypto";
import { stack } from "./stack.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any -- tests look into whatever came back, and fail if it is not there
  body: any;
}

export interface AskOptions extends Omit<RequestInit, "body"> {
  /** Sent as JSON, by POST unless `method` says otherwise. */
  json?: unknown;
  /** Sent as a form, by POST. */
  form?: Record<string, string>;
  body?: BodyInit;
  /** Sent as a bearer token. */
  token?: string;
  /** Sent as a cookie, from our own origin. */
  cookie?: string;
  /** Origin of another web app than the shared stack's. */
  at?: string;
}

/** Asks the web app, and follows no redirect. */
export async function ask(path: string, { json, form, token, cookie, at, ...init }: AskOptions = {}): Promise<Answer> {
  const web = at ?? (await stack()).web;
  const headers = new Headers(init.headers);
  if (json !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    init = { method: "POST", body: JSON.stringify(json), ...init };
  }
  if (form) init = { method: "POST", body: new URLSearchParams(form), ...init };
  if (token) headers.set("authorization", `Bearer ${token}`);
  if (cookie) {
    headers.set("cookie", cookie);
    if (!headers.has("origin")) headers.set("origin", web);
  }
  const response = await fetch(new URL(path, web), { redirect: "manual", ...init, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The cookies an answer set and did not delete, as a browser would send them back. */
export function cookiesOf({ headers }: Answer): string {
  return headers.getSetCookie().filter((cookie) => !/Max-Age=0/.test(cookie)).map((cookie) => cookie.split(";")[0])
    .join("; ");
}

export interface Customer {
  id: string;
  email: string;
  password: string;
  token: string;
  cookie: string;
  /** Where they are a customer, when that is not the shared stack. */
  at?: string;
}

/** Registers somebody new, who has the free allowance of ten credits. */
export async function newCustomer(at?: string): Promise<Customer> {
  const email = `${randomUUID()}@example.test`;
  const password = `pass ${randomUUID()}`;
  const answer = await ask("/api/auth/register", { json: { email, password }, at });
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status}: ${answer.text}`);
  const { user, session } = answer.body;
  return { id: user.id, email, password, token: session.access_token, cookie: cookiesOf(answer), at };
}

import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Job } from "../../domain/jobs/types.ts";
import { newVisitor, type Visit } from "./browser.ts";
import { until } from "./until.ts";

export interface Customer {
  page: Page;
  context: BrowserContext;
  errors: string[];
  email: string;
  /** Calls the API as this person: the answer's JSON. */
  api(method: "GET" | "POST", path: string, data?: unknown): Promise<{ status: number; body: unknown }>;
}

/** Somebody with a new account, ten free credits and a browser that is logged in. */
export async function newCustomer(browser: Browser, origin: string, visit?: Visit): Promise<Customer> {
  const visitor = await newVisitor(browser, origin, visit);
  const email = `e2e-${crypto.randomUUID()}@kredo.test`;
  const registered = await visitor.context.request.post("/api/auth/register", {
    data: { email, password: "four unrelated quiet words" },
  });
  assert.equal(registered.status(), 201);
  const { session } = await registered.json();
  return {
    ...visitor,
    email,
    async api(method, path, data) {
      const headers = { authorization: `Bearer ${session.access_token}` };
      const response = await visitor.context.request.fetch(path, { method, data, headers });
      return { status: response.status(), body: await response.json() };
    },
  };
}

export async function orderJob(customer: Customer, input: Record<string, unknown>): Promise<Job> {
  const { status, body } = await customer.api("POST", "/api/jobs", { model: "seedream-4-5", input });
  assert.equal(status, 201, JSON.stringify(body));
  return body as Job;
}

export async function jobIn(customer: Customer, id: string, ...statuses: Job["status"][]): Promise<Job> {
  return await until(async () => {
    const { body } = await customer.api("GET", `/api/jobs/${id}`);
    return statuses.includes((body as Job).status) ? body as Job : null;
  });
}

export async function balanceOf(customer: Customer): Promise<unknown> {
  return (await customer.api("GET", "/api/credits/balance")).body;
}

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Customer, newCustomer } from "./customer.ts";
import { type Mail, mailsTo } from "./mail.ts";
import { inDatabase } from "./jobs.ts";
import type { StackInfo } from "./stack.ts";
import { until } from "./until.ts";
import type { Browser } from "playwright-core";

/** A customer whose months pass at the press of a button, with what a test needs to see that all sources tell the same. */
export interface Life extends Customer {
  /** Moves Stripe and the books on, and waits until all news has arrived. */
  pass(time: string): Promise<void>;
  /** What somebody does at the sandbox's console. */
  atConsole<T>(path: string, body: unknown): Promise<T>;
  plan(): Promise<Subscription>;
  usage(): Promise<Record<string, { used: number; limit: number | null; resets_at: string | null }>>;
  balance(): Promise<{ available: number; held: number; debt: number }>;
  /** Kind, counter-account and amount of every entry, oldest first. */
  entries(): Promise<string[]>;
  invoices(): Promise<Invoice[]>;
  /** Subjects, oldest first. */
  mails(): Promise<Mail[]>;
  /** The customer's id at Stripe. */
  stripeCustomer(): Promise<string>;
}

export interface Subscription {
  plan: string;
  status: string | null;
  interval: string | null;
  current_period_end: string;
  cancel_at_period_end: boolean;
}

export interface Invoice {
  id: string;
  number: string | null;
  status: string;
  total_cents: number;
}

export async function beginLife(browser: Browser, info: StackInfo): Promise<Life> {
  const customer = await newCustomer(browser, info.web);
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await customer.api("GET", path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body as T;
  };
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(info.console + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };

  return {
    ...customer,
    atConsole: post,
    async pass(time) {
      await post("/api/clock", { advance: time });
      await quiet(info);
    },
    plan: () => get("/api/billing/subscription"),
    usage: () => get("/api/usage"),
    balance: () => get("/api/credits/balance"),
    async entries() {
      const { entries } = await get<{ entries: { kind: string; counter_account: string; amount: number }[] }>(
        "/api/credits/ledger?limit=100",
      );
      return entries.reverse().map(({ kind, counter_account, amount }) =>
        `${kind} ${counter_account} ${amount > 0 ? "+" : ""}${amount}`
      );
    },
    async invoices() {
      const { invoices } = await get<{ invoices: Invoice[] }>("/api/billing/invoices?limit=100");
      return invoices.reverse();
    },
    mails: async () => (await mailsTo(info.console, customer.email)).reverse(),
    stripeCustomer: () =>
      inDatabase(async (sql) => {
        const [{ customer: id }] = await sql<{ customer: string }[]>`
          select s.customer from private.stripe_customers s join public.profiles p on p.id = s.user_id
          where p.email = ${customer.email}`;
        return id;
      }, info),
  };
}

/** Nothing is on its way: no webhook, no task, no failed event. */
async function quiet(info: StackInfo): Promise<void> {
  let calm = 0;
  await until(async () => {
    const { pending_webhooks } = await (await fetch(`${info.console}/api/clock`)).json();
    const open = await inDatabase(async (sql) => {
      const [{ n }] = await sql<{ n: number }[]>`
        select (select count(*) from private.tasks where state = 'open')::int
          + (select count(*) from private.webhook_events where retry_at is not null)::int as n`;
      return n;
    }, info);
    calm = pending_webhooks === 0 && open === 0 ? calm + 1 : 0;
    return calm >= 5;
  }, "calm after the clock has moved");
}

/** On Stripe's page, with the card that is chosen there. */
export async function payAtStripe(page: Page): Promise<void> {
  await page.locator("button[value=paid]").click();
}

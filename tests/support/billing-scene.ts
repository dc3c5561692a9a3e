import { randomUUID } from "node:crypto";
import { applyEvent, type Facts } from "./billing-events.ts";
import {
  type Cycle,
  disputeObject,
  intentObject,
  invoiceObject,
  type LineFields,
  type Plan,
  priceId,
  type SubscriptionFields,
  subscriptionObject,
} from "./billing-objects.ts";
import type { TestDatabase } from "./database.ts";

/** A day and a 31-day month, in seconds. */
export const DAY = 86_400;
export const MONTH = 31 * DAY;

/** What they cost, in cents; the figures of seed.sql. */
export const PRICES: Record<Plan, Record<Cycle, number>> = {
  pro: { month: 2900, year: 29_000 },
  enterprise: { month: 9900, year: 99_000 },
};

export const now = () => Math.floor(Date.now() / 1000);

/** Stripe's ids of our prices, as `deno task stripe:sync` would have written them down. */
export async function syncPrices(db: TestDatabase): Promise<void> {
  for (const plan of ["pro", "enterprise"] as const) {
    for (const cycle of ["month", "year"] as const) {
      await db.asService((sql) =>
        sql`select private.note_stripe_id(false, ${`price:${plan}:${cycle}@1`}, ${priceId(plan, cycle)})`
      );
    }
  }
}

/** Somebody Stripe knows. */
export async function createCustomer(db: TestDatabase, user?: string): Promise<Customer> {
  user ??= await db.createUser();
  const customer = `cus_${user.replaceAll("-", "")}`;
  await db.asWeb((sql) => sql`select private.note_stripe_customer(false, ${user}, ${customer})`);
  return { user, customer };
}

export interface Customer {
  user: string;
  customer: string;
}

/** A subscription as a story tells of it, with what Stripe would show of it at each moment. */
export class Subscribed {
  readonly id = `sub_${randomUUID()}`;
  readonly fields: SubscriptionFields;
  invoices = 0;

  constructor(readonly db: TestDatabase, readonly who: Customer, fields: Partial<SubscriptionFields> = {}) {
    const start = fields.start ?? now() - 60;
    this.fields = {
      id: this.id,
      customer: who.customer,
      plan: "pro",
      cycle: "month",
      status: "active",
      start,
      end: start + (fields.cycle === "year" ? 365 * DAY : MONTH),
      created: start,
      ...fields,
    };
  }

  /** What the fields are from now on. */
  change(fields: Partial<SubscriptionFields>): this {
    Object.assign(this.fields, fields);
    return this;
  }

  /** An invoice for the present period, or for the lines that are given. */
  invoice(fields: Partial<Parameters<typeof invoiceObject>[0]> = {}, ...lines: Partial<LineFields>[]) {
    const { plan, cycle, start, end, customer } = this.fields;
    const line: LineFields = { subscription: this.id, plan, cycle, amount: PRICES[plan][cycle], start, end };
    const id = fields.id ?? `in_${this.invoices++}_${this.id}`;
    return invoiceObject({
      id,
      customer,
      subscription: this.id,
      created: start,
      lines: lines.length > 0 ? lines.map((changes) => ({ ...line, ...changes })) : [line],
      intent: `pi_${id}`,
      ...fields,
    });
  }

  object(invoice?: unknown) {
    return subscriptionObject({ ...this.fields, latestInvoice: invoice });
  }

  /** As Stripe tells of it now. */
  tell(type = "customer.subscription.updated", invoice?: unknown, options: Parameters<typeof applyEvent>[3] = {}) {
    const facts: Facts = { subscription: this.object(invoice), ...invoice !== undefined && { invoice } };
    return applyEvent(this.db, type, facts, options);
  }

  /** Paid for its present period. Gives the invoice. */
  async pay(fields: Parameters<Subscribed["invoice"]>[0] = {}, ...lines: Partial<LineFields>[]) {
    const invoice = this.invoice(fields, ...lines);
    await this.tell("invoice.paid", invoice);
    return invoice;
  }

  /** What its payment's refunds and disputes have come to. */
  moneyBack(
    invoice: ReturnType<typeof invoiceObject>,
    { refunded = 0, disputes = [] }: { refunded?: number; disputes?: [amount: number, status: string][] },
  ) {
    const intent = intentObject({
      id: `pi_${invoice.id}`,
      customer: this.who.customer,
      amount: invoice.amount_paid,
      refunded,
    });
    return applyEvent(this.db, "charge.refunded", {
      subscription: this.object(invoice),
      invoice,
      payment_intent: intent,
      disputes: disputes.map(([amount, status], at) => disputeObject(`dp_${at}_${invoice.id}`, amount, status)),
    });
  }
}

import postgres from "postgres";
import type { StackInfo } from "./stack.ts";

const DAY = 86_400;

/** How a plan is to stand, for pages that show it. Days count from now; negative ones are over. */
export interface PlanFacts {
  plan?: "pro" | "enterprise";
  interval?: "month" | "year";
  status?: string;
  /** End of the period. */
  endsInDays?: number;
  trial?: boolean;
  canceled?: boolean;
  /** Paid unless it says otherwise; an open one was made `invoicedDaysAgo`. */
  invoice?: "paid" | "open" | "none";
  invoicedDaysAgo?: number;
}

/**
 * Puts a subscription in, as if Stripe had told of it: the states that a test would otherwise have to live through for
 * weeks. Through the same function as Stripe's webhooks. Returns the subscription's id.
 */
export async function tellOfPlan(info: StackInfo, email: string, facts: PlanFacts = {}): Promise<string> {
  const { plan = "pro", interval = "month", status = "active", endsInDays = 20, invoice = "paid" } = facts;
  const sql = postgres(info.db, { max: 1, prepare: false });
  try {
    const [{ user, customer, price, cents, now, ticket }] = await sql<
      { user: string; customer: string; price: string; cents: number; now: number; ticket: number }[]
    >`
      select p.id as user, private.note_stripe_customer(false, p.id, ${`cus_told_${crypto.randomUUID()}`}) as customer,
        private.stripe_id_of(false, concat('price:', ${plan}::text, ':', ${interval}::text, '@', s.version)) as price,
        s.price_cents::int as cents, extract(epoch from private.clock())::int as now, private.take_stripe_ticket()::int as ticket
      from public.profiles p cross join private.price_on_sale(${plan}, ${interval}) s where p.email = ${email}`;
    const id = `sub_told_${user}_${plan}`;
    const end = now + Math.round(endsInDays * DAY);
    const start = facts.trial ? end - 7 * DAY : end - (interval === "year" ? 365 : 30) * DAY;
    const made = now - Math.round((facts.invoicedDaysAgo ?? 0) * DAY);
    const amount = facts.trial ? 0 : cents;
    const bill = {
      id: `in_told_${crypto.randomUUID().slice(0, 8)}`,
      customer,
      created: made,
      currency: "usd",
      status: invoice,
      number: "TOLD-0001",
      billing_reason: status === "incomplete" ? "subscription_create" : "subscription_cycle",
      subtotal: amount,
      total: amount,
      total_taxes: [],
      amount_paid: invoice === "paid" ? amount : 0,
      amount_remaining: invoice === "paid" ? 0 : amount,
      attempt_count: 1,
      hosted_invoice_url: `${info.web}/told-invoice`,
      status_transitions: { finalized_at: made, paid_at: invoice === "paid" ? made : null },
      parent: { subscription_details: { subscription: id } },
      lines: {
        data: [{
          description: "A plan",
          quantity: 1,
          amount,
          period: { start, end },
          parent: {
            type: "subscription_item_details",
            subscription_item_details: { subscription: id, proration: false },
          },
          pricing: { price_details: { price } },
        }],
      },
      payments: { data: [] },
    };
    const subscription = {
      id,
      customer,
      status,
      created: start,
      trial_end: facts.trial ? end : null,
      cancel_at_period_end: facts.canceled ?? false,
      cancel_at: null,
      ended_at: status === "canceled" ? end : null,
      latest_invoice: invoice === "none" ? null : bill,
      items: { data: [{ price: { id: price }, current_period_start: start, current_period_end: end }] },
    };
    const told = { subscription, ...invoice !== "none" && { invoice: bill } };
    await sql`select private.reconcile_stripe_facts(false, ${ticket}, ${sql.json(told)})`;
    return id;
  } finally {
    await sql.end();
  }
}

/** As somebody with the database at hand: balances, limits and settings that a page is to show. */
export async function inDatabase<T>(info: StackInfo, act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(info.db, { max: 1, prepare: false });
  try {
    return await act(sql);
  } finally {
    await sql.end();
  }
}

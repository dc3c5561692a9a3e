/**
 * Objects of Stripe's with the fields that our SQL reads, in Stripe's shape. Times are seconds since 1970, amounts cents.
 */

export type Plan = "pro" | "enterprise";
export type Cycle = "month" | "year";

export const priceId = (plan: Plan, cycle: Cycle) => `price_${plan}_${cycle}`;

export interface SessionFields {
  id: string;
  checkout: string;
  user: string;
  customer?: string | null;
  amount?: number;
  status?: "open" | "complete" | "expired";
  paid?: boolean;
  intent?: unknown;
  subscription?: string;
  setupIntent?: unknown;
}

export const sessionObject = (fields: SessionFields) => ({
  id: fields.id,
  status: fields.status ?? "complete",
  payment_status: fields.paid ?? true ? "paid" : "unpaid",
  amount_subtotal: fields.amount ?? 0,
  amount_total: fields.amount ?? 0,
  currency: "usd",
  customer: fields.customer ?? null,
  payment_intent: fields.intent ?? null,
  setup_intent: fields.setupIntent ?? null,
  subscription: fields.subscription ?? null,
  metadata: { checkout_id: fields.checkout, user_id: fields.user },
});

export interface IntentFields {
  id: string;
  customer?: string | null;
  checkout?: string;
  user?: string;
  amount: number;
  status?: string;
  refunded?: number;
  failure?: string;
}

export const intentObject = (fields: IntentFields) => ({
  id: fields.id,
  customer: fields.customer ?? null,
  amount: fields.amount,
  amount_received: (fields.status ?? "succeeded") === "succeeded" ? fields.amount : 0,
  currency: "usd",
  status: fields.status ?? "succeeded",
  last_payment_error: fields.failure ? { code: fields.failure } : null,
  latest_charge: { id: `ch_${fields.id}`, amount: fields.amount, amount_refunded: fields.refunded ?? 0 },
  metadata: fields.checkout ? { checkout_id: fields.checkout, user_id: fields.user } : {},
});

export const disputeObject = (id: string, amount: number, status: string) => ({ id, amount, status });

export interface LineFields {
  subscription: string;
  plan: Plan;
  cycle: Cycle;
  amount: number;
  start: number;
  end: number;
  proration?: boolean;
}

const lineObject = (line: LineFields) => ({
  description: `${line.plan}, by the ${line.cycle}`,
  quantity: 1,
  amount: line.amount,
  period: { start: line.start, end: line.end },
  parent: {
    type: "subscription_item_details",
    subscription_item_details: { subscription: line.subscription, proration: line.proration ?? false },
  },
  pricing: { type: "price_details", price_details: { price: priceId(line.plan, line.cycle) } },
});

export interface InvoiceFields {
  id: string;
  customer: string;
  subscription: string;
  created: number;
  lines: LineFields[];
  status?: "draft" | "open" | "paid" | "void" | "uncollectible";
  reason?: string;
  attempts?: number;
  /** Without one nothing was charged. */
  intent?: string | null;
}

export function invoiceObject(fields: InvoiceFields) {
  const total = fields.lines.reduce((sum, { amount }) => sum + amount, 0);
  const status = fields.status ?? "paid";
  const due = Math.max(0, total);
  const paid = status === "paid" ? due : 0;
  return {
    id: fields.id,
    customer: fields.customer,
    created: fields.created,
    number: `KREDO-${fields.id}`,
    status,
    billing_reason: fields.reason ?? "subscription_cycle",
    currency: "usd",
    subtotal: total,
    total,
    total_taxes: [],
    amount_paid: paid,
    amount_remaining: due - paid,
    attempt_count: fields.attempts ?? (status === "paid" ? 1 : 0),
    next_payment_attempt: null,
    hosted_invoice_url: `https://invoice.stripe.com/i/${fields.id}`,
    customer_name: null,
    customer_email: null,
    customer_address: null,
    customer_tax_ids: [],
    status_transitions: { finalized_at: fields.created, paid_at: status === "paid" ? fields.created : null },
    parent: { type: "subscription_details", subscription_details: { subscription: fields.subscription } },
    lines: { data: fields.lines.map(lineObject) },
    payments: {
      data: fields.intent && due > 0
        ? [{
          status: status === "paid" ? "paid" : "open",
          amount_paid: paid,
          payment: { type: "payment_intent", payment_intent: fields.intent },
        }]
        : [],
    },
  };
}

export interface SubscriptionFields {
  id: string;
  customer: string;
  plan: Plan;
  cycle: Cycle;
  status: string;
  start: number;
  end: number;
  created: number;
  trialEnd?: number | null;
  cancelAt?: number | null;
  endedAt?: number | null;
  latestInvoice?: unknown;
}

export const subscriptionObject = (fields: SubscriptionFields) => ({
  id: fields.id,
  customer: fields.customer,
  status: fields.status,
  created: fields.created,
  trial_end: fields.trialEnd ?? null,
  cancel_at_period_end: fields.cancelAt === fields.end,
  cancel_at: fields.cancelAt ?? null,
  ended_at: fields.endedAt ?? null,
  latest_invoice: fields.latestInvoice ?? null,
  items: {
    data: [{
      price: { id: priceId(fields.plan, fields.cycle) },
      current_period_start: fields.start,
      current_period_end: fields.end,
    }],
  },
});

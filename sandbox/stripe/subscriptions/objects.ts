import type { Account, Metadata, Price, Subscription, SubscriptionItem } from "../account.ts";
import { wholeList } from "../api/lists.ts";
import { newId } from "../ids.ts";

export interface SubscriptionFields {
  customer: string;
  price: Price;
  quantity: number;
  status: Subscription["status"];
  period: { start: number; end: number };
  trial: { start: number; end: number } | null;
  missing_payment_method?: "cancel" | "create_invoice";
  default_payment_method?: string | null;
  automatic_tax?: boolean;
  description?: string | null;
  metadata?: Metadata;
}

export function newSubscription(account: Account, fields: SubscriptionFields): Subscription {
  const id = newId("sub_1");
  const { price, period, trial } = fields;
  return {
    id,
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: fields.automatic_tax ?? false,
      liability: fields.automatic_tax ? { type: "self" } : null,
    },
    billing_cycle_anchor: trial?.end ?? period.start,
    billing_cycle_anchor_config: null,
    billing_mode: { type: "flexible", flexible: { proration_discounts: "included" } },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically",
    created: account.now(),
    currency: price.currency,
    customer: fields.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: fields.default_payment_method ?? null,
    default_source: null,
    default_tax_rates: [],
    description: fields.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    items: wholeList([newItem(account, id, fields)], `/v1/subscription_items?subscription=${id}`),
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: fields.metadata ?? {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: "off",
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: account.now(),
    status: fields.status,
    test_clock: account.customers.get(fields.customer)?.test_clock ?? null,
    transfer_data: null,
    trial_end: trial?.end ?? null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: fields.missing_payment_method ?? "create_invoice",
      },
    },
    trial_start: trial?.start ?? null,
  };
}

function newItem(
  account: Account,
  subscription: string,
  { price, quantity, period }: SubscriptionFields,
): SubscriptionItem {
  return {
    id: newId("si_"),
    object: "subscription_item",
    billing_thresholds: null,
    created: account.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  };
}

/** The shape that prices had before there were prices; Stripe still sends both. */
export const planOf = (price: Price): SubscriptionItem["plan"] => ({
  id: price.id,
  object: "plan",
  active: price.active,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: price.billing_scheme,
  created: price.created,
  currency: price.currency,
  interval: price.recurring!.interval,
  interval_count: price.recurring!.interval_count,
  livemode: false,
  metadata: price.metadata,
  meter: null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: "licensed",
});

/** Every subscription of the sandbox has one item. */
export const itemOf = ({ items }: Pick<Subscription, "items">): SubscriptionItem => items.data[0];

export function withItem(subscription: Subscription, change: Partial<SubscriptionItem>): Subscription {
  const item = { ...itemOf(subscription), ...change };
  return { ...subscription, items: { ...subscription.items, data: [{ ...item, plan: planOf(item.price) }] } };
}

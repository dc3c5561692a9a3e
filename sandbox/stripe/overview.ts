/** What the console shows of the account: who its customers are, what was paid, and what comes next. */
import type {
  Account,
  Appointment,
  Charge,
  Customer,
  Dispute,
  PaymentIntent,
  PaymentMethod,
  Refund,
  Subscription,
} from "./account.ts";
import { formatAmount } from "./api/currencies.ts";

export interface ShownSubscription {
  id: string;
  status: Subscription["status"];
  /** "Studio, $29.00 a month" */
  plan: string;
  /** Seconds since 1970. */
  period_end: number;
  /** It ends with the period instead of being renewed. */
  ends: boolean;
}

export interface ShownCustomer {
  customer: Customer;
  /** What they pay with. */
  card: PaymentMethod | null;
  subscriptions: ShownSubscription[];
}

export interface ShownPayment {
  intent: PaymentIntent;
  /** What was bought, in words. */
  what: string;
  customer: Customer | null;
  /** The newest try. */
  charge: Charge | null;
  refunds: Refund[];
  dispute: Dispute | null;
}

export interface Overview {
  customers: ShownCustomer[];
  payments: ShownPayment[];
}

const most = 10;

/** The newest of each. */
export function overview(account: Account): Overview {
  const [refunds, disputes] = [account.refunds.list(), account.disputes.list()];
  const subscriptions = account.subscriptions.list();
  const bought = new Map(
    account.checkouts.list({ limit: 500 }).map(({ session, line_items }) => [
      session.payment_intent,
      line_items.map(({ description }) => description).join(", "),
    ]),
  );
  return {
    customers: account.customers.list({ limit: most }).map((customer) => ({
      customer,
      card: cardOf(account, customer),
      subscriptions: subscriptions.filter((subscription) => subscription.customer === customer.id)
        .map((subscription) => shownSubscription(account, subscription)),
    })),
    payments: account.paymentIntents.list({ limit: most }).map((intent) => ({
      intent,
      what: bought.get(intent.id) || intent.description || "a payment",
      customer: account.customers.get(String(intent.customer)) ?? null,
      charge: account.charges.get(String(intent.latest_charge)) ?? null,
      refunds: refunds.filter(({ payment_intent }) => payment_intent === intent.id),
      dispute: disputes.find(({ payment_intent }) => payment_intent === intent.id) ?? null,
    })),
  };
}

/** What will happen by itself, soonest first. */
export const upcoming = (account: Account): Appointment[] =>
  account.appointments.list().sort((a, b) => a.due_ms - b.due_ms).slice(0, most);

function cardOf(account: Account, { id, invoice_settings }: Customer): PaymentMethod | null {
  const chosen = account.paymentMethods.get(String(invoice_settings.default_payment_method));
  return chosen ?? account.paymentMethods.list().find(({ customer }) => customer === id) ?? null;
}

function shownSubscription(account: Account, subscription: Subscription): ShownSubscription {
  const [item] = subscription.items.data;
  const { product, unit_amount, currency, recurring } = item.price;
  const name = account.products.get(String(product))?.name ?? "Subscription";
  return {
    id: subscription.id,
    status: subscription.status,
    plan: `${name}, ${formatAmount(unit_amount ?? 0, currency)} a ${recurring?.interval ?? "period"}`,
    period_end: item.current_period_end,
    ends: subscription.cancel_at_period_end || subscription.cancel_at !== null,
  };
}

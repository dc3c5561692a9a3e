/** Puts an invoice together: its lines, what discounts take off, what tax adds, what the balance leaves to pay. */
import type { Account, Customer, Invoice, InvoiceLine, Metadata, Subscription } from "../account.ts";
import { smallestCharge } from "../api/currencies.ts";
import { wholeList } from "../api/lists.ts";
import { taxIdsOf } from "../customer.ts";
import { amountsOff, couponOf, inForce } from "../discounts.ts";
import { newId } from "../ids.ts";
import { summed, taxOn, taxPayer } from "../tax.ts";

export interface InvoiceFields {
  customer: Customer;
  currency: string;
  lines: InvoiceLine[];
  billing_reason: Invoice["billing_reason"];
  /** Whose invoice it is; null for one of a one-time payment. */
  subscription?: Subscription | null;
  /** Ids of the discounts that may count; those that have ended do not. */
  discounts?: readonly string[];
  automatic_tax?: boolean;
  description?: string | null;
  metadata?: Metadata;
  period?: { start: number; end: number };
  default_payment_method?: string | null;
}

/** A draft that is in no collection yet. */
export function composeInvoice(account: Account, fields: InvoiceFields): Invoice {
  const id = newId("in_1");
  const now = account.now();
  const { customer, currency, subscription = null, automatic_tax = false } = fields;
  const discounts = inForce(account, fields.discounts ?? [], now);
  const lines = priced(account, fields.lines, { customer, discounts, automatic_tax }).map((line) => ({
    ...line,
    invoice: id,
  }));
  const sum = totals(lines);
  const balance = settledBy(customer.balance, sum.total, currency);
  return {
    id,
    object: "invoice",
    account_country: "PL",
    account_name: "Kredo",
    account_tax_ids: null,
    amount_due: balance.amount_due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: balance.amount_due,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: {
      disabled_reason: null,
      enabled: automatic_tax,
      liability: automatic_tax ? { type: "self" } : null,
      provider: automatic_tax ? "stripe" : null,
      status: automatic_tax ? customer.address?.country ? "complete" : "requires_location_inputs" : null,
    },
    automatically_finalizes_at: null,
    billing_reason: fields.billing_reason,
    collection_method: "charge_automatically",
    created: now,
    currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? null,
    customer_tax_ids: taxIdsOf(account, customer.id).map(({ type, value }) => ({ type, value })),
    default_payment_method: fields.default_payment_method ?? null,
    default_source: null,
    default_tax_rates: [],
    description: fields.description ?? null,
    discounts: discounts.map(({ id }) => id),
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: wholeList(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: fields.metadata ?? {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: subscription
      ? {
        type: "subscription_details",
        quote_details: null,
        subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
      }
      : null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: fields.period?.end ?? now,
    period_start: fields.period?.start ?? now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer.test_clock ?? null,
    total_pretax_credit_amounts: [],
    webhooks_delivered_at: null,
    ...sum,
  };
}

interface Terms {
  customer: Customer;
  discounts: ReturnType<typeof inForce>;
  automatic_tax: boolean;
}

/** The lines with their discounts and taxes. */
export function priced(account: Account, lines: InvoiceLine[], { customer, discounts, automatic_tax }: Terms) {
  const rest = lines.map(({ amount }) => amount);
  const discounted = lines.map((line): InvoiceLine => ({ ...line, discount_amounts: [], taxes: [] }));
  for (const discount of discounts) {
    const open = discounted.flatMap(({ discountable }, at) => discountable ? [at] : []);
    const off = amountsOff(couponOf(account, discount), open.map((at) => rest[at]));
    for (const [nth, at] of open.entries()) {
      rest[at] -= off[nth];
      discounted[at].discount_amounts!.push({ amount: off[nth], discount: discount.id });
    }
  }
  if (!automatic_tax) return discounted;
  const payer = taxPayer(account, customer);
  return discounted.map((line, at): InvoiceLine => {
    const price = account.prices.get(line.pricing!.price_details!.price);
    return { ...line, taxes: [taxOn(rest[at], price?.tax_behavior ?? null, payer)] };
  });
}

export function totals(lines: readonly InvoiceLine[]) {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const off = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap(({ discount_amounts }) => discount_amounts ?? [])) {
    off.set(discount, (off.get(discount) ?? 0) + amount);
  }
  const total_discount_amounts = [...off].map(([discount, amount]) => ({ amount, discount }));
  const total_taxes = summed(lines.flatMap(({ taxes }) => taxes ?? []));
  const taxOf = (behavior: string) =>
    total_taxes.reduce((sum, { amount, tax_behavior }) => sum + (tax_behavior === behavior ? amount : 0), 0);
  const net = subtotal - total_discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
  return {
    subtotal,
    subtotal_excluding_tax: subtotal - taxOf("inclusive"),
    total: net + taxOf("exclusive"),
    total_discount_amounts,
    total_excluding_tax: net - taxOf("inclusive"),
    total_taxes,
  };
}

/**
 * What is left to pay once the customer's balance is taken in (negative: they have credit), and their balance after.
 * Less than Stripe can charge is put on the balance too.
 */
export function settledBy(balance: number, total: number, currency: string) {
  const due = total + balance;
  const charged = due >= smallestCharge[currency];
  return { amount_due: charged ? due : 0, ending_balance: charged ? 0 : due };
}

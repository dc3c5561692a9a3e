/** The lines of an invoice before discounts and tax. */
import type { Account, InvoiceItem, InvoiceLine, Metadata, Price } from "../account.ts";
import { newId } from "../ids.ts";

/** The lines of an invoice whose money a credit gives back. */
interface Credited {
  invoice: string;
  invoice_line_items: string[];
}

export interface LineFields {
  amount: number;
  description: string;
  price: Price;
  quantity: number;
  period: { start: number; end: number };
  /** False for what is net of discounts already, as all prorations are. */
  discountable?: boolean;
  proration?: boolean;
  credited?: Credited | null;
  subscription?: string | null;
  subscription_item?: string | null;
  invoice_item?: string | null;
  metadata?: Metadata;
}

export function newLine(fields: LineFields): InvoiceLine {
  const { price, subscription = null, subscription_item, invoice_item = null, proration = false } = fields;
  const proration_details = proration ? { credited_items: fields.credited ?? null } : null;
  return {
    id: newId("il_1"),
    object: "line_item",
    amount: fields.amount,
    currency: price.currency,
    description: fields.description,
    discount_amounts: [],
    discountable: fields.discountable ?? true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: fields.metadata ?? {},
    parent: subscription_item
      ? {
        type: "subscription_item_details",
        invoice_item_details: null,
        subscription_item_details: { invoice_item, proration, proration_details, subscription, subscription_item },
      }
      : invoice_item
      ? {
        type: "invoice_item_details",
        invoice_item_details: { invoice_item, proration, proration_details, subscription },
        subscription_item_details: null,
      }
      : null,
    period: fields.period,
    pretax_credit_amounts: [],
    pricing: {
      type: "price_details",
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: price.unit_amount_decimal,
    },
    quantity: fields.quantity,
    quantity_decimal: String(fields.quantity),
    subscription,
    subtotal: fields.amount,
    taxes: [],
  };
}

/** A line that waits for the customer's next invoice. */
export function newInvoiceItem(account: Account, customer: string, fields: LineFields): InvoiceItem {
  const { price, subscription = null, subscription_item } = fields;
  return {
    id: newId("ii_1"),
    object: "invoiceitem",
    amount: fields.amount,
    currency: price.currency,
    customer,
    customer_account: null,
    date: account.now(),
    description: fields.description,
    discountable: fields.discountable ?? true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: fields.metadata ?? {},
    net_amount: fields.amount,
    parent: subscription
      ? {
        type: "subscription_details",
        subscription_details: { subscription, ...(subscription_item && { subscription_item }) },
      }
      : null,
    period: fields.period,
    pricing: {
      type: "price_details",
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: price.unit_amount_decimal,
    },
    proration: fields.proration ?? false,
    proration_details: {
      credited_items: fields.credited
        ? { type: "invoice_line_items", invoice_line_item_details: fields.credited }
        : null,
      discount_amounts: [],
    },
    quantity: fields.quantity,
    quantity_decimal: String(fields.quantity),
    tax_rates: [],
    test_clock: null,
  };
}

/** The line that a waiting item becomes. */
export function lineOf(account: Account, item: InvoiceItem): InvoiceLine {
  const details = item.parent?.subscription_details;
  return newLine({
    amount: item.amount,
    description: item.description ?? "",
    price: account.prices.get(item.pricing!.price_details!.price)!,
    quantity: item.quantity,
    period: item.period,
    discountable: item.discountable,
    proration: item.proration,
    credited: item.proration_details?.credited_items?.invoice_line_item_details,
    subscription: details?.subscription,
    subscription_item: details?.subscription_item,
    invoice_item: item.id,
    metadata: item.metadata ?? {},
  });
}

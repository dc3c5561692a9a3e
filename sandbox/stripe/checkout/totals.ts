/** What a session costs, given its discount and what is known of the buyer's taxes. */
import type { Account, LineItem } from "../account.ts";
import { amountsOff } from "../discounts.ts";
import { taxOn, type TaxPayer, taxPayer } from "../tax.ts";
import { asksCountry, type CheckoutRecord, customerOf } from "./record.ts";

/** The record with its amounts as of what has been typed. A trial costs nothing today. */
export function reckoned(account: Account, record: CheckoutRecord): CheckoutRecord {
  const { session, line_items, subscription } = record;
  if (session.mode === "setup") return record;
  const subtotals = line_items.map(({ price, quantity }) =>
    subscription?.trial_days && price!.recurring ? 0 : price!.unit_amount! * quantity!
  );
  const coupon = account.coupons.get(String(session.discounts?.[0]?.coupon));
  const off = coupon ? amountsOff(coupon, subtotals) : subtotals.map(() => 0);
  const payer = payerOf(account, record);
  const taxes = line_items.map(({ price }, at) =>
    session.automatic_tax.enabled ? taxOn(subtotals[at] - off[at], price!.tax_behavior, payer) : null
  );
  const items = line_items.map((item, at): LineItem => ({
    ...item,
    amount_subtotal: subtotals[at],
    amount_discount: off[at],
    amount_tax: taxes[at]?.amount ?? 0,
    amount_total: subtotals[at] - off[at] + (taxes[at]?.tax_behavior === "exclusive" ? taxes[at]!.amount : 0),
  }));
  const sum = (name: "amount_subtotal" | "amount_discount" | "amount_tax" | "amount_total") =>
    items.reduce((total, item) => total + item[name], 0);
  return {
    ...record,
    line_items: items,
    session: {
      ...session,
      amount_subtotal: sum("amount_subtotal"),
      amount_total: sum("amount_total"),
      automatic_tax: {
        ...session.automatic_tax,
        status: !session.automatic_tax.enabled ? null : payer.country ? "complete" : "requires_location_inputs",
      },
      total_details: { amount_discount: sum("amount_discount"), amount_shipping: 0, amount_tax: sum("amount_tax") },
    },
  };
}

function payerOf(account: Account, record: CheckoutRecord): TaxPayer {
  const { typed } = record;
  const customer = customerOf(account, record);
  const known: TaxPayer = customer ? taxPayer(account, customer) : { country: null, exempt: "none", taxIds: [] };
  return {
    ...known,
    country: (asksCountry(record) ? typed.country : null) ?? known.country,
    taxIds: typed.tax_id ? [...known.taxIds, typed.tax_id] : known.taxIds,
  };
}

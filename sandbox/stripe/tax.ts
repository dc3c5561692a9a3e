/**
 * Tax as a demo of Stripe Tax: one rate a country, by the customer's address. The real service knows registrations,
 * product codes and places within a country; here it only matters that an invoice with tax lines comes out.
 */
import type { Account, Customer, Invoice, TaxId } from "./account.ts";
import { taxIdsOf } from "./customer.ts";

/** Where the account's business is: the one country in which a company from elsewhere in the EU is charged tax. */
const homeCountry = "PL";

interface DemoRate {
  id: string;
  country: string;
  name: string;
  percentage: number;
}

export const demoRates: readonly DemoRate[] = [
  { id: "txr_1DemoVatPL", country: "PL", name: "VAT", percentage: 23 },
  { id: "txr_1DemoVatDE", country: "DE", name: "VAT", percentage: 19 },
];
export const noRate = { id: "txr_1DemoNone", country: null, name: "Tax", percentage: 0 };

export type TaxAmount = NonNullable<Invoice["total_taxes"]>[number];
type Owed = { rate: Pick<DemoRate, "id" | "percentage">; reason: TaxAmount["taxability_reason"] };

export interface TaxPayer {
  country: string | null;
  exempt: Customer["tax_exempt"];
  taxIds: readonly Pick<TaxId, "type" | "value">[];
}

export const taxPayer = (account: Account, customer: Customer): TaxPayer => ({
  country: customer.address?.country ?? null,
  exempt: customer.tax_exempt,
  taxIds: taxIdsOf(account, customer.id),
});

function owed({ country, exempt, taxIds }: TaxPayer): Owed {
  const rate = demoRates.find((rate) => rate.country === country);
  if (!rate) return { rate: noRate, reason: "not_collecting" };
  const free = { id: rate.id, percentage: 0 };
  if (exempt === "exempt") return { rate: free, reason: "customer_exempt" };
  const companyAbroad = country !== homeCountry && taxIds.some(({ type }) => type === "eu_vat");
  if (exempt === "reverse" || companyAbroad) return { rate: free, reason: "reverse_charge" };
  return { rate, reason: "standard_rated" };
}

/** The tax of an amount, which holds it already when the price is inclusive. */
export function taxOn(amount: number, behavior: string | null, payer: TaxPayer): TaxAmount {
  const { rate, reason } = owed(payer);
  const inclusive = behavior === "inclusive";
  const part = inclusive ? rate.percentage / (100 + rate.percentage) : rate.percentage / 100;
  const tax = Math.round(amount * part);
  return {
    amount: tax,
    tax_behavior: inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reason,
    taxable_amount: rate.percentage === 0 ? 0 : inclusive ? amount - tax : amount,
    type: "tax_rate_details",
  };
}

/** One entry a rate, as an invoice's `total_taxes` has them. */
export function summed(taxes: readonly TaxAmount[]): TaxAmount[] {
  const sums = new Map<string, TaxAmount>();
  for (const tax of taxes) {
    const key = `${tax.tax_rate_details?.tax_rate} ${tax.tax_behavior} ${tax.taxability_reason}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...tax,
      amount: tax.amount + (sum?.amount ?? 0),
      taxable_amount: (tax.taxable_amount ?? 0) + (sum?.taxable_amount ?? 0),
    });
  }
  return [...sums.values()];
}

import type Stripe from "stripe";

/** One tax line of an invoice, as Stripe Tax reports it. */
export interface InvoiceTax {
  /** Such as "VAT"; empty when Stripe names none. */
  name: string;
  /** Percent of the taxable amount; null when Stripe names none. */
  percent: number | null;
  amount_cents: number;
  /** The buyer owes the tax instead of us. */
  reverse_charge: boolean;
  /** The prices hold it already. */
  included: boolean;
}

const known = new Map<string, Promise<Pick<Stripe.TaxRate, "display_name" | "percentage">>>();

/** The rates are objects of their own at Stripe, and never change. */
export async function describeTaxes(stripe: Stripe, { total_taxes }: Stripe.Invoice): Promise<InvoiceTax[]> {
  return await Promise.all((total_taxes ?? []).map(async (tax) => {
    const rate = tax.tax_rate_details?.tax_rate;
    const { display_name, percentage } = rate ? await rateOf(stripe, rate) : { display_name: "", percentage: null };
    return {
      name: display_name,
      percent: percentage,
      amount_cents: tax.amount,
      reverse_charge: tax.taxability_reason === "reverse_charge",
      included: tax.tax_behavior === "inclusive",
    };
  }));
}

function rateOf(stripe: Stripe, id: string) {
  const asked = known.get(id) ?? stripe.taxRates.retrieve(id);
  known.set(id, asked);
  asked.catch(() => known.delete(id));
  return asked;
}

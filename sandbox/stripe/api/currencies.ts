/** Currencies the stand-in takes, with Stripe's smallest charge in each (docs.stripe.com/currencies), in minor units. */
export const smallestCharge: Record<string, number> = {
  usd: 50,
  aud: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  jpy: 50,
  nok: 300,
  pln: 200,
  sek: 300,
};

export const currencies = Object.keys(smallestCharge);

/** An amount in minor units, for people. Yen have none. */
export function formatAmount(amount: number, currency: string, locale = "en"): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: currency.toUpperCase() });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

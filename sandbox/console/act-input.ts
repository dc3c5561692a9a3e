/** A form's fields as the input of an act. Empty fields say nothing. */
export function actInput(form: FormData): Record<string, unknown> {
  const { currency, amount, ...fields } = Object.fromEntries(
    [...form].filter((field): field is [string, string] => typeof field[1] === "string" && field[1] !== ""),
  );
  return amount === undefined ? fields : { ...fields, amount: minorUnits(amount, currency) };
}

/** People write 9.00 or 9,00 dollars; Stripe counts cents. Not a number for what is no amount. */
function minorUnits(text: string, currency = "usd"): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return Math.round(Number(text.trim().replace(",", ".")) * 10 ** maximumFractionDigits);
}

/**
 * A value as JSON that jsonb takes: without NUL, and with halves of surrogate pairs replaced. JSON can say both, and
 * they come from outside: a customer's name at Stripe, a model's log. Cast it, `${text}::text::jsonb`, so that the
 * driver does not quote it again.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, member) => typeof member === "string" ? member.replaceAll("\0", "").toWellFormed() : member,
  );
}

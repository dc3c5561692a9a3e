import type { Customer } from "../account.ts";
import { emptyable, object, string } from "../api/params.ts";

const part = emptyable(string({ max: 500 }));

export const address = object({
  city: part,
  country: emptyable(string({ max: 2, pattern: /^[A-Z]{2}$/ })),
  line1: part,
  line2: part,
  postal_code: emptyable(string({ max: 20 })),
  state: part,
});

type Address = NonNullable<Customer["address"]>;

/** An address has all its parts, null where nothing is known. */
export const filledAddress = (given: Partial<Address>): Address => ({
  city: given.city ?? null,
  country: given.country ?? null,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
});

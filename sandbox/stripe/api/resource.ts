import type { Collection } from "../../state/store.ts";
import type { Account, Cause } from "../account.ts";
import { noSuch } from "./errors.ts";
import type { FormValue } from "./form.ts";
import type { Param } from "./params.ts";

/** What an endpoint is given besides its parameters. */
export interface Call {
  account: Account;
  /** The id in the path; "" when there is none. */
  id: string;
  /** The second id in the path, as in `/v1/customers/:id/payment_methods/:item`. */
  item: string;
  cause: Cause;
}

export interface Endpoint {
  method: "GET" | "POST" | "DELETE";
  path: RegExp;
  run(call: Call, form: FormValue): unknown;
}

/**
 * One endpoint. `path` is written as in Stripe's reference, `/v1/checkout/sessions/:id/expire`. It runs in one
 * synchronous step, so nothing else happens to the account while it does.
 */
export function endpoint<P>(
  method: Endpoint["method"],
  path: string,
  params: Param<P>,
  run: (call: Call, params: P) => unknown,
): Endpoint {
  return {
    method,
    path: new RegExp(`^${path.replace(/:(id|item)/g, "([^/]+)")}$`),
    run: (call, form) => run(call, params.read(form, "")),
  };
}

/** The object with the id in the path. `param` is what Stripe's reference calls the id there. */
export function found<T>(collection: Pick<Collection<T>, "get">, id: string, noun: string, param = "id"): T {
  const object = collection.get(id);
  if (!object) throw noSuch(noun, id, param);
  return object;
}

/** The object whose id came as a parameter, which makes an unknown one a 400. */
export function named<T>(collection: Pick<Collection<T>, "get">, id: string, noun: string, param: string): T {
  const object = collection.get(id);
  if (!object) throw noSuch(noun, id, param, 400);
  return object;
}

import type { Account } from "../account.ts";
import { ApiError } from "./errors.ts";
import { list, type Param, string } from "./params.ts";
import { wholeList } from "./lists.ts";

export const expand: Param<string[]> = list(string({ max: 200 }), { max: 20 });

type Plain = Record<string, unknown>;

/** Puts whole objects where ids are, along `expand`'s dotted paths; lists are entered through `data`. */
export function expanded(account: Account, root: unknown, paths: readonly string[] = []): unknown {
  const copy = structuredClone(root) as Plain;
  for (const path of paths) {
    const levels = path.split(".");
    if (levels.length > 4) {
      throw new ApiError(400, `You cannot expand more than 4 levels of a property (${path}).`, { param: "expand" });
    }
    walk(account, copy, levels, path);
  }
  return copy;
}

function walk(account: Account, place: Plain, [name, ...rest]: string[], path: string): void {
  if (name === "data" && place.object === "list") {
    for (const item of place.data as Plain[]) walk(account, item, rest, path);
    return;
  }
  const value = expandableValue(account, place, name);
  if (value === undefined) {
    throw new ApiError(400, `This property cannot be expanded (${path}).`, { param: "expand" });
  }
  place[name] = value;
  if (rest.length > 0 && value !== null) walk(account, value as Plain, rest, path);
}

function expandableValue(account: Account, place: Plain, name: string): unknown {
  if (place.object === "checkout.session" && name === "line_items") {
    const items = account.checkouts.get(String(place.id))?.line_items ?? [];
    return wholeList(items, `/v1/checkout/sessions/${place.id}/line_items`);
  }
  const kinds: Record<string, { get(id: string): unknown }> = {
    payment_intent: account.paymentIntents,
    latest_charge: account.charges,
    customer: account.customers,
  };
  if (!Object.hasOwn(kinds, name) || !Object.hasOwn(place, name)) return undefined;
  const value = place[name];
  return typeof value === "string" ? structuredClone(kinds[name].get(value)) ?? value : value;
}

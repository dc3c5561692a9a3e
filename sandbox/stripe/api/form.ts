import { invalid } from "./errors.ts";

/** A form value: text, or what its brackets nest. Array indices are keys here; the schema knows what is a list. */
export type FormValue = string | { [key: string]: FormValue };
export type Form = { [key: string]: FormValue };

/**
 * Reads `line_items[0][price_data][currency]=usd` the way Stripe's API does. Objects have no prototype, so that no
 * parameter's name means anything but itself.
 */
export function parseForm(encoded: string): Form {
  const form: Form = Object.create(null);
  for (const [name, value] of new URLSearchParams(encoded)) {
    const keys = keysOf(name);
    let place = form;
    for (const [depth, key] of keys.entries()) {
      // `expand[]=a&expand[]=b` appends.
      const at = key === "" ? String(Object.keys(place).length) : key;
      if (depth === keys.length - 1) {
        place[at] = value;
        break;
      }
      const next = place[at] ?? (place[at] = Object.create(null) as Form);
      if (typeof next === "string") throw invalid(`Invalid object: ${next}`, keys.slice(0, depth + 1).join("."));
      place = next;
    }
  }
  return form;
}

function keysOf(name: string): string[] {
  const shape = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (!shape) throw invalid(`Invalid parameter name: ${name}`);
  return [shape[1], ...[...shape[2].matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key)];
}

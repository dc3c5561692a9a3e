type Plain = Record<string, unknown>;

/**
 * What was different before, as an event's `previous_attributes` says it: the old values of the keys that changed,
 * hashes key by key, lists whole, null for a key that was not there. Undefined when nothing changed.
 */
export function changes(before: unknown, after: unknown): Plain | undefined {
  if (!isHash(before) || !isHash(after)) return undefined;
  const previous: Plain = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[key] ?? null, after[key] ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    previous[key] = isHash(was) && isHash(is) ? changes(was, is) : was;
  }
  return Object.keys(previous).length > 0 ? previous : undefined;
}

const isHash = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);

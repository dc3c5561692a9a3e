/**
 * A fingerprint of a request, for telling a repeat from another request under the same idempotency key.
 * The order of an object's keys does not matter.
 */
export async function requestHash(request: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(request, inKeyOrder));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

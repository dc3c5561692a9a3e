import { validationFailed } from "./errors.ts";

/** JSON with one spelling: members sorted, absent ones left out. Two requests are the same if this text is. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object" && !(value instanceof Date)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** SHA-256 of the canonical JSON, in hex; stored beside an idempotency key to tell a repeat from a misuse. */
export async function requestHash(request: unknown): Promise<string> {
  return await sha256Hex(canonicalJson(request));
}

export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The key under which a write is done once: the `Idempotency-Key` header, else the member of the body.
 * @returns undefined if there is neither; every such call is then a new one
 * @throws {AppError} validation_failed unless it is 1 to 255 visible ASCII characters
 */
export function idempotencyKey(headers: Headers, fromBody?: string): string | undefined {
  const key = headers.get("idempotency-key") ?? fromBody;
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw validationFailed({ idempotency_key: "Use 1 to 255 visible ASCII characters." });
  }
  return key;
}

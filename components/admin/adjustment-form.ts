import type { AdjustmentPreview } from "../../domain/ops/preview-adjustment.ts";

/** What an operator wrote into the form, as it was written. */
export interface AdjustmentValues {
  user: string;
  amount: string;
  reason: string;
}

export type AdjustmentField = "user" | "amount" | "reason";

/** The same, understood. */
export interface AdjustmentRequest {
  user: string;
  /** Credits, signed. */
  amount: number;
  reason: string;
}

export function readAdjustment(from: URLSearchParams): AdjustmentValues {
  const text = (name: string, most: number) => (from.get(name) ?? "").trim().slice(0, most);
  return { user: text("user", 320), amount: text("amount", 40), reason: text("reason", 2_000) };
}

/** Takes a true minus sign and spaces between thousands, as people paste them; a comma may mean either and is refused. */
export function parseAmount(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  if (!/^[+-]?\d{1,10}$/.test(plain)) return null;
  const amount = Number(plain);
  return amount !== 0 && Math.abs(amount) <= 1_000_000_000 ? amount : null;
}

/** The database checks the same; this knows the fields before anybody is asked. Whether the account exists, it does not. */
export function checkAdjustment(
  values: AdjustmentValues,
): { request: AdjustmentRequest } | { wrong: AdjustmentField[] } {
  const amount = parseAmount(values.amount);
  // As Postgres counts: characters, not UTF-16 units.
  const length = [...values.reason].length;
  const wrong: AdjustmentField[] = [];
  if (values.user === "") wrong.push("user");
  if (amount === null) wrong.push("amount");
  if (length < 10 || length > 500) wrong.push("reason");
  return wrong.length > 0 || amount === null ? { wrong } : { request: { ...values, amount } };
}

/** Whether a correction with this preview can be made or asked for. */
export function isPossible({ missing, second_person }: AdjustmentPreview): boolean {
  // What waits may be decided when there is enough.
  return missing === 0 || second_person !== null;
}

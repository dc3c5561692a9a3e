import type { Sql } from "../../platform/database.ts";
import type { SecondPerson } from "./adjustment.ts";

/** What a correction would do to an account. Credits. */
export interface AdjustmentPreview {
  user_id: string;
  email: string | null;
  available: number;
  held: number;
  debt: number;
  /** Negative when more would be removed than is there; `missing` says by how much. */
  available_after: number;
  debt_after: number;
  missing: number;
  /** Why another operator would have to decide; null when it would be applied at once. */
  second_person: SecondPerson | null;
  /** The settings behind that. */
  checker_above: number;
  alone_per_day: number;
}

/** @throws {AppError} not_found */
export async function previewAdjustment(sql: Sql, account: string, amount: number): Promise<AdjustmentPreview> {
  const [{ preview }] = await sql<{ preview: AdjustmentPreview }[]>`
    select public.operator_preview_adjustment(${account}, ${amount}) as preview`;
  return preview;
}

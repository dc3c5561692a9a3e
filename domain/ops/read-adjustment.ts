import type { Sql } from "../../platform/database.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import type { Adjustment } from "./adjustment.ts";

/** @throws {AppError} not_found */
export async function readAdjustment(sql: Sql, id: string): Promise<Adjustment> {
  if (!isUuid(id)) throw new AppError("not_found");
  const [{ adjustment }] = await sql<{ adjustment: Adjustment }[]>`
    select public.operator_adjustment(${id}) as adjustment`;
  return adjustment;
}

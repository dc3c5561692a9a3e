import type { Sql } from "../../platform/database.ts";
import type { Entry } from "../credits/list-entries.ts";

/** A rule that an entry breaks: number, running balance or hash do not follow from the one before. */
export type EntryFault = "seq" | "balance" | "hash";

export interface AuditedEntry extends Entry {
  /** Hex. */
  hash: string;
  wrong: EntryFault[];
}

/** Which part of an account's entries: around, before or after a number, else the newest. */
export interface EntryRange {
  around?: number;
  before?: number;
  after?: number;
}

/**
 * Entries of an account, newest first, each computed again from the one before.
 * @param account an id that exists
 * @throws {AppError} not_found for whoever is no operator
 */
export async function listAccountEntries(
  sql: Sql,
  account: string,
  { around, before, after }: EntryRange,
  limit: number,
): Promise<AuditedEntry[]> {
  return await sql<AuditedEntry[]>`
    select * from public.operator_entries(${account}, ${around ?? null}, ${before ?? null}, ${
    after ?? null
  }, ${limit})`;
}

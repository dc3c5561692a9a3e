import { AppError } from "../domain/errors.ts";
import type { Database, Sql } from "./database.ts";

/** At most `hits` within `seconds`, per key. */
export interface Limit {
  bucket: string;
  hits: number;
  seconds: number;
}

/**
 * Counts one act against a limit, in the database, so that all instances share the count.
 * @throws {AppError} rate_limited with the seconds until the window ends
 */
export async function takeLimit(db: Database, limit: Limit, key: string): Promise<void> {
  await db.asWeb((sql) => takeLimitWithin(sql, limit, key));
}

/**
 * The same inside a transaction as `kredo_web`: what is refused here is undone with it.
 * @throws {AppError} rate_limited
 */
export async function takeLimitWithin(sql: Sql, limit: Limit, key: string): Promise<void> {
  const [verdict] = await sql<{ allowed: boolean; retry_after_seconds: number }[]>`
    select allowed, retry_after_seconds
    from private.take_rate_limit(${limit.bucket}, ${key}, ${limit.hits}, ${limit.seconds})`;
  if (!verdict.allowed) throw new AppError("rate_limited", { retryAfter: verdict.retry_after_seconds });
}

/** Undoes one `takeLimit`, where only failures should count. */
export async function giveBackLimit(db: Database, limit: Limit, key: string): Promise<void> {
  await db.asWeb((sql) => sql`select private.give_back_rate_limit(${limit.bucket}, ${key})`);
}

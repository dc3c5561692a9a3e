import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../domain/errors.ts";
import { fromDatabase } from "../../platform/database-errors.ts";
import { openPool, type TestDatabase } from "./database.ts";
import { acknowledge, type Floor } from "./ledger-clients.ts";
import { type Answer, ask, type Request } from "./ledger-requests.ts";

/** Longer than any lock is held. Milliseconds. */
const PATIENCE = 10_000;

/** A client on one connection, who asks the same again when that is lost: the same request, with the same key. */
export class PatientClient {
  #sql: TestDatabase["sql"] | null = null;

  constructor(readonly url: string, readonly floor: Floor) {}

  /** With `inTransaction` there is a COMMIT of its own that may get lost; otherwise the statement commits by itself. */
  async ask(request: Request, { inTransaction }: { inTransaction: boolean }): Promise<void> {
    for (const end = Date.now() + 60_000;;) {
      // Without asking for types first: what gets lost there is rejected to nobody.
      const sql = this.#sql ??= openPool(this.url, { max: 1, connect_timeout: 5, fetch_types: false });
      try {
        const asking = inTransaction ? askInTransaction(sql, request) : ask(sql, request);
        return acknowledge(this.floor, request, await inTime(asking));
      } catch (error) {
        if (!isLoss(error) || Date.now() > end) throw error;
        this.floor.lost.add(JSON.stringify(request));
        // A new one: after some losses the library's own reconnecting never ends.
        this.close();
        await sleep(5);
      }
    }
  }

  close(): void {
    void this.#sql?.end({ timeout: 0 }).catch(() => {});
    this.#sql = null;
  }
}

/**
 * Not `sql.begin`: when the connection is lost it still writes a ROLLBACK, to nobody, and throws where nobody can catch
 * it (postgres.js 3.4.9, `nextWrite`).
 */
async function askInTransaction(sql: TestDatabase["sql"], request: Request): Promise<Answer> {
  await sql`begin`;
  const answer = await ask(sql, request);
  await sql.unsafe("answer" in answer ? "commit" : "rollback");
  return answer;
}

/** What the product takes for a passing trouble is one here. A deadlock is none: the ledger has none. */
function isLoss(error: unknown): boolean {
  const known = fromDatabase(error);
  return known instanceof AppError && known.code === "unavailable" && (error as { code?: string }).code !== "40P01";
}

async function inTime(asking: Promise<Answer>): Promise<Answer> {
  const controller = new AbortController();
  const tooLong = sleep(PATIENCE, undefined, { signal: controller.signal }).then(
    () => Promise.reject(Object.assign(new Error("no answer"), { code: "CONNECT_TIMEOUT" })),
    () => asking,
  );
  return await Promise.race([asking, tooLong]).finally(() => controller.abort());
}

import type { Claims, Database, Sql } from "../../../platform/database.ts";
import { AppError } from "../../errors.ts";
import type { StatementEntry } from "./entry.ts";
import { NO_ENTRY } from "./entry.ts";
import type { StatementEnd, StatementSummary } from "./format.ts";

/** An account as it stood at one moment. */
export interface Statement {
  summary: StatementSummary;
  end: StatementEnd;
  /** From the first to the last, some hundreds at a time. Reads on only as it is asked to. */
  entries(): AsyncGenerator<StatementEntry[], void>;
}

/** Entries a transaction reads. More are no faster, and each reader's page has to fit into memory. */
const PAGE = 500;

/**
 * The signed-in person's statement. Entries are never changed or removed, so pages that are read later, each in a short
 * transaction of its own, still belong to the head that was read first.
 *
 * @throws {AppError} unauthenticated if the token has outlived its account
 */
export async function readStatement(db: Database, claims: Claims): Promise<Statement> {
  const { summary, end } = await db.asUser(claims, async (sql) => {
    // Before the head: a checkpoint taken in between must not speak of an entry that the statement does not have.
    const end = await readProof(sql);
    return { end, summary: await readSummary(sql) };
  });
  if (!summary) throw new AppError("unauthenticated", { detail: "The account of this token no longer exists." });

  async function* entries() {
    for (let after = 0; after < summary!.entries;) {
      const page = await db.asUser(claims, (sql) => readPage(sql, after, summary!.entries));
      // Fewer than there were: somebody removed entries past all our rules. Whoever verifies the statement is told.
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)!.seq;
    }
  }
  return { summary, end, entries };
}

async function readProof(sql: Sql): Promise<StatementEnd> {
  const [{ proof }] = await sql<{ proof: unknown }[]>`select public.checkpoint_proof() as proof`;
  return proof === null ? { proof, why: "no checkpoint yet" } : { proof };
}

async function readSummary(sql: Sql): Promise<StatementSummary | undefined> {
  const [summary] = await sql<StatementSummary[]>`
    select a.user_id as account, a.seq as entries, a.available, a.held, a.debt,
      coalesce(encode(e.hash, 'hex'), ${NO_ENTRY}) as head,
      (extract(epoch from now()) * 1000000)::bigint as generated_at_us
    from public.credit_accounts a
    left join public.credit_entries e on e.user_id = a.user_id and e.seq = a.seq
    where a.user_id = (select auth.uid())`;
  return summary;
}

/** Times as whole microseconds, which the driver's Date would cut off; causes as Postgres spells them, not as we would. */
async function readPage(sql: Sql, after: number, last: number): Promise<StatementEntry[]> {
  return await sql<StatementEntry[]>`
    select seq, (extract(epoch from created_at) * 1000000)::bigint as created_at_us, kind, amount, counter_account,
      balance_after, ref, cause::text as cause, encode(hash, 'hex') as hash
    from public.credit_entries
    where user_id = (select auth.uid()) and seq > ${after} and seq <= ${last}
    order by seq
    limit ${PAGE}`;
}

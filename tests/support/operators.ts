import type { TestDatabase } from "./database.ts";

/** A new person whom the owner of the database has made an operator: there is no function for that. */
export async function createOperator(db: TestDatabase, email?: string): Promise<string> {
  const id = await db.createUser(email);
  await db.sql`update public.profiles set role = 'operator' where id = ${id}`;
  return id;
}

export interface Adjusted {
  adjustment_id: string;
  state: "pending" | "applied" | "rejected" | "failed";
  entry_seq: number | null;
  replayed: boolean;
}

export const REASON = "Goodwill after an outage";

/** As the operator `who`: corrects `user` by `amount` credits. */
export async function requestAdjustment(
  db: TestDatabase,
  who: string,
  { user, amount, reason = REASON, key = null, hash = "same" }: {
    user: string;
    amount: number;
    reason?: string;
    key?: string | null;
    hash?: string;
  },
): Promise<Adjusted> {
  const [row] = await db.asUser(
    who,
    (sql) => sql<Adjusted[]>`select * from request_adjustment(${user}, ${amount}, ${reason}, ${key}, ${hash})`,
  );
  return row;
}

/** As the operator `who`: decides on what another one asked for. */
export async function decideAdjustment(
  db: TestDatabase,
  who: string,
  adjustment: string,
  approve: boolean,
  note = approve ? "" : "Not our mistake",
): Promise<Pick<Adjusted, "state" | "entry_seq">> {
  const [row] = await db.asUser(
    who,
    (sql) =>
      sql<Pick<Adjusted, "state" | "entry_seq">[]>`
        select * from decide_adjustment(${adjustment}, ${approve}, ${note})`,
  );
  return row;
}

/** As somebody who got hold of the server: changes an entry behind the back of every rule. Only the hashes still know. */
export async function tamper(
  sql: { unsafe(statement: string): PromiseLike<unknown> },
  user: string,
  seq: number,
): Promise<void> {
  await sql.unsafe(`
    do $$
    begin
      set local session_replication_role = replica;
      update public.credit_entries set cause = cause || '{"note": "as if"}' where user_id = '${user}' and seq = ${seq};
    end
    $$`);
}

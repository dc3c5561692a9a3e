/** Who could write the books at all. That each role is refused each verb on each table is in permissions.test.ts. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { createOperator, requestAdjustment } from "../support/operators.ts";
import { buy, generate } from "../support/trade.ts";

const LEDGER = [
  "public.credit_accounts",
  "public.credit_entries",
  "public.credit_grants",
  "public.credit_holds",
  "public.credit_prices",
  "public.credit_checkpoints",
  "private.checkpoint_nodes",
  "private.credit_adjustments",
  "private.credit_days",
  "private.credit_closings",
  "private.audit_log",
  "private.idempotency_keys",
  "private.invariants",
  "private.invariant_runs",
  "private.invariant_breaches",
];

/** What is written there is history, to its owner too. */
const APPEND_ONLY = [
  "public.credit_entries",
  "public.credit_prices",
  "public.credit_checkpoints",
  "private.credit_adjustments",
  "private.credit_days",
  "private.audit_log",
];

describe("the books", () => {
  let db: TestDatabase;
  before(async () => {
    db = await freshDatabase();
    const user = await db.createUser();
    await buy(db, user);
    await generate(db, user);
    await requestAdjustment(db, await createOperator(db), { user, amount: 5 });
    await db.asPostgres((sql) => sql`select private.take_checkpoint()`);
    // Until the day is over there is nothing to close.
    await db.sql`insert into private.credit_days values (current_date - 1, 'promo', 'grant', 1, 10)`;
  });
  after(() => db.close());

  it("belong to the owner of the schema, with every table that the ledger keeps", async () => {
    const tables = await db.sql<{ name: string; owner: string }[]>`
      select c.oid::regclass::text as name, pg_get_userbyid(c.relowner) as owner from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = any(array['public', 'private']::regnamespace[])
        and (c.relname ~ '^(credit_|invariant|checkpoint_)' or c.relname in ('audit_log', 'idempotency_keys'))
        and c.relname <> 'credit_packs'`;
    assert.deepEqual(tables.map(({ name }) => name.replace(/^(?!private\.)/, "public.")).sort(), LEDGER.toSorted());
    assert.deepEqual([...new Set(tables.map(({ owner }) => owner))], ["postgres"]);
  });

  it("can be written by no other role of this server, not even one column", async () => {
    const found = await db.sql`
      select r.rolname, t.name, p.verb from pg_roles r
      cross join unnest(${LEDGER}::text[]) as t (name)
      cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']) as p (verb)
      where not r.rolsuper and r.rolname !~ '^pg_' and r.rolname <> 'postgres'
        and (has_table_privilege(r.rolname, t.name, p.verb)
          or p.verb in ('insert', 'update', 'references') and has_any_column_privilege(r.rolname, t.name, p.verb))`;
    assert.deepEqual(found.map((row) => ({ ...row })), []);
  });

  it("can be written by no role that became the owner, or may write everything", async () => {
    const members = await db.sql`
      select r.rolname, g.rolname as of from pg_roles r
      join pg_roles g on g.rolname in ('postgres', 'pg_write_all_data', 'pg_maintain', 'pg_database_owner')
      where not r.rolsuper and r.rolname !~ '^pg_' and r.rolname <> g.rolname and r.rolname <> 'postgres'
        and pg_has_role(r.rolname, g.oid, 'member')`;
    assert.deepEqual(members.map((row) => ({ ...row })), []);
  });

  it("are never changed where they are history, by any verb, nor by their owner", async () => {
    for (const table of APPEND_ONLY) {
      const [{ count }] = await db.sql.unsafe(`select count(*)::int as count from ${table}`);
      assert.ok(count > 0, `${table} has a row to be changed`);
      const [{ column }] = await db.sql`
        select attname as column from pg_attribute where attrelid = ${table}::regclass and attnum = 1`;
      for (
        const verb of [`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table} cascade`]
      ) {
        assert.equal(await refusal(db.asPostgres((sql) => sql.unsafe(verb))), "KR008", verb);
      }
    }
  });

  it("refuse to be emptied each by itself, not only because another one that hangs on them does", async () => {
    const guarded = await db.sql`
      select distinct tgrelid::regclass::text as name from pg_trigger
      where tgenabled in ('O', 'A') and tgtype & 32 > 0 and tgtype & 2 > 0 and tgfoid::regproc::text ~ '^private.'`;
    const names = guarded.map(({ name }) => name.replace(/^(?!private\.)/, "public."));
    assert.deepEqual(APPEND_ONLY.filter((table) => !names.includes(table)), []);
  });

  it("do not lose their history with the accounts it hangs on", async () => {
    assert.equal(await refusal(db.asPostgres((sql) => sql`truncate public.credit_accounts cascade`)), "KR008");
    assert.equal(await refusal(db.asPostgres((sql) => sql`delete from public.credit_accounts`)), "23503");
  });

  it("keep a person's entries when the person is erased", async () => {
    const user = await db.createUser();
    await db.sql`delete from auth.users where id = ${user}`;
    const [{ count }] = await db.sql`select count(*)::int as count from public.credit_entries where user_id = ${user}`;
    assert.equal(count, 1);
  });
});

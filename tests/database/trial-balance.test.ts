import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { fillLedger } from "../support/ledger-volume.ts";
import * as trade from "../support/trade.ts";
import { until } from "../support/until.ts";

type Total = { day: string; counter_account: string; kind: string; entries: number; amount: number };

const totals = async (db: TestDatabase) =>
  [
    ...await db.sql<Total[]>`
    select day::text, counter_account, kind, entries, amount from private.credit_totals_by_day order by 1, 2, 3`,
  ].map((
    row,
  ) => ({ ...row }));
/** The same from the entries, by somebody who trusts nothing that was stored. */
const recounted = async (db: TestDatabase) =>
  [
    ...await db.sql<Total[]>`
    select (created_at at time zone 'UTC')::date::text as day, counter_account, kind, count(*) as entries, sum(amount)::bigint as amount
    from public.credit_entries group by 1, 2, 3 order by 1, 2, 3`,
  ].map((row) => ({ ...row }));
const balance = async (db: TestDatabase): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await db.sql`select account, amount from private.credit_trial_balance`).map((row) => [row.account, row.amount]),
  );
const sum = (accounts: Record<string, number>) => Object.values(accounts).reduce((total, amount) => total + amount, 0);

const close = async (db: TestDatabase): Promise<string | null> => {
  const [{ day }] = await db.asPostgres((sql) => sql`select private.close_credit_days()::text as day`);
  return day;
};
/** Other databases of this server may have a transaction open, which closing waits for. */
const untilClosed = (db: TestDatabase) => until(() => close(db), "yesterday is closed");

describe("the trial balance", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("sets what customers have against each counter-account, and sums to zero", async () => {
    const [ada, ben] = [await db.createUser(), await db.createUser()];
    const checkout = await trade.buy(db, ada, "pack_10");
    await trade.generate(db, ada, 4, 3);
    await trade.enqueue(db, ada, 2);
    await trade.transfer(db, ada, ben, 5);
    await trade.adjust(db, ben, -4);
    await trade.refund(db, ada, checkout, 12);
    const accounts = await balance(db);
    assert.deepEqual(accounts, {
      "customers:available": 11,
      "customers:held": 2,
      "customers:debt": -2,
      promo: -20,
      stripe: -10,
      usage: 3,
      creator: 0,
      adjustment: 4,
      refund: 12,
    });
    assert.equal(sum(accounts), 0);
  });

  it("is computed from two sides: when only one of them moves, the sum says by how much", async () => {
    await trade.tamper(db, (sql) => sql`update public.credit_accounts set held = held + 5 where held > 0`);
    assert.equal(sum(await balance(db)), 5);
    await trade.tamper(db, (sql) => sql`update public.credit_accounts set held = held - 5 where held > 0`);
    assert.equal(sum(await balance(db)), 0);
  });

  it("runs with its reader's rights, and a person has none", async () => {
    const user = await db.createUser();
    for (const view of ["credit_trial_balance", "credit_totals_by_day", "credit_days", "credit_closings"]) {
      assert.equal(await refusal(db.asUser(user, (sql) => sql.unsafe(`select * from private.${view}`))), "42501");
      assert.equal(await refusal(db.asService((sql) => sql.unsafe(`select * from private.${view}`))), "42501");
    }
  });
});

describe("days that are over", () => {
  let db: TestDatabase;
  before(async () => {
    db = await freshDatabase();
    await db.sql.begin((sql) => fillLedger(sql, { accounts: 200, entriesEach: 100, days: 5 }));
    await db.sql`vacuum analyze public.credit_entries`;
  });
  after(() => db.close());

  it("are summed once, and the totals are the same as before", async () => {
    const before = await recounted(db);
    assert.deepEqual(await totals(db), before);
    const closed = await untilClosed(db);
    assert.equal(await close(db), null, "nothing is left to close");
    assert.deepEqual(await totals(db), before);
    const days = await db.sql`select distinct day::text from private.credit_days order by 1`;
    const all = [...new Set(before.map((total) => total.day))];
    assert.ok(all.length === 5 && closed < all[4]);
    // All but today; in the first minutes after midnight, which are left to clocks, all but today and yesterday.
    assert.deepEqual(days.map((row) => row.day), all.filter((day) => day <= closed));
    assert.equal(sum(await balance(db)), 0);
  });

  it("are not read again: only what came since is", async () => {
    const [{ pages }] = await db
      .sql`select relpages as pages from pg_class where oid = 'public.credit_entries'::regclass`;
    const [{ "QUERY PLAN": [plan] }] = await db.sql`
      explain (analyze, buffers, format json)
      select * from private.credit_totals_between(private.credits_open_since(), 'infinity')`;
    const read = plan.Plan["Shared Hit Blocks"] + plan.Plan["Shared Read Blocks"];
    assert.ok(pages > 500 && read < pages / 2, `${read} blocks of ${pages}`);
    const condition = await db.sql`
      explain select sum(amount) from public.credit_entries where created_at >= date_trunc('day', now(), 'UTC')`;
    assert.match(condition.map((row) => row["QUERY PLAN"]).join("\n"), /Bitmap Index Scan on credit_entries_created/);
  });

  it("stay as they were stored, whoever writes", async () => {
    for (const table of ["credit_days"]) {
      for (
        const verb of [
          `update private.${table} set entries = 1`,
          `delete from private.${table}`,
          `truncate private.${table}`,
        ]
      ) {
        assert.equal(await refusal(db.asPostgres((sql) => sql.unsafe(verb))), "KR008", verb);
      }
    }
  });

  it("are summed again in rotation: what was changed in one of them is named by its day", async () => {
    assert.deepEqual(await trade.checkBooks(db), []);
    const [{ day, user_id, seq }] = await db.sql`
      select (created_at at time zone 'UTC')::date::text as day, user_id, seq from public.credit_entries
      where kind = 'settle' order by created_at offset 3000 limit 1`;
    // One charge is slipped in beside another, in a day that is closed: the stored sums do not show it, the entries do.
    await trade.tamper(db, (sql) =>
      sql`
      insert into public.credit_entries select user_id, 1000, kind, amount, counter_account, balance_after, 'job:forged', cause, created_at, hash
      from public.credit_entries where user_id = ${user_id} and seq = ${seq}`);
    const found = async () => (await trade.checkBooks(db)).filter(({ invariant }) => invariant === "trial_balance");
    const [breach, ...others] = await found();
    assert.deepEqual([breach.place, others.length], [day, 0]);
    assert.deepEqual([breach.detail.wrong, breach.detail.counter_account, breach.detail.kind], [
      ["closed_day"],
      "usage",
      "settle",
    ]);
    const [[storedEntries, storedAmount], [entries, amount]] = [
      breach.detail.stored,
      breach.detail.entries,
    ] as number[][];
    assert.deepEqual([entries - storedEntries, amount - storedAmount], [1, -1]);
    await trade.tamper(db, (sql) => sql`delete from public.credit_entries where seq = 1000`);
    assert.deepEqual(await trade.checkBooks(db), []);
  });

  it("are named, too, when it is the stored sum that was changed", async () => {
    const change = (by: number) =>
      trade.tamper(
        db,
        (sql) =>
          sql`update private.credit_days set amount = amount + ${by} where (day, kind) = (select min(day), 'grant' from private.credit_days)`,
      );
    await change(7);
    assert.deepEqual((await trade.checkBooks(db)).map(({ detail }) => detail.wrong), [["closed_day"], ["not_zero"]]);
    await change(-7);
    assert.deepEqual(await trade.checkBooks(db), []);
  });
});

describe("closing a day", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("waits for whoever may still commit an entry of that day, and holds nobody up", async () => {
    await db.sql.begin((sql) => fillLedger(sql, { accounts: 3, entriesEach: 6, days: 3 }));
    const [late] = await db.sql`select user_id from public.credit_accounts limit 1`;
    // Begun before midnight, not committed yet.
    const writer = await db.sql.reserve();
    await writer`begin`;
    await writer`set local session_replication_role = replica`;
    await writer`
      insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, created_at, hash)
      values (${late.user_id}, 7, 'adjustment', 2, 'adjustment', 14, 'adjustment:late', now() - interval '2 days', '\\x00')`;
    assert.equal(await close(db), null);
    assert.equal(await close(db), null);
    await db.createUser();
    await writer`commit`;
    writer.release();
    await untilClosed(db);
    assert.deepEqual(await totals(db), await recounted(db));
    const [{ amount }] = await db
      .sql`select sum(amount)::bigint as amount from private.credit_days where kind = 'adjustment'`;
    assert.equal(amount, 2);
  });

  it("does not wait for a transaction number of another server, after a restore", async () => {
    await db.sql`delete from private.credit_closings`;
    await db.sql`alter table private.credit_days disable trigger user`;
    await db.sql`truncate private.credit_days`;
    await db.sql`alter table private.credit_days enable trigger user`;
    await db.sql`
      insert into private.credit_closings (through, barrier)
      values ((now() at time zone 'UTC')::date - 1, '9000000000000'::xid8)`;
    await untilClosed(db);
    assert.deepEqual(await totals(db), await recounted(db));
  });

  it("counts by the day in UTC, wherever the session is", async () => {
    const before = await totals(db);
    const elsewhere = await db.sql.begin(async (sql) => {
      await sql`set local timezone = 'Pacific/Auckland'`;
      return [
        ...await sql<Total[]>`
        select day::text, counter_account, kind, entries, amount from private.credit_totals_by_day order by 1, 2, 3`,
      ];
    });
    assert.deepEqual(elsewhere.map((row) => ({ ...row })), before);
  });

  it("is scheduled", async () => {
    const [job] = await db.sql`select schedule, command from cron.job where jobname = 'kredo-close-credit-days'`;
    assert.deepEqual({ ...job }, { schedule: "*/10 * * * *", command: "select private.close_credit_days()" });
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import { fillLedger } from "../support/ledger-volume.ts";
import { createOperator, requestAdjustment } from "../support/operators.ts";
import { type Block, blocksOf, fits, run } from "../support/runbook.ts";
import * as trade from "../support/trade.ts";
import { until } from "../support/until.ts";

const ALICE = "a11ce000-0000-4000-8000-000000000001";
const LEDGER = ["credit_accounts", "credit_entries", "credit_grants", "credit_holds"];

const blocks = await blocksOf("ledger-audit.md");
const blockNamed = (name: string): Block => {
  const block = blocks.find((block) => block.name === name);
  assert.ok(block, `the page has a block ${name}`);
  return block;
};

/** The page's history, as its tables show it. */
let db: TestDatabase;
/** As Studio: a login of `postgres`, outside any transaction. */
let studio: postgres.Sql;
let settledJob: string;
let liveJob: string;
let paid: string;
let unpaid: string;

before(async () => {
  db = await freshDatabase();
  studio = postgres(db.url, { max: 1, onnotice: () => {} });
  await db.sql`
    insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (${ALICE}, 'authenticated', 'authenticated', 'alice@example.test', now(), '{}', '{}')`;
  const bob = await db.createUser("bob@example.test");
  paid = await trade.buy(db, ALICE, "pack_50");
  settledJob = await trade.generate(db, ALICE, 3, 2);
  const operator = await createOperator(db, "operator@example.test");
  await requestAdjustment(db, operator, { user: ALICE, amount: -5, reason: "Granted by mistake" });
  await db.asService((sql) =>
    sql`
      select private.grant_credits(${ALICE}, 20, 'grant', 'plan', 'free:20261201', '{"rule": "monthly allowance of the Free plan"}', 'grant:1:next',
        p_priority => 60, p_expires_at => date_trunc('month', now(), 'UTC') + interval '1 month 3 days')`
  );
  const bought = await trade.buy(db, bob, "pack_10");
  for (let i = 0; i < 4; i++) await trade.generate(db, bob, 4);
  await trade.refund(db, bob, bought, 10);
  liveJob = await trade.enqueue(db, ALICE, 3);
  unpaid = (await trade.openCheckout(db, ALICE, "pack_10")).id;
  await until(async () => {
    const [{ day }] = await db.asPostgres((sql) => sql`select private.close_credit_days() as day`);
    return day;
  }, "yesterday is closed");
  await db.sql.unsafe(`
    create schema kept;
    ${LEDGER.map((table) => `create table kept.${table} as table public.${table};`).join("\n")}
    create table kept.jobs as table public.jobs;
    create table kept.job_line as table private.job_line;
    create table kept.checkout_sessions as table public.checkout_sessions;`);
  assert.deepEqual(await trade.checkBooks(db), []);
});
after(async () => {
  await studio.end({ timeout: 5 });
  await db.close();
});

/** The books as they were, whatever a test did to them. */
const restore = () =>
  trade.tamper(db, async (sql) => {
    for (const table of LEDGER) {
      await sql.unsafe(`delete from public.${table}; insert into public.${table} select * from kept.${table}`);
    }
    await sql`
      update public.jobs j set status = k.status, finished_at = k.finished_at, credits_charged = k.credits_charged
      from kept.jobs k where k.id = j.id`;
    await sql`delete from private.job_line`;
    await sql`insert into private.job_line overriding system value select * from kept.job_line`;
    await sql`
      update public.checkout_sessions c set status = k.status, credited_at = k.credited_at
      from kept.checkout_sessions k where k.id = c.id`;
  });

/** An entry of Alice's that charges her settled job a second time, with all balances made to fit. */
const chargeAgain = async (sql: Sql) => {
  await sql`select private.append_entry(${ALICE}, 'settle', 'usage', ${`job:${settledJob}`}, '{}', -2, 0, 0)`;
  await sql`update public.credit_grants set remaining = remaining - 2 where user_id = ${ALICE} and number = 2`;
};
const endLiveJob = (sql: Sql, status: string, charged: number) =>
  sql`update public.jobs set status = ${status}, finished_at = now(), credits_charged = ${charged} where id = ${liveJob}`;
const payUnpaid = (sql: Sql) =>
  sql`update public.checkout_sessions set status = 'paid', credited_at = now() where id = ${unpaid}`;
const forgetPayment = (sql: Sql) =>
  sql`update public.checkout_sessions set status = 'open', credited_at = null where id = ${paid}`;
const settleWithoutEntry = async (sql: Sql) => {
  await sql`update public.credit_holds set state = 'settled', settled_amount = 3, resolved_at = now() where id = ${liveJob}`;
  await sql`update public.credit_accounts set held = held - 3, available = available + 3 where user_id = ${ALICE}`;
  await sql`update public.credit_grants set remaining = remaining + 3, closed_at = null where user_id = ${ALICE} and number = 1`;
  await endLiveJob(sql, "succeeded", 3);
  await sql`delete from private.job_line where job_id = ${liveJob}`;
};
const account = (change: string) => (sql: Sql) =>
  sql.unsafe(`update public.credit_accounts set ${change} where user_id = '${ALICE}'`);
const entry = (seq: number, change: string) => (sql: Sql) =>
  sql.unsafe(`update public.credit_entries set ${change} where user_id = '${ALICE}' and seq = ${seq}`);
const lot = (number: number, change: string) => (sql: Sql) =>
  sql.unsafe(`update public.credit_grants set ${change} where user_id = '${ALICE}' and number = ${number}`);
const hold = (id: () => string, change: string) => (sql: Sql) =>
  sql.unsafe(`update public.credit_holds set ${change} where id = '${id()}'`);

type Damage = (sql: Sql) => Promise<unknown>;

/** Per query that shows nothing while the books are right: the damage it is for. */
const DAMAGE: Record<string, Damage> = {
  "open-breaches": entry(3, "amount = -1"),
  "account-chain": entry(3, "amount = -1"),
  "adjustments-without-record": (sql) =>
    sql`select private.adjust_credits(${ALICE}, 4, 'adjustment:nobody', '{"reason": "none"}', 'nobody')`,
  "balance-differs": account("available = available + 1"),
  "entries-without-account": (sql) => sql`delete from public.credit_accounts where user_id = ${ALICE}`,
  "lots-differ": lot(2, "remaining = remaining - 1"),
  "held-differs": account("held = held + 1"),
  "holds-without-jobs": (sql) => endLiveJob(sql, "canceled", 0),
  "jobs-without-holds": hold(() => liveJob, "state = 'released', resolved_at = now()"),
  "payments-without-topup": payUnpaid,
  "topups-without-payment": forgetPayment,
  "settle-above-reserve": hold(() => settledJob, "settled_amount = 1"),
  "charged-twice": chargeAgain,
  "settled-without-entry": settleWithoutEntry,
};

/** Per block that mends: the damage it mends, and what is still open after it (by default nothing). */
const REPAIRS: Record<string, Damage[]> = {
  "restore-entry": [entry(3, "amount = -1")],
  "restore-account": [
    account("available = available + 1"),
    account("held = 0, seq = 1"),
    (sql) => sql`delete from public.credit_accounts where user_id = ${ALICE}`,
  ],
  "settle-finished-jobs": [(sql) => endLiveJob(sql, "succeeded", 3)],
  "release-stuck-holds": [(sql) => endLiveJob(sql, "canceled", 0)],
  "cancel-unreserved-jobs": [(sql) => sql`select private.release_hold(${liveJob}, 'lost')`],
  "fit-lots": [
    lot(2, "remaining = remaining - 7"),
    lot(1, "remaining = remaining + 2, closed_at = null"),
    // More than one lot has room for.
    (sql) => sql`update public.credit_grants set remaining = 1 where user_id = ${ALICE} and closed_at is null`,
  ],
  "restore-lots": [lot(2, "amount = amount + 1"), lot(2, "source = 'promo'")],
  "restore-draws": [hold(() => liveJob, "grant_amounts[1] = 1")],
  "credit-paid-purchases": [payUnpaid],
  "mark-credited-purchases-paid": [forgetPayment],
  "settlements-follow-entries": [hold(() => settledJob, "settled_amount = 1")],
  "release-uncharged": [settleWithoutEntry],
};

describe("the runbook of the ledger audit", () => {
  it("names each block once, and each that shows nothing is tried on damage", () => {
    const names = blocks.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length > 40);
    const elsewhere = [
      "closed-days-differ",
      "close-day-again",
      "accept-breach",
      "accepted-breaches",
      "full-pass-begin",
    ];
    const silent = blocks.filter(({ shown }) => shown === null || shown.length === 0).map(({ name }) => name);
    const tried = [...Object.keys(DAMAGE), ...Object.keys(REPAIRS), ...elsewhere];
    assert.deepEqual(silent.filter((name) => !tried.includes(name)), []);
  });

  for (const block of blocks) {
    it(`${block.name} answers what the page says`, async () => {
      const second = block.name === "close-day-again";
      const actual = await run(second ? other.studio : studio, block);
      if (block.shown === null || block.shown.length === 0) {
        if (block.shown) assert.deepEqual(actual, []);
      } else {
        const same = actual.length === block.shown.length &&
          block.shown.every((row, y) =>
            row.length === actual[y].length && row.every((cell, x) => fits(cell, actual[y][x]))
          );
        if (!same) assert.deepEqual(actual, block.shown);
      }
      if (block.name === "take-back-topup") await restore();
      assert.deepEqual(await trade.checkBooks(db), [], "and leaves the books right");
    });
  }

  for (const [name, damage] of Object.entries(DAMAGE)) {
    it(`${name} shows the damage it is for`, async () => {
      const block = blockNamed(name);
      await trade.tamper(db, damage);
      await trade.checkBooks(db);
      const [columns, ...rows] = await run(studio, block);
      assert.ok(rows.length > 0, `${name} shows something`);
      const whose = columns.findIndex((column) => column === "user_id" || column === "account");
      if (whose >= 0) assert.ok(rows.some((row) => row[whose] === ALICE), JSON.stringify(rows));
      await restore();
      assert.deepEqual(await trade.checkBooks(db), []);
    });
  }

  for (const [name, damages] of Object.entries(REPAIRS)) {
    it(`${name} mends what it is for`, async () => {
      for (const damage of damages) {
        await trade.tamper(db, damage);
        assert.notDeepEqual(await trade.checkBooks(db), []);
        await run(studio, blockNamed(name));
        assert.deepEqual(await trade.checkBooks(db), []);
        await restore();
        assert.deepEqual(await trade.checkBooks(db), []);
      }
    });
  }

  it("accept-breach closes what cannot be mended, and accepted-breaches keeps it", async () => {
    await trade.tamper(db, chargeAgain);
    const [breach] = await trade.checkBooks(db);
    assert.deepEqual([breach.invariant, breach.seq, breach.detail.wrong], ["settlements", 6, ["charged_twice"]]);
    await run(studio, blockNamed("accept-breach"));
    assert.deepEqual(await trade.checkBooks(db), []);
    const [columns, row] = await run(studio, blockNamed("accepted-breaches"));
    assert.match(row[columns.indexOf("accepted")], /returned by adjustment/);
    await restore();
  });

  it("leaves a line in the log for each repair that says so", async () => {
    const actions = await db
      .sql`select distinct action from private.audit_log where action ~ '^(ledger|breach)\.' order by 1`;
    assert.deepEqual(actions.map((row) => row.action), [
      "breach.accepted",
      "ledger.account_restored",
      "ledger.entry_restored",
      "ledger.lots_fitted",
      "ledger.repaired",
    ]);
  });
});

/** Books of several days, for what the page says about days that are over. */
const other = {} as { db: TestDatabase; studio: postgres.Sql };
before(async () => {
  other.db = await freshDatabase();
  other.studio = postgres(other.db.url, { max: 1, onnotice: () => {} });
  await other.db.sql.begin((sql) => fillLedger(sql, { accounts: 3, entriesEach: 9, days: 4 }));
  await until(
    async () => (await other.db.asPostgres((sql) => sql`select private.close_credit_days() as day`))[0].day,
    "closed",
  );
});
after(async () => {
  await other.studio.end({ timeout: 5 });
  await other.db.close();
});

describe("the runbook, on a closed day whose sum was changed", () => {
  it("shows it with closed-days-differ and sums it again with close-day-again", async () => {
    const differing = () => run(other.studio, blockNamed("closed-days-differ"));
    assert.deepEqual(await differing(), []);
    await trade.tamper(other.db, (sql) =>
      sql`
      update private.credit_days set amount = amount + 7 where (day, kind) = (select min(day), 'grant' from private.credit_days)`);
    assert.deepEqual((await trade.checkBooks(other.db)).map(({ detail }) => detail.wrong), [["closed_day"], [
      "not_zero",
    ]]);
    const [columns, row, ...more] = await differing();
    assert.deepEqual([row[columns.indexOf("kind")], more.length], ["grant", 0]);
    assert.deepEqual(await run(other.studio, blockNamed("close-day-again")), [["written"], ["true"]]);
    assert.deepEqual(await differing(), []);
    assert.deepEqual(await trade.checkBooks(other.db), []);
  });
});

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { createCustomer, type Customer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { enqueue, generate } from "../support/trade.ts";

let db: TestDatabase;
let who: Customer;
before(async () => {
  db = await freshDatabase({ max: 50 });
  await syncPrices(db);
});
beforeEach(async () => void (who = await createCustomer(db)));
afterEach(() => db.moveClock(null));
after(() => db.close());

const take = async (entitlement: string, amount = 1) =>
  (await db.asService((sql) =>
    sql<{ used: number }[]>`select private.take_entitlement(${who.user}, ${entitlement}, ${amount}) as used`
  ))[0].used;
const giveBack = (entitlement: string, amount: number) =>
  db.asService((sql) => sql`select private.give_back_entitlement(${who.user}, ${entitlement}, ${amount})`);
const usage = async (entitlement: string) => {
  const rows = await db.asUser(
    who.user,
    (sql) =>
      sql<
        { entitlement: string; used: number; maximum: number | null; resets_at: Date | null }[]
      >`select * from read_usage()`,
  );
  return rows.find((row) => row.entitlement === entitlement)!;
};
const warnings = async () =>
  (await db.sql<{ data: { data: { entitlement: string; percent: number } } }[]>`
    select data from private.tasks where user_id = ${who.user} and data ->> 'mail' = 'usage_warning' order by id`)
    .map(({ data: { data } }) => `${data.entitlement} ${data.percent}`);

describe("what a plan includes", () => {
  it("is never passed, however many take it at once", async () => {
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => take("trainings")));
    const used = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
    assert.deepEqual(used.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const refused = results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
    assert.ok(refused.every(({ code }) => code === "KR009"));
    const { resets_at, ...detail } = JSON.parse(refused[0].detail);
    assert.ok(Date.parse(resets_at) > Date.now());
    assert.deepEqual({ ...detail, used: 10 }, { entitlement: "trainings", limit: 10, plan: "free", used: 10 });
  });

  it("is not passed by taking several, and half of them are not taken", async () => {
    await take("trainings", 8);
    assert.equal(await refusal(take("trainings", 3)), "KR009");
    assert.equal(await take("trainings", 2), 10);
    assert.equal(await refusal(take("trainings", 0)), "KR004");
  });

  it("begins anew with the month, without anybody doing anything; datasets are kept", async () => {
    await take("trainings", 10);
    await take("datasets", 5);
    db.moveClock("35 days");
    assert.equal(await take("trainings"), 1);
    assert.equal(await refusal(take("datasets")), "KR009");
    await giveBack("datasets", 1);
    assert.equal(await take("datasets"), 5);
  });

  it("may be given back, and is never less than nothing", async () => {
    await take("predictions", 3);
    await giveBack("predictions", 2);
    assert.equal((await usage("predictions")).used, 1);
    await giveBack("predictions", 9);
    assert.equal((await usage("predictions")).used, 0);
  });

  it("is told of once at 80 % and once at 100 %", async () => {
    for (let i = 0; i < 7; i++) await take("trainings");
    assert.deepEqual(await warnings(), []);
    await take("trainings"), await take("trainings");
    assert.deepEqual(await warnings(), ["trainings 80"]);
    await take("trainings");
    await giveBack("trainings", 3);
    for (let i = 0; i < 3; i++) await take("trainings");
    assert.deepEqual(await warnings(), ["trainings 80", "trainings 100"]);
  });

  it("is told of for generations when jobs draw on the allowance", async () => {
    for (let i = 0; i < 3; i++) await generate(db, who.user, 4 - i);
    assert.deepEqual(await warnings(), ["generations 80"]);
    await enqueue(db, who.user, 1);
    assert.deepEqual(await warnings(), ["generations 80", "generations 100"]);
  });

  it("has no limit where the plan has none", async () => {
    await new Subscribed(db, who, { plan: "enterprise" }).pay();
    assert.equal(await take("trainings", 100_000), 100_000);
    assert.deepEqual(await warnings(), []);
    const { used, maximum } = await usage("trainings");
    assert.deepEqual([used, maximum], [100_000, null]);
  });

  it("limits jobs a minute", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 130 }, () => take("rate")));
    const refused = asked.flatMap((result) => result.status === "rejected" ? [result.reason.code] : []);
    // Two minutes may have begun meanwhile.
    assert.ok(refused.length >= 10 && refused.every((code) => code === "KR007"), String(refused));
    assert.equal((await usage("rate")).maximum, 60);
  });

  it("is shown with what was used of it and when it begins anew", async () => {
    await new Subscribed(db, who).pay();
    await generate(db, who.user, 4);
    const { used, maximum, resets_at } = await usage("generations");
    // What they had from Free is not what Pro includes.
    assert.deepEqual([used, maximum], [4, 500]);
    assert.ok(resets_at!.getTime() > Date.now());
    assert.equal((await usage("datasets")).resets_at, null);
    await enqueue(db, who.user);
    assert.equal((await usage("concurrency")).used, 0, "what waits does not run");
    await db.asService((sql) => sql`select * from private.claim_jobs('test', 100)`);
    assert.equal((await usage("concurrency")).used, 1);
  });
});

describe("prices and entitlements of plans", () => {
  const version = async (call: string) =>
    (await db.asPostgres((sql) => sql.unsafe(`select ${call} as version`)))[0].version;

  it("are versions: one more for what differs, none for what is as it was", async () => {
    assert.equal(await version("private.set_plan_price('pro', 'month', 2900)"), 1);
    assert.equal(await version("private.set_plan_price('pro', 'month', 3100)"), 2);
    assert.equal(await version("private.set_plan_price('pro', 'month', 2900)"), 3);
    assert.equal(await version("private.set_entitlement('pro', 'trainings', 100)"), 1);
    assert.equal(await version("private.set_entitlement('pro', 'trainings', null)"), 2);
    assert.equal(await version("private.set_entitlement('pro', 'trainings', null)"), 2);
    assert.equal(await version("private.set_entitlement('pro', 'trainings', 100)"), 3);
  });

  it("are changed one at a time", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => version(`private.set_plan_price('enterprise', 'month', ${10_000 + at})`)),
    );
    assert.deepEqual(all.sort((a, b) => a - b), Array.from({ length: 20 }, (_, at) => at + 2));
  });

  it("are never rewritten, not even by their owner", async () => {
    for (const table of ["plan_prices", "plan_entitlements"]) {
      for (
        const statement of [
          `update public.${table} set version = 99`,
          `delete from public.${table}`,
          `truncate public.${table} cascade`,
        ]
      ) {
        assert.equal(await refusal(db.asPostgres((sql) => sql.unsafe(statement))), "KR008", statement);
      }
    }
  });

  it("that change in the middle of a month hold from the next one on", async () => {
    await db.asPostgres((sql) => sql`select private.set_entitlement('free', 'datasets', 50)`);
    assert.equal((await usage("datasets")).maximum, 5);
    db.moveClock("35 days");
    assert.equal((await usage("datasets")).maximum, 50);
  });
});

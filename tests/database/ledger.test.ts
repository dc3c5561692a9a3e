import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, entriesOf, refusal } from "../support/ledger.ts";

describe("the ledger", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("opens every new account with the free allowance, as an entry", async () => {
    const user = await db.createUser();
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
    const [entry] = await entriesOf(db, user);
    assert.deepEqual(
      [entry.seq, entry.kind, entry.amount, entry.counter_account, entry.balance_after, entry.ref],
      [1, "grant", 10, "promo", 10, "signup"],
    );
  });

  it("adds a grant once per key and answers a repeat with the first entry", async () => {
    const user = await db.createUser();
    const grant = (amount: number) =>
      db.asService((sql) =>
        sql<
          { seq: number }[]
        >`select private.grant_credits(${user}, ${amount}, 'topup', 'stripe', 'checkout:a', '{}', ${`stripe:${user}:topup`}) as seq`
      );
    assert.equal((await grant(5))[0].seq, 2);
    assert.equal((await grant(5))[0].seq, 2);
    assert.equal((await balanceOf(db, user)).available, 15);
    assert.equal(await refusal(grant(6)), "KR002");
  });

  it("grants once when fifty callers use one key at the same time", async () => {
    const user = await db.createUser();
    const seqs = await Promise.all(
      Array.from({ length: 50 }, () =>
        db.asService((sql) =>
          sql<
            { seq: number }[]
          >`select private.grant_credits(${user}, 7, 'topup', 'stripe', 'checkout:b', '{}', ${`stripe:${user}:storm`}) as seq`
        )),
    );
    assert.deepEqual(new Set(seqs.map(([row]) => row.seq)), new Set([2]));
    assert.equal((await balanceOf(db, user)).available, 17);
  });

  it("pays a debt before anything can be spent", async () => {
    const user = await db.createUser();
    await db.asService((sql) =>
      sql`select private.claw_back_credits(${user}, 14, 'refund', 'refund:c', '{}', ${`refund:${user}`})`
    );
    assert.deepEqual(await balanceOf(db, user), { available: 0, held: 0, debt: 4 });
    await db.asService((sql) =>
      sql`select private.grant_credits(${user}, 3, 'topup', 'stripe', 'checkout:c', '{}', ${`stripe:${user}:c`})`
    );
    assert.deepEqual(await balanceOf(db, user), { available: 0, held: 0, debt: 1 });
    const spend = db.asUser(user, (sql) => sql`select * from enqueue_job('seedream-4-5', '{"prompt": "x"}')`);
    assert.equal(await refusal(spend), "KR006");
  });

  it("resolves a reservation once: a repeat changes nothing, the other way is refused", async () => {
    for (
      const [first, second] of [["settle", "settle"], ["settle", "release"], ["release", "settle"], [
        "release",
        "release",
      ]]
    ) {
      const user = await db.createUser();
      const hold = randomUUID();
      await db.sql`select private.reserve_credits(${user}, 4, ${hold})`;
      const resolve = (how: string) =>
        how === "settle"
          ? db.sql`select private.settle_hold(${hold}, 3, ${`job:${hold}`}, '{}')`
          : db.sql`select private.release_hold(${hold}, 'test')`;
      await resolve(first);
      const balance = await balanceOf(db, user);
      assert.deepEqual(balance, { available: first === "settle" ? 7 : 10, held: 0, debt: 0 });
      if (first === second) await resolve(second);
      else assert.equal(await refusal(resolve(second)), "KR008", `${first} then ${second}`);
      assert.deepEqual(await balanceOf(db, user), balance);
    }
  });

  it("never charges more than was reserved", async () => {
    const user = await db.createUser();
    const hold = randomUUID();
    await db.sql`select private.reserve_credits(${user}, 4, ${hold})`;
    assert.equal(await refusal(db.sql`select private.settle_hold(${hold}, 5, 'job:x', '{}')`), "KR008");
    assert.deepEqual(await balanceOf(db, user), { available: 6, held: 4, debt: 0 });
  });

  it("says what is missing when credits do not suffice, and changes nothing", async () => {
    const user = await db.createUser();
    const error = await db.sql`select private.reserve_credits(${user}, 13, ${randomUUID()})`.then(() => null, (e) => e);
    assert.equal(error?.code, "KR001");
    assert.deepEqual(JSON.parse(error.detail), { required: 13, available: 10, missing: 3 });
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
  });

  it("does not let even its owner change, remove or truncate entries", async () => {
    const user = await db.createUser();
    assert.equal(await refusal(db.sql`update public.credit_entries set amount = 99 where user_id = ${user}`), "KR008");
    assert.equal(await refusal(db.sql`delete from public.credit_entries where user_id = ${user}`), "KR008");
    assert.equal(await refusal(db.sql`truncate public.credit_entries cascade`), "KR008");
  });

  it("chains the entries of an account, each to the one before, up to the head", async () => {
    const user = await db.createUser();
    for (const key of ["one", "two", "three"]) {
      await db.asService((sql) =>
        sql`select private.grant_credits(${user}, 2, 'topup', 'stripe', ${`checkout:${key}`}, '{"note": "ąé"}', ${`${user}:${key}`})`
      );
    }
    const links = await db.sql<{ intact: boolean }[]>`
      select e.hash = private.entry_hash(
               coalesce(lag(e.hash) over (order by e.seq), decode(repeat('00', 32), 'hex')),
               e.user_id, e.seq, e.kind, e.amount, e.counter_account, e.balance_after, e.ref, e.cause, e.created_at) as intact
      from public.credit_entries e where e.user_id = ${user} order by e.seq`;
    assert.equal(links.length, 4);
    assert.ok(links.every((link) => link.intact));
    const [{ head }] = await db.sql`
      select a.head_hash = (select hash from public.credit_entries where user_id = ${user} order by seq desc limit 1) as head
      from public.credit_accounts a where a.user_id = ${user}`;
    assert.equal(head, true);
  });

  it("accepts no negative balance, whoever writes", async () => {
    const user = await db.createUser();
    assert.equal(
      await refusal(db.sql`update public.credit_accounts set available = -1 where user_id = ${user}`),
      "23514",
    );
    assert.equal(await refusal(db.sql`update public.credit_accounts set held = -1 where user_id = ${user}`), "23514");
  });
});

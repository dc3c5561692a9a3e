import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type Random, seededRandom } from "../../sandbox/faults/random.ts";
import { freshDatabase, openPool, type TestDatabase } from "../support/database.ts";
import { brokenAccounts } from "../support/ledger.ts";
import { acknowledge, newFloor, nextRequest } from "../support/ledger-clients.ts";
import { totalByReceipts, unexplained } from "../support/ledger-effects.ts";
import { ask, type Request } from "../support/ledger-requests.ts";
import { brokenRules, judge, readLedger } from "../support/ledger-rules.ts";
import { takeSeed } from "../support/seed.ts";
import { adjust, buy, cancel, claim, complete, enqueue, fail, refund, transfer } from "../support/trade.ts";

describe("clients side by side", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const newUsers = (count: number) => Promise.all(Array.from({ length: count }, () => db.createUser()));

  /** Each client on its own connection, one request after the other. */
  async function sideBySide(clients: number, work: (sql: TestDatabase["sql"], client: number) => Promise<void>) {
    const pools = Array.from({ length: clients }, () => openPool(db.url, { max: 1 }));
    try {
      await Promise.all(pools.map(work));
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
    }
  }

  it("eight of them over four accounts: every rule holds, and each was told what happened", async () => {
    const seed = takeSeed("clients side by side");
    const floor = newFloor(await newUsers(4));
    await sideBySide(8, async (sql, client) => {
      const random = seededRandom(`${seed}/${client}`);
      for (let i = 0; i < 150; i++) {
        const request = nextRequest(floor, random);
        acknowledge(floor, request, await ask(sql, request));
      }
    });
    const ledger = await readLedger(db.sql, floor.users);
    assert.deepEqual(judge(ledger), []);
    assert.deepEqual(unexplained(floor, ledger), []);
    const total = ledger.accounts.reduce((sum, { available, held, debt }) => sum + available + held - debt, 0);
    assert.equal(total, totalByReceipts(floor, ledger));
    const calls = new Set(
      floor.acknowledged.flatMap(({ request, answer }) => "answer" in answer ? [request.call] : []),
    );
    assert.equal(calls.size, 10, "each function did something");
  });

  it("transfers in both directions among three people never deadlock, and nothing is made or lost", async () => {
    const users = await newUsers(3);
    await sideBySide(12, async (sql, client) => {
      const random = seededRandom(`transfers/${client}`);
      for (let i = 0; i < 40; i++) {
        const [from, to] = random.shuffle(users);
        const name = randomUUID();
        const answer = await ask(sql, {
          call: "transfer",
          from,
          to,
          amount: 1 + random.below(3),
          ref: `transfer:${name}`,
          key: name,
        });
        assert.ok("answer" in answer || answer.refused === "KR001");
      }
    });
    const ledger = await readLedger(db.sql, users);
    assert.deepEqual(judge(ledger), []);
    assert.equal(ledger.accounts.reduce((sum, { available }) => sum + available, 0), 30);
    const byTransfer = Map.groupBy(ledger.entries.filter(({ kind }) => kind === "transfer"), ({ ref }) => ref);
    for (const sides of byTransfer.values()) {
      assert.equal(sides.length, 2);
      assert.equal(sides[0].amount + sides[1].amount, 0);
    }
  });

  it("batches of settlements meet single ones, releases and transfers over the same holds, and never deadlock", async () => {
    const users = await newUsers(3);
    const floor = newFloor(users);
    for (const user of users) {
      for (let i = 0; i < 10; i++) {
        const request: Request = { call: "reserve", user, amount: 1, hold: randomUUID() };
        floor.holds.push({ id: request.hold, amount: 1 });
        acknowledge(floor, request, await ask(db.sql, request));
      }
    }
    await sideBySide(10, async (sql, client) => {
      const random = seededRandom(`batches/${client}`);
      const settlements = random.shuffle(floor.holds).map(({ id }) => ({ hold: id, amount: 1, ref: `job:${id}` }));
      const requests: Request[] = client % 2 === 0
        ? Array.from(
          { length: 5 },
          (_, i) => ({ call: "settle many", settlements: settlements.slice(i * 6, i * 6 + 6) }),
        )
        : settlements.map((it, i) =>
          i % 5 === 0 ? { call: "release", hold: it.hold, reason: "test" } : { call: "settle", ...it }
        );
      for (const request of requests) acknowledge(floor, request, await ask(sql, request));
    });
    const ledger = await readLedger(db.sql, users);
    assert.deepEqual(judge(ledger), []);
    assert.deepEqual(unexplained(floor, ledger), []);
    assert.ok(ledger.holds.every(({ state }) => state !== "held"));
  });

  it("all of the trade at once, jobs and payments with it: nothing deadlocks, and every invariant holds", async () => {
    // Eight clients are faster than a plan allows.
    await db.sql`select private.set_entitlement('free', e, 10000) from unnest(array['rate', 'concurrency']) as e`;
    const users = await newUsers(3);
    const seed = takeSeed("trade side by side");
    const [checkouts, jobs] = [new Map<string, string>(), [] as [user: string, job: string][]];
    let refused = 0;
    const finish = async (random: Random) => {
      for (const attempt of await claim(db, 3)) {
        await (random.below(3) > 0
          ? complete(db, attempt, 1 + random.below(attempt.outputs_requested))
          : fail(db, attempt));
      }
    };
    const act = async (random: Random): Promise<unknown> => {
      const [user, other] = random.shuffle(users);
      const dice = random.below(100);
      if (dice < 30) return jobs.push([user, await enqueue(db, user, 1 + random.below(4))]);
      if (dice < 55) return finish(random);
      if (dice < 65) return checkouts.set(user, await buy(db, user, "pack_10"));
      if (dice < 72) return checkouts.has(user) && refund(db, user, checkouts.get(user)!, 1 + random.below(10));
      if (dice < 82) return transfer(db, user, other, 1 + random.below(3));
      if (dice < 88) return adjust(db, user, random.below(9) - 4);
      if (dice < 94 && jobs.length > 0) return cancel(db, ...jobs[random.below(jobs.length)]);
      return db.asPostgres((sql) =>
        sql`select private.expire_grants(100), private.activate_grants(100), private.sweep_jobs()`
      );
    };
    await Promise.all(Array.from({ length: 8 }, async (_, client) => {
      const random = seededRandom(`${seed}/${client}`);
      for (let i = 0; i < 60; i++) {
        await act(random).catch((error) => {
          if (!/^KR00[1468]$/.test(error.code)) throw error;
          refused++;
        });
      }
    }));
    assert.ok(jobs.length > 20 && checkouts.size > 0 && refused > 0, `${jobs.length} jobs, ${refused} refusals`);
    assert.deepEqual(await brokenRules(db.sql, users), []);
    assert.deepEqual(await brokenAccounts(db), []);
  });
});

/** Connections that break under clients of the ledger: what they were told is there, and nothing is there twice. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Floor, newFloor, nextRequest } from "../support/ledger-clients.ts";
import { unexplained } from "../support/ledger-effects.ts";
import { judge, readLedger } from "../support/ledger-rules.ts";
import { PatientClient } from "../support/patient-client.ts";
import { type Cut, type PostgresProxy, startPostgresProxy } from "../support/postgres-proxy.ts";
import { takeSeed } from "../support/seed.ts";

const CLIENTS = 8;

describe("when connections break", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const newUsers = () => Promise.all(Array.from({ length: 4 }, () => db.createUser()));

  async function work(floor: Floor, url: string, seed: string, requests: number): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, async (_, number) => {
      const client = new PatientClient(url, floor);
      const random = seededRandom(`${seed}/${number}`);
      for (let i = 0; i < requests; i++) {
        await client.ask(nextRequest(floor, random), { inTransaction: random.below(2) === 0 });
      }
      client.close();
    }));
  }

  async function assertTold(floor: Floor): Promise<void> {
    const ledger = await readLedger(db.sql, floor.users);
    assert.deepEqual(judge(ledger), []);
    assert.deepEqual(unexplained(floor, ledger), []);
  }

  describe("by a proxy, before and after COMMIT is done", () => {
    let proxy: PostgresProxy;
    const seed = takeSeed("connections that break");
    before(async () => {
      const random = seededRandom(`cuts/${seed}`);
      const choose = (commits: boolean): Cut | null => {
        if (!commits) return random.below(100) < 6 ? "between" : null;
        return random.below(100) < 25 ? (["before", "after", "after", "meanwhile"] as const)[random.below(4)] : null;
      };
      proxy = await startPostgresProxy({ port: Number(new URL(db.url).port), choose });
    });
    after(() => proxy.close());

    it("everything acknowledged is there, and nothing twice", async () => {
      const floor = newFloor(await newUsers());
      const url = new URL(db.url);
      url.port = String(proxy.port);
      await work(floor, url.href, String(seed), 80);
      await assertTold(floor);
      for (const [where, count] of Object.entries(proxy.cuts)) assert.ok(count > 10, `${count} cuts ${where}`);
    });
  });

  it("by pg_terminate_backend, everything acknowledged is there, and nothing twice", async () => {
    const seed = takeSeed("backends that are terminated");
    const floor = newFloor(await newUsers());
    const random = seededRandom(`terminations/${seed}`);
    let [terminated, working] = [0, true];
    const terminating = (async () => {
      for (; working; await sleep(random.below(15))) {
        // One at a time, and rather one that is at work.
        const [row] = await db.sql<{ done: boolean }[]>`
          select pg_terminate_backend(pid) as done from pg_stat_activity
          where datname = current_database() and usename = 'postgres' and (state <> 'idle' or random() < 0.1)
          order by random() limit 1`;
        if (row?.done) terminated++;
      }
    })();
    await work(floor, db.url, String(seed), 80);
    working = false;
    await terminating;
    await assertTold(floor);
    assert.ok(terminated > 20, `${terminated} backends were terminated`);
  });
});

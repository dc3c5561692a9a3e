/** `kill -9` of Postgres under clients of the ledger. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { startTestCluster, type TestCluster } from "../support/cluster.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { newFloor, nextRequest } from "../support/ledger-clients.ts";
import { unexplained } from "../support/ledger-effects.ts";
import { judge, readLedger } from "../support/ledger-rules.ts";
import { PatientClient } from "../support/patient-client.ts";
import { takeSeed } from "../support/seed.ts";
import { until } from "../support/until.ts";

describe("when Postgres is killed under the ledger", () => {
  let cluster: TestCluster;
  let db: TestDatabase;
  before(async () => {
    cluster = await startTestCluster({ durable: true });
    db = await freshDatabase({ cluster });
  });
  after(async () => {
    await db.close();
    await cluster.stop();
  });

  it("everything acknowledged before and after is there, and nothing twice", async () => {
    const seed = takeSeed("kill -9");
    const floor = newFloor(await Promise.all(Array.from({ length: 4 }, () => db.createUser())));
    let working = true;
    const clients = Array.from({ length: 8 }, async (_, number) => {
      const client = new PatientClient(db.url, floor);
      const random = seededRandom(`${seed}/${number}`);
      while (working) await client.ask(nextRequest(floor, random), { inTransaction: false });
      client.close();
    });
    const crashes = (async () => {
      const random = seededRandom(`crashes/${seed}`);
      for (let i = 0; i < 3; i++) {
        const before = floor.acknowledged.length;
        await until(() => floor.acknowledged.length > before + 100, "a hundred more answers");
        await sleep(random.below(50));
        await cluster.crash();
      }
      const before = floor.acknowledged.length;
      await until(() => floor.acknowledged.length > before + 100, "work after the last crash");
    })();
    await crashes.finally(() => working = false);
    await Promise.all(clients);

    const ledger = await readLedger(db.sql, floor.users);
    assert.deepEqual(judge(ledger), []);
    assert.deepEqual(unexplained(floor, ledger), []);
    assert.ok(floor.lost.size > 0, "requests were under way when it was killed");
  });
});

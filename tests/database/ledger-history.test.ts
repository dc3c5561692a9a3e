import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { compareHistories, notReached } from "../support/ledger-history.ts";
import { takeSeed } from "../support/seed.ts";

describe("any history of grants, reservations, charges, refunds, transfers and hours", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("ends as the model says, step by step, and meets every rule", async () => {
    const report = await compareHistories(db, { seed: takeSeed("histories of the ledger"), operations: 5_000 });
    assert.ok(report.operations.total >= 5_000);
    assert.deepEqual(notReached(report), []);
  });
});

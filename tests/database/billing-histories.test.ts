import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { compareHistories, notReached, prepare } from "../support/billing-histories.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { takeSeed } from "../support/seed.ts";
import { checkBooks } from "../support/trade.ts";

describe("random histories of payments, subscriptions, refunds and disputes", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("leave the balance, the debt and the plan of the model, in whatever way their news come", async () => {
    await prepare(db);
    const report = await compareHistories(db, { seed: takeSeed("histories of billing"), histories: 2000, orders: 2 });
    assert.deepEqual(notReached(report), []);
    assert.deepEqual(await checkBooks(db), []);
  });
});

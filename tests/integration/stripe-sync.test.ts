import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { synchroniseCatalogue } from "../../domain/billing/sync-catalogue.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { startStripe } from "../support/stripe-stand-in.ts";

describe("what Stripe has of our plans", () => {
  let test: TestDatabase;
  let db: Database;
  let standIn: ReturnType<typeof startStripe>;
  before(async () => {
    test = await freshDatabase();
    db = openDatabase(test.url, { max: 2 });
    standIn = startStripe({ stripe: { latencyMs: 0 } });
  });
  after(async () => {
    await standIn.close();
    await db.end();
    await test.close();
  });

  const synchronise = () =>
    synchroniseCatalogue({ db, stripe: standIn.client(), livemode: false, webUrl: "http://127.0.0.1:8000" });
  const did = async () => (await synchronise()).map(({ subject, did }) => `${did} ${subject}`);
  const priceOf = async (subject: string) => {
    const [{ id }] = await db.asService((sql) =>
      sql<{ id: string }[]>`select private.stripe_id_of(false, ${subject}) as id`
    );
    return await standIn.client().prices.retrieve(id);
  };

  it("is made from our tables, and left alone when it is right already", async () => {
    assert.deepEqual(await did(), [
      "created plan:pro",
      "created price:pro:month@1",
      "created price:pro:year@1",
      "created plan:enterprise",
      "created price:enterprise:month@1",
      "created price:enterprise:year@1",
      "created portal",
    ]);
    assert.ok((await did()).every((line) => line.startsWith("unchanged ")));
    const { unit_amount, recurring, lookup_key, active } = await priceOf("price:pro:year@1");
    assert.deepEqual({ unit_amount, interval: recurring!.interval, lookup_key, active }, {
      unit_amount: 29_000,
      interval: "year",
      lookup_key: "kredo_pro_year",
      active: true,
    });
  });

  it("gets a new version beside the old one, which whoever has it keeps and nobody can buy any more", async () => {
    await test.sql`select private.set_plan_price('pro', 'month', 3100)`;
    const lines = await did();
    assert.ok(lines.includes("created price:pro:month@2"), String(lines));
    assert.ok(lines.includes("updated price:pro:month@1"), String(lines));
    const [old, fresh] = [await priceOf("price:pro:month@1"), await priceOf("price:pro:month@2")];
    assert.deepEqual([old.active, old.unit_amount, old.lookup_key], [false, 2_900, null]);
    assert.deepEqual([fresh.active, fresh.unit_amount, fresh.lookup_key], [true, 3_100, "kredo_pro_month"]);
    assert.ok((await did()).every((line) => line.startsWith("unchanged ")));
  });

  it("is mended after somebody changed it at Stripe by hand", async () => {
    const stripe = standIn.client();
    await stripe.products.update("kredo_pro", { name: "Something else" });
    const { id } = await priceOf("price:enterprise:month@1");
    await stripe.prices.update(id, { active: false });
    const lines = await did();
    assert.ok(lines.includes("updated plan:pro") && lines.includes("updated price:enterprise:month@1"), String(lines));
    assert.equal((await stripe.products.retrieve("kredo_pro")).name, "Kredo Pro");
    assert.equal((await stripe.prices.retrieve(id)).active, true);
  });
});

/** A comparison with Stripe's lists, made by the real client against the stand-in. */
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { reconcileStripe } from "../../domain/billing/reconcile.ts";
import { synchroniseCatalogue } from "../../domain/billing/sync-catalogue.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import type { FunctionServices } from "../../platform/function-services.ts";
import { createLog } from "../../platform/log.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { payer } from "../support/stripe-scene.ts";
import { startStripe } from "../support/stripe-stand-in.ts";

let db: TestDatabase;
let app: Database;
let stripe: ReturnType<typeof startStripe>;
before(async () => {
  db = await freshDatabase();
  app = openDatabase(db.url, { role: "service_role" });
  stripe = startStripe({ stripe: { latencyMs: 0 } });
});
after(async () => {
  await stripe.close();
  await app.end();
  await db.close();
});

/** Somebody who subscribed while no webhook came through. Their subscription's id. */
async function subscribeUnheard(): Promise<string> {
  const user = await db.createUser();
  const client = stripe.client();
  const customer = await payer(client);
  await db.asWeb((sql) => sql`select private.note_stripe_customer(false, ${user}, ${customer})`);
  const [{ price }] = await db.asWeb((sql) => sql`select private.stripe_id_of(false, 'price:pro:month@1') as price`);
  return (await client.subscriptions.create({ customer, items: [{ price }] })).id;
}

it("goes on past what the books refuse, and says what that was", async () => {
  const client = stripe.client();
  await synchroniseCatalogue({ db: app, stripe: client, livemode: false, webUrl: "https://kredo.test" });
  const older = await subscribeUnheard();
  // Lists begin with the newest.
  const newest = await subscribeUnheard();
  await db.sql.unsafe(`alter table public.subscriptions add constraint refuses check (id <> '${newest}')`);

  const services = {
    config: { stripe: { livemode: false } } as FunctionServices["config"],
    db: app,
    stripe: client,
    log: createLog({}, () => {}),
  };
  const report = await reconcileStripe(services, { days: 1 });
  assert.ok(report.repaired.some(({ id }) => id === older));
  assert.ok(report.refused.some(({ id }) => id === newest));
  assert.deepEqual((await db.sql`select id from public.subscriptions`).map(({ id }) => id), [older]);
  const [{ error }] = await db.sql`select error from private.reconciliations`;
  assert.match(error, new RegExp(`refused .*subscription ${newest}`));
});

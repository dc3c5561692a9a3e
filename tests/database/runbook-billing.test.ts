import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { applyEvent } from "../support/billing-events.ts";
import { disputeObject, intentObject, sessionObject } from "../support/billing-objects.ts";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Block, blocksOf, fits, run } from "../support/runbook.ts";
import * as trade from "../support/trade.ts";

const blocks = await blocksOf("billing.md");
const blockNamed = (name: string): Block => {
  const block = blocks.find((block) => block.name === name);
  assert.ok(block, `the page has a block ${name}`);
  return block;
};

/** The page's history, as its tables show it. */
let db: TestDatabase;
/** As Studio: a login of `postgres`, outside any transaction. */
let studio: postgres.Sql;
let bob: Subscribed;

before(async () => {
  db = await freshDatabase();
  studio = postgres(db.url, { max: 1, onnotice: () => {} });
  await syncPrices(db);
  await db.asPostgres((sql) => sql`select private.set_plan_price('pro', 'month', 3100)`);

  const alice = await db.createUser("alice@example.test");
  const buy = async (pack: string, name: string) => {
    const { id, price_cents } = await trade.openCheckout(db, alice, pack);
    const session = { id: `cs_${name}`, checkout: id, user: alice, amount: price_cents, intent: `pi_${name}` };
    return { id, session: sessionObject(session) };
  };
  for (const name of ["first", "second"]) {
    const { session } = await buy("pack_10", name);
    await applyEvent(db, "checkout.session.completed", { session }, {
      payload: { data: { object: { id: session.id } } },
    });
  }
  const waiting = await buy("pack_50", "waiting");
  await db.asWeb((sql) =>
    sql`select private.attach_checkout(${waiting.id}, 'cs_waiting', 'https://checkout.example/', now() + interval '1 day')`
  );
  const failed = { id: "evt_failed", livemode: false, created: 1_790_000_000, data: { object: { id: "cs_waiting" } } };
  await db.asService(async (sql) => {
    await sql`select private.receive_webhook('stripe', 'evt_failed', 'checkout.session.completed', ${
      sql.json(failed)
    })`;
    await sql`select private.finish_webhook('stripe', 'evt_failed', 'failed', 'Stripe did not say what became of it.')`;
  });
  await db.sql`update private.webhook_events set attempts = 12, retry_at = null where event_id = 'evt_failed'`;

  const who = await createCustomer(db, await db.createUser("bob@example.test"));
  bob = new Subscribed(db, who);
  const invoice = await bob.pay({ id: "in_bob", intent: "pi_bob" });
  const intent = intentObject({ id: "pi_bob", customer: who.customer, amount: 2900 });
  await applyEvent(db, "charge.dispute.created", {
    subscription: bob.object(invoice),
    invoice,
    payment_intent: intent,
    disputes: [disputeObject("dp_bob", 2900, "needs_response")],
  });

  await db.asService(async (sql) => {
    const [{ id }] = await sql`select private.begin_reconciliation(now() - interval '3 days') as id`;
    const repaired = [{ kind: "session", id: "cs_second", effects: ["credited"], error: null }];
    await sql`select private.finish_reconciliation(${id}, 41, ${sql.json(repaired)}, null)`;
  });
  await db.sql`
    insert into private.tasks (kind, key, data, state, attempts, finished_at, error)
    values ('mail', 'mail:grace_ended:example', '{}', 'failed', 10, now(), 'The mail server did not take it yet.')`;
  assert.deepEqual(await trade.checkBooks(db), []);
});
after(async () => {
  await studio.end({ timeout: 5 });
  await db.close();
});

const audited = async (subject: string) =>
  (await db.sql`select action from private.audit_log where subject like ${subject}`).map(({ action }) => action);

describe("the runbook of billing", () => {
  it("names each block once", () => {
    const names = blocks.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 17);
  });

  // In the order of the page: what an act changes, the blocks after it show.
  for (const block of blocks) {
    it(`${block.name} answers what the page says`, async () => {
      const actual = await run(studio, block);
      const shown = block.shown ?? [];
      const same = actual.length === shown.length &&
        shown.every((row, y) => row.length === actual[y].length && row.every((cell, x) => fits(cell, actual[y][x])));
      if (!same) assert.deepEqual(actual, shown);
    });
  }

  it("replay-event makes an event due, and is on record", async () => {
    const [{ verdict, due }] = await db
      .sql`select verdict, retry_at <= now() as due from private.webhook_events where event_id = 'evt_failed'`;
    assert.deepEqual([verdict, due], ["received", true]);
    assert.deepEqual(await audited("webhook:evt_failed"), ["webhook.replayed"]);
  });

  it("replay-given-up makes due what is not tried any more, and nothing else", async () => {
    const states = async () =>
      (await db.sql`select event_id, verdict from private.webhook_events where event_id like 'evt_up_%' order by 1`)
        .map((
          { event_id, verdict },
        ) => `${event_id} ${verdict}`);
    await db.sql`
      insert into private.webhook_events (source, event_id, type, verdict, retry_at, processed_at)
      values ('stripe', 'evt_up_1', 'x', 'failed', null, now()), ('stripe', 'evt_up_2', 'x', 'failed', now() + interval '1 hour', now()),
        ('replicate', 'evt_up_3', 'x', 'failed', null, now()), ('stripe', 'evt_up_4', 'x', 'ignored', null, now())`;
    assert.deepEqual((await run(studio, blockNamed("replay-given-up")))[1], ["1", "1"]);
    assert.deepEqual(await states(), ["evt_up_1 received", "evt_up_2 failed", "evt_up_3 failed", "evt_up_4 ignored"]);
    assert.deepEqual(await audited("webhook:evt_up_%"), ["webhook.replayed"]);
  });

  it("retry-task makes a failed task due, and is on record", async () => {
    const [{ id, state, due }] = await db
      .sql`select id, state, run_at <= now() as due from private.tasks where key = 'mail:grace_ended:example'`;
    assert.deepEqual([state, due], ["open", true]);
    assert.deepEqual(await audited(`task:${id}`), ["task.retried"]);
  });

  it("compare leaves a task that looks seven days back", async () => {
    const [{ data }] = await db
      .sql`select data from private.tasks where kind = 'reconcile' and key like 'reconcile:by-hand:%'`;
    assert.deepEqual(data, { days: 7 });
  });

  it("duplicate-plans and overdue-plans show what they are for", async () => {
    const second = new Subscribed(db, bob.who, { created: bob.fields.created + 60 });
    await second.pay();
    const [columns, row] = await run(studio, blockNamed("duplicate-plans"));
    assert.equal(row[columns.indexOf("subscription")], second.id);
    await db.sql`update public.subscriptions set current_period_end = now() - interval '2 hours' where id = ${bob.id}`;
    assert.deepEqual((await run(studio, blockNamed("overdue-plans"))).slice(1).map(([id]) => id), [bob.id]);
  });
});

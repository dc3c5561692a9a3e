import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { sessionObject } from "../support/billing-objects.ts";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { openCheckout } from "../support/trade.ts";

let db: TestDatabase;
before(async () => {
  db = await freshDatabase({ max: 20 });
  await syncPrices(db);
});
after(() => db.close());

interface Task {
  id: number;
  key: string;
  attempt: number;
}

const add = (key: string) =>
  db.asPostgres((sql) => sql<{ added: boolean }[]>`select private.add_task('reconcile', ${key}, null, '{}') as added`);
const claim = (limit = 100) =>
  db.asService((sql) => sql<Task[]>`select id, key, attempt from private.claim_tasks(${limit}::int)`);
const finish = async ({ id, attempt }: Task, outcome: string) =>
  (await db.asService((sql) =>
    sql<{ done: boolean }[]>`select private.finish_task(${id}, ${attempt}, ${outcome}) as done`
  ))[0].done;
const dueNow = (id: number) => db.sql`update private.tasks set run_at = now() where id = ${id}`;
const read = async (id: number) =>
  (await db.sql<{ state: string; attempts: number; seconds: number }[]>`
    select state, attempts, round(extract(epoch from run_at - now()))::int as seconds from private.tasks where id = ${id}`)[
    0
  ];

describe("a task", () => {
  it("is written once per key", async () => {
    assert.deepEqual([(await add("once"))[0].added, (await add("once"))[0].added], [true, false]);
    for (const task of await claim()) await finish(task, "done");
    assert.equal((await add("once"))[0].added, false, "nor after it was done");
  });

  it("is taken by one worker, however many ask at once, and by the next one when that one dies", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => add(`crowd:${at}`)));
    const taken = (await Promise.all(Array.from({ length: 10 }, () => claim(5)))).flat();
    assert.deepEqual(taken.map(({ key }) => key).sort(), Array.from({ length: 20 }, (_, at) => `crowd:${at}`).sort());
    assert.deepEqual([...await claim()], []);
    await dueNow(taken[0].id);
    const [again] = await claim();
    assert.deepEqual([again.id, again.attempt], [taken[0].id, 2]);
    assert.equal(await finish(taken[0], "done"), false, "whoever comes back late changes nothing");
    assert.equal(await finish(again, "done"), true);
    assert.equal(await finish(again, "failed"), false);
    for (const task of taken.slice(1)) await finish(task, "done");
  });

  it("that has to wait waits longer each time, an hour at most, and fails for good at the tenth try", async () => {
    await add("patience");
    const waits: number[] = [];
    for (let nth = 1; nth <= 10; nth++) {
      const [task] = await claim();
      assert.equal(task.attempt, nth);
      await finish(task, "later");
      const { state, seconds } = await read(task.id);
      assert.equal(state, nth < 10 ? "open" : "failed");
      if (nth < 10) waits.push(seconds);
      if (nth < 10) await dueNow(task.id);
    }
    assert.deepEqual(waits, [10, 30, 90, 270, 810, 2430, 3600, 3600, 3600]);
    assert.deepEqual([...await claim()], []);
  });

  it("that could not be tried is not one try older", async () => {
    await add("deferred");
    const [task] = await claim();
    await db.asService((sql) => sql`select private.defer_task(${task.id}, ${task.attempt}, 300)`);
    const { attempts, seconds } = await read(task.id);
    assert.deepEqual([attempts, seconds], [0, 300]);
  });
});

describe("an event that failed", () => {
  const due = () =>
    db.asService((sql) => sql<{ event_id: string }[]>`select event_id from private.claim_failed_events(10)`);
  const retryIn = async (id: string) => {
    const [{ seconds }] = await db.sql`
      select round(extract(epoch from retry_at - now()))::int as seconds from private.webhook_events where event_id = ${id}`;
    return seconds;
  };

  it("is due again, to one worker at a time, after ever longer waits, twelve times", async () => {
    const who = await createCustomer(db);
    const { id: checkout } = await openCheckout(db, who.user);
    const session = sessionObject({
      id: "cs_other_amount",
      checkout,
      user: who.user,
      customer: who.customer,
      amount: 1,
    });
    const id = `evt_${randomUUID()}`;
    const waits: (number | null)[] = [];
    for (let nth = 1; nth <= 12; nth++) {
      assert.equal((await applyEvent(db, "checkout.session.completed", { session }, { id })).verdict, "failed");
      waits.push(await retryIn(id));
    }
    assert.deepEqual(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, null]);
    assert.deepEqual([...await due()], []);
    await db.sql`update private.webhook_events set retry_at = now() where event_id = ${id}`;
    const claims = await Promise.all(Array.from({ length: 5 }, due));
    assert.deepEqual(claims.flat().map(({ event_id }) => event_id), [id]);
    const right = sessionObject({
      id: "cs_right",
      checkout,
      user: who.user,
      customer: who.customer,
      amount: 3900,
      intent: "pi_right",
    });
    assert.deepEqual(
      (await applyEvent(db, "checkout.session.completed", { session: right }, { id })).verdict,
      "applied",
    );
    assert.equal(await retryIn(id), null);
  });
});

describe("a comparison with Stripe's lists", () => {
  const unknown = async (kind: string, ...objects: unknown[]) =>
    (await db.asService((sql) =>
      sql<{ id: string }[]>`select private.unknown_at_ours(${kind}, ${sql.json(objects as never)}) as id`
    )).map(({ id }) => id);

  it("names what we have not, or have otherwise, and nothing else", async () => {
    const who = await createCustomer(db);
    const pro = new Subscribed(db, who);
    const listed = {
      id: pro.id,
      status: "active",
      current_period_end: pro.fields.end,
      canceling: false,
      price: "price_pro_month",
    };
    assert.deepEqual(await unknown("subscription", listed), [pro.id]);
    const invoice = await pro.pay();
    assert.deepEqual(await unknown("subscription", listed), []);
    for (
      const change of [{ status: "canceled" }, { current_period_end: pro.fields.end + 1 }, { canceling: true }, {
        price: "price_pro_year",
      }]
    ) {
      assert.deepEqual(await unknown("subscription", { ...listed, ...change }), [pro.id], JSON.stringify(change));
    }
    assert.deepEqual(
      await unknown("invoice", { id: invoice.id, status: "paid" }, { id: invoice.id, status: "void" }, {
        id: "in_new",
        status: "paid",
      }),
      [invoice.id, "in_new"],
    );
    const payment = `pi_${invoice.id}`;
    assert.deepEqual(await unknown("payment", { id: payment, refunded: 0 }), []);
    assert.deepEqual(await unknown("payment", { id: payment, refunded: 100 }, { id: "pi_new", refunded: 0 }), [
      payment,
      "pi_new",
    ]);
    await pro.moneyBack(invoice, { disputes: [[2900, "needs_response"]] });
    assert.deepEqual(await unknown("dispute", { id: "dp", payment, state: "open" }), []);
    assert.deepEqual(await unknown("dispute", { id: "dp", payment, state: "won" }), ["dp"]);
  });

  it("names sessions of which we do not know the end", async () => {
    const who = await createCustomer(db);
    const { id: checkout, price_cents: amount } = await openCheckout(db, who.user);
    const id = `cs_${checkout}`;
    const paid = { id, mode: "payment", status: "complete", payment_status: "paid" };
    assert.deepEqual(await unknown("session", paid), [id]);
    const session = sessionObject({
      id,
      checkout,
      user: who.user,
      customer: who.customer,
      amount,
      intent: `pi_${checkout}`,
    });
    await applyEvent(db, "checkout.session.completed", { session });
    assert.deepEqual(await unknown("session", paid), []);
    assert.deepEqual(await unknown("session", { ...paid, status: "expired" }), [id]);
  });
});

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { intentObject, sessionObject } from "../support/billing-objects.ts";
import { createCustomer, type Customer } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, refusal } from "../support/ledger.ts";
import { checkBooks, enqueue } from "../support/trade.ts";

let db: TestDatabase;
let who: Customer;
before(async () => void (db = await freshDatabase({ max: 30 })));
beforeEach(async () => void (who = await createCustomer(db)));
afterEach(() => db.moveClock(null));
after(() => db.close());

const set = async (threshold: number, pack = "pack_10", cap = 2000) =>
  (await db.asUser(
    who.user,
    (sql) => sql<{ state: string }[]>`select set_auto_topup(${threshold}, ${pack}, ${cap}) as state`,
  ))[0].state;
/** A card is kept through a page of Stripe's. */
async function keepCard() {
  const [{ id }] = await db.asWeb((sql) => sql<{ id: string }[]>`select private.open_card_checkout(${who.user}) as id`);
  const setupIntent = { id: "seti", payment_method: { id: "pm_card", card: { brand: "visa", last4: "4242" } } };
  const session = sessionObject({ id: `cs_${id}`, checkout: id, user: who.user, customer: who.customer, setupIntent });
  return await applyEvent(db, "checkout.session.completed", { session });
}
const purchases = async () => [
  ...await db.sql<{ id: string; status: string }[]>`
    select id, status from public.checkout_sessions where user_id = ${who.user} and kind = 'auto' order by created_at`,
];
const charge = (id: string, status: string, failure?: string) =>
  applyEvent(db, status === "succeeded" ? "payment_intent.succeeded" : "payment_intent.payment_failed", {
    payment_intent: intentObject({
      id: `pi_${id}`,
      checkout: id,
      user: who.user,
      customer: who.customer,
      amount: 900,
      status,
      failure,
    }),
  });
const state = async () => ({
  ...(await db.asUser(who.user, (sql) => sql`select state, off_reason, failures from auto_topups`))[0],
});
const sweep = () => db.asPostgres((sql) => sql`select private.sweep_topups(100)`);
const mails = async () =>
  (await db.sql<{ mail: string }[]>`
    select data ->> 'mail' as mail from private.tasks where user_id = ${who.user} and kind = 'mail' and data ->> 'mail' like 'topup%' order by id`)
    .map(({ mail }) => mail);
/** From now on each sweep finds the balance low. */
async function begin(pack?: string, cap?: number) {
  await set(10_000, pack, cap);
  await keepCard();
}

describe("auto top-up", () => {
  it("waits for a card, and begins with it", async () => {
    assert.equal(await set(50), "needs_card");
    await sweep();
    assert.deepEqual(await purchases(), []);
    assert.deepEqual((await keepCard()).effects, ["card_saved"]);
    assert.equal((await state()).state, "on");
    assert.equal((await purchases()).length, 1);
    assert.equal(await set(60), "on", "the card is known");
  });

  it("refuses a threshold, a pack or a limit that make no sense", async () => {
    assert.equal(await refusal(set(0)), "KR004");
    assert.equal(await refusal(set(5, "pack_7")), "KR004");
    assert.equal(await refusal(set(5, "pack_10", 899)), "KR004", "the limit is less than one pack");
    await db.sql`update public.profiles set status = 'banned' where id = ${who.user}`;
    assert.equal(await refusal(set(5)), "KR005");
  });

  it("buys one pack at a time, however many jobs find the balance low at once", async () => {
    await set(10);
    await keepCard();
    assert.deepEqual(await purchases(), []);
    await Promise.all(Array.from({ length: 8 }, () => enqueue(db, who.user)));
    await Promise.all(Array.from({ length: 8 }, sweep));
    const [{ id }, ...others] = await purchases();
    assert.deepEqual(others, []);
    const tasks = await db.sql`select key from private.tasks where user_id = ${who.user} and kind = 'auto_topup'`;
    assert.deepEqual(tasks.map(({ key }) => key), [`topup:${id}`]);
  });

  it("credits the pack once when its payment succeeds, and then may buy the next one", async () => {
    await begin();
    const [{ id }] = await purchases();
    const told = await Promise.all(Array.from({ length: 10 }, () => charge(id, "succeeded")));
    assert.equal(told.filter(({ effects }) => effects.includes("credited")).length, 1);
    assert.deepEqual(await balanceOf(db, who.user), { available: 20, held: 0, debt: 0 });
    await sweep();
    assert.equal((await purchases()).length, 2);
  });

  it("never charges more than its limit in a month, and says so once", async () => {
    await begin("pack_10", 2000);
    for (let i = 0; i < 2; i++) {
      await charge((await purchases()).at(-1)!.id, "succeeded");
      await sweep();
    }
    await sweep();
    assert.deepEqual((await purchases()).map(({ status }) => status), ["paid", "paid"]);
    assert.equal((await mails()).filter((mail) => mail === "topup_switched_off").length, 1);
    db.moveClock("32 days");
    await sweep();
    assert.equal((await purchases()).length, 3, "a new month");
  });

  it("waits an hour after a failure and six after the second, and switches itself off after the third", async () => {
    await begin();
    for (const [nth, [hours, failures]] of ([[1.1, 1], [7.2, 2]] as const).entries()) {
      await charge((await purchases()).at(-1)!.id, "requires_payment_method", "card_declined");
      await sweep();
      assert.deepEqual([(await purchases()).length, (await state()).failures], [nth + 1, failures]);
      db.moveClock(`${hours} hours`);
      await sweep();
      assert.equal((await purchases()).length, nth + 2);
    }
    await charge((await purchases()).at(-1)!.id, "requires_payment_method", "card_declined");
    assert.deepEqual(await state(), { state: "off", off_reason: "failures", failures: 3 });
    assert.deepEqual(await mails(), ["topup_failed", "topup_failed", "topup_switched_off"]);
    assert.equal(await set(50), "needs_card", "whoever switches it on again is asked for another card");
  });

  it("switches itself off when the bank wants the card's owner", async () => {
    await begin();
    await charge((await purchases())[0].id, "requires_payment_method", "authentication_required");
    assert.deepEqual(await state(), { state: "off", off_reason: "authentication", failures: 1 });
  });

  it("does not buy for whoever switched it off, and still credits what was under way", async () => {
    await begin();
    await db.asUser(who.user, (sql) => sql`select stop_auto_topup()`);
    await charge((await purchases())[0].id, "succeeded");
    assert.equal((await balanceOf(db, who.user)).available, 20);
    await sweep();
    assert.equal((await purchases()).length, 1);
  });

  it("credits nothing when another amount was charged", async () => {
    await begin();
    const [{ id }] = await purchases();
    const intent = intentObject({ id: `pi_${id}`, checkout: id, user: who.user, customer: who.customer, amount: 800 });
    assert.equal((await applyEvent(db, "payment_intent.succeeded", { payment_intent: intent })).verdict, "failed");
    assert.equal((await balanceOf(db, who.user)).available, 10);
  });
});

describe("after all of it", () => {
  it("the books are right", async () => assert.deepEqual(await checkBooks(db), []));
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { handledTypes, subjectOfEvent } from "../../domain/billing/stripe/subject-of-event.ts";
import { applyEvent, type Facts } from "../support/billing-events.ts";
import { disputeObject, intentObject, sessionObject } from "../support/billing-objects.ts";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";
import { checkBooks, openCheckout } from "../support/trade.ts";

let db: TestDatabase;
before(async () => {
  db = await freshDatabase({ max: 50 });
  await syncPrices(db);
});
after(() => db.close());

/** A customer with a pack and a plan, as Stripe would show them to whoever handles an event of each kind. */
async function factsOfSomebody() {
  const who = await createCustomer(db);
  const { id: checkout, price_cents: amount } = await openCheckout(db, who.user);
  const intent = { id: `pi_${checkout}`, checkout, user: who.user, customer: who.customer, amount };
  const session = sessionObject({ ...intent, id: `cs_${checkout}`, intent: intent.id });
  const plan = new Subscribed(db, who);
  const invoice = plan.invoice();
  const subscription = plan.object(invoice);
  const payment = (refunded: number, status: string): Facts => ({
    payment_intent: intentObject({ ...intent, refunded }),
    disputes: [disputeObject(`dp_${checkout}`, 780, status)],
  });
  const facts: Record<string, Facts> = {
    session: { session },
    subscription: { subscription, invoice },
    invoice: { subscription, invoice },
    payment: payment(0, "warning_needs_response"),
    charge: payment(780, "warning_needs_response"),
    refund: payment(780, "warning_needs_response"),
    dispute: payment(0, "lost"),
  };
  return { user: who.user, session, facts };
}

/** Credits after all that was told of each kind, beside the ten at sign-up: the pack of 50 loses a fifth. */
const AFTER: Record<string, number> = {
  session: 60,
  subscription: 510,
  invoice: 510,
  payment: 60,
  charge: 50,
  refund: 50,
  dispute: 50,
};

describe("fifty deliveries of one event at once", () => {
  for (const type of handledTypes) {
    const { kind } = subjectOfEvent(type, "")!;
    it(`have one effect: ${type}`, async () => {
      const { user, session, facts } = await factsOfSomebody();
      if (["payment", "charge", "refund", "dispute"].includes(kind)) {
        await applyEvent(db, "checkout.session.completed", { session });
      }
      const id = `evt_${user}`;
      const told = await Promise.all(Array.from({ length: 50 }, () => applyEvent(db, type, facts[kind], { id })));
      assert.equal(told.filter(({ verdict }) => verdict === "applied").length, 1);
      assert.equal(told.filter(({ verdict }) => verdict === "duplicate").length, 49);
      assert.deepEqual(await balanceOf(db, user), { available: AFTER[kind], held: 0, debt: 0 });
    });
  }
});

describe("all that there is to tell of one person", () => {
  it("may be told at once, by many events each, and nobody waits in a circle", async () => {
    const { user, facts } = await factsOfSomebody();
    const told = await Promise.all(
      Array.from({ length: 6 }, () => handledTypes).flat().map((type) =>
        applyEvent(db, type, facts[subjectOfEvent(type, "")!.kind])
      ),
    );
    assert.ok(told.every(({ verdict }) => verdict === "applied"));
    await applyEvent(db, "charge.refunded", facts.refund);
    assert.deepEqual(await balanceOf(db, user), { available: 550, held: 0, debt: 0 });
    assert.deepEqual(await checkBooks(db), []);
  });
});

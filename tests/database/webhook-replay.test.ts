import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { disputeObject, intentObject } from "../support/billing-objects.ts";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { createOperator } from "../support/operators.ts";
import { until } from "../support/until.ts";
import { journal, type Row } from "../support/webhook-journal.ts";

describe("an event of the journal", () => {
  let db: TestDatabase;
  let operator: string;
  before(async () => {
    db = await freshDatabase();
    operator = await createOperator(db, "ops@kredo.test");
    await syncPrices(db);
  });
  after(() => db.close());

  const { readOne, preview, acts, failedEvent, paidPack, digest } = journal(() => db, () => operator);

  describe("a preview", () => {
    it("says what would come of it, and nothing at all is different afterwards", async () => {
      const user = await db.createUser("previewed@kredo.test");
      const { id, facts } = await paidPack(user);
      const event = await failedEvent({ type: "checkout.session.completed", object: `cs_${id}` });
      const before = await digest();
      const did = await preview(event, facts);
      assert.deepEqual([did.verdict, did.effects, did.refusal, did.email], [
        "applied",
        ["credited"],
        null,
        "previewed@kredo.test",
      ]);
      assert.deepEqual(did.balance, {
        before: { available: 10, held: 0, debt: 0 },
        after: { available: 60, held: 0, debt: 0 },
      });
      assert.deepEqual(did.entries.map((each: Row) => [each.seq, each.kind, each.amount, each.ref]), [
        [2, "topup", 50, `checkout:${id}`],
      ]);
      assert.deepEqual(did.changes.map((each: Row) => [each.noun, each.before?.status, each.after.status]), [
        ["purchase", "creating", "paid"],
        ["payment", undefined, undefined],
      ]);
      assert.deepEqual(await digest(), before);
      // And it was right.
      assert.deepEqual((await applyEvent(db, "checkout.session.completed", facts, { id: event })).effects, did.effects);
      assert.deepEqual(
        (await db.sql`select available from public.credit_accounts where user_id = ${user}`)[0].available,
        60,
      );
    });

    it("shows a new subscription with its allowance, mails and what it would be renewed at", async () => {
      const who = await createCustomer(db);
      const plan = new Subscribed(db, who);
      const invoice = plan.invoice();
      const event = await failedEvent({ object: invoice.id });
      const before = await digest();
      const did = await preview(event, { subscription: plan.object(invoice), invoice });
      assert.deepEqual(did.entries.map((each: Row) => [each.kind, each.amount]), [["grant", 500]]);
      assert.deepEqual(did.changes.map((each: Row) => [each.noun, each.before]), [
        ["subscription", null],
        ["invoice", null],
        ["payment", null],
      ]);
      assert.deepEqual(did.tasks.map((each: Row) => each.data.mail).toSorted(), [
        "invoice_paid",
        "subscription_started",
      ]);
      assert.deepEqual(await digest(), before);
    });

    it("of what is known already comes to nothing", async () => {
      const plan = new Subscribed(db, await createCustomer(db));
      const invoice = plan.invoice();
      await plan.tell("invoice.paid", invoice, { id: "evt_known" });
      const did = await preview("evt_known", { subscription: plan.object(invoice), invoice });
      assert.deepEqual([did.verdict, did.entries, did.changes, did.tasks], ["applied", [], [], []]);
      assert.deepEqual(did.balance.before, did.balance.after);
    });

    it("of a refund and a dispute shows what goes back, once", async () => {
      const user = await db.createUser();
      const { id, facts } = await paidPack(user);
      await applyEvent(db, "checkout.session.completed", facts);
      const event = await failedEvent({ type: "charge.dispute.created" });
      const intent = intentObject({ id: `pi_${id}`, checkout: id, user, amount: 3900, refunded: 1950 });
      const did = await preview(event, {
        payment_intent: intent,
        disputes: [disputeObject("dp_1", 3900, "needs_response")],
      });
      assert.deepEqual(did.entries.map((each: Row) => each.amount), [-50]);
      assert.deepEqual([did.balance.after.available, did.balance.after.debt], [10, 0]);
      assert.ok(did.tasks.some((each: Row) => each.data.mail === "dispute_opened"));
    });

    it("says why an event would stay failed: a price that Stripe has and we do not", async () => {
      const plan = new Subscribed(db, await createCustomer(db), { plan: "enterprise" });
      const invoice = plan.invoice();
      const event = await failedEvent({ object: invoice.id });
      await db
        .sql`update private.stripe_catalogue set stripe_id = 'price_x' where subject = 'price:enterprise:month@1'`;
      const did = await preview(event, { subscription: plan.object(invoice), invoice });
      assert.deepEqual([did.refusal, did.verdict, did.effects, did.changes], [
        null,
        "failed",
        ["mismatch", "mismatch"],
        [],
      ]);
      assert.match(did.error, /synchronise/);
      await syncPrices(db);
      assert.equal((await preview(event, { subscription: plan.object(invoice), invoice })).verdict, "applied");
    });

    it("says what the books would refuse, in their own words", async () => {
      const plan = new Subscribed(db, await createCustomer(db), { status: "not a status of Stripe's" });
      const event = await failedEvent();
      const before = await digest();
      const did = await preview(event, { subscription: plan.object() });
      assert.equal(did.verdict, "failed");
      assert.match(did.refusal, /subscriptions_status_check/);
      assert.deepEqual(await digest(), before);
    });

    it("does not take for its own what somebody else enters meanwhile", async () => {
      const user = await db.createUser();
      const { facts } = await paidPack(user);
      const event = await failedEvent({ type: "checkout.session.completed" });
      let did!: Promise<Row>;
      await db.asService(async (sql) => {
        await sql`select private.grant_credits(${user}, 7, 'grant', 'promo', 'gift:meanwhile', '{"rule": "a gift"}', ${randomUUID()})`;
        // It has read the balance as it was, and waits for the account.
        did = preview(event, facts);
        await until(async () =>
          (await db
            .sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%operator_preview_webhook%'
            and datname = current_database()`).length > 0
        );
      });
      const { entries, balance } = await did;
      assert.deepEqual(entries.map((each: Row) => [each.seq, each.amount]), [[3, 50]]);
      assert.deepEqual([balance.before.available, balance.after.available], [17, 67]);
    });

    it("of somebody else's objects is that they are ignored", async () => {
      const did = await preview(await failedEvent(), {
        payment_intent: intentObject({ id: "pi_foreign", customer: "cus_x", amount: 5 }),
      });
      assert.deepEqual([did.verdict, did.user_id, did.balance, did.entries], ["ignored", null, null, []]);
    });
  });

  describe("a replay", () => {
    const claim = () =>
      db.asService(async (sql) =>
        (await sql`select event_id from private.claim_failed_events(100)`).map((row) => row.event_id)
      );

    it("makes an event due, wakes a worker and is on record; a second press is the same one", async () => {
      const id = await failedEvent();
      assert.ok(!(await claim()).includes(id), "its own next try is later");
      const heard = Promise.withResolvers<string>();
      const { unlisten } = await db.sql.listen("kredo_work", heard.resolve);
      assert.equal(await readOne(`replay_webhook('${id}')`), "queued");
      await heard.promise;
      await unlisten();
      assert.equal(await readOne(`replay_webhook('${id}')`), "already");
      const [act, ...more] = await acts(`webhook:${id}`);
      assert.deepEqual([act.actor, act.action, act.detail.verdict, more.length], [
        operator,
        "webhook.replayed",
        "failed",
        0,
      ]);
      const { replays, verdict, error } = await readOne(`webhook_event('${id}')`);
      assert.deepEqual([replays.length, replays[0].email, verdict], [1, "ops@kredo.test", "received"]);
      assert.match(error, /Stripe did not say/);
      assert.ok((await claim()).includes(id));
    });

    it("of an applied event adds nothing to the books, to the payments and to the mails", async () => {
      const plan = new Subscribed(db, await createCustomer(db));
      const invoice = plan.invoice();
      const payload = { livemode: false, data: { object: { id: invoice.id } } };
      await plan.tell("invoice.paid", invoice, { id: "evt_twice", payload });
      const money = async () => {
        const { ["private.webhook_events"]: _events, ["private.audit_log"]: _log, ...rest } = await digest();
        return rest;
      };
      // A fetch under another ticket is the only trace.
      const untick = () =>
        db.sql`with s as (update public.subscriptions set ticket = 1, updated_at = created_at returning 1)
          update public.invoices set ticket = 1`;
      await untick();
      const before = await money();
      assert.equal(await readOne("replay_webhook('evt_twice')"), "queued");
      const { verdict, effects } = await plan.tell("invoice.paid", invoice, { id: "evt_twice", payload });
      assert.equal(verdict, "applied");
      assert.ok(
        effects.every((effect) => ["nothing_new", "allowance_granted_before"].includes(effect)),
        String(effects),
      );
      await untick();
      assert.deepEqual(await money(), before);
      const event = await readOne("webhook_event('evt_twice')");
      assert.deepEqual([event.attempts, event.retry_at, event.replays[0].effect.split(", ")[0]], [
        2,
        null,
        "subscription_recorded",
      ]);
    });
  });
});

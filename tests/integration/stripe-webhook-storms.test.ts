/** Fifty deliveries at once: of one event of each type that we act on, and of different events about one object. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { handledTypes } from "../../domain/billing/stripe/subject-of-event.ts";
import { DAY, now, type Subscribed } from "../support/billing-scene.ts";
import { eventAbout } from "../support/stripe-facts.ts";
import { until } from "../support/until.ts";
import {
  Purchase,
  startWebhookWorld,
  subscribe,
  tellSubscription,
  traceOf,
  type WebhookWorld,
} from "../support/webhook-world.ts";

let world: WebhookWorld;
before(async () => void (world = await startWebhookWorld()));
after(() => world.close());

const AT_ONCE = 50;

interface Story {
  /** Whose books the event is about, the id of the object that it names, and what we wrote on that. */
  user: string;
  object: string;
  metadata?: Record<string, string>;
  /** The verdict's words, and what there is to see afterwards. */
  effect: string;
  sees: Partial<Awaited<ReturnType<typeof traceOf>>>;
}

const onSession = (purchase: Purchase, effect: string, sees: Story["sees"]): Story => ({
  user: purchase.user,
  object: purchase.session,
  effect,
  sees,
});
const onPayment = (purchase: Purchase, object: string, effect: string, sees: Story["sees"]): Story => ({
  user: purchase.user,
  object: `${object}_${purchase.payment}`,
  effect,
  sees,
});

async function paidPack(): Promise<Story> {
  const purchase = (await Purchase.open(world)).tell();
  return onSession(purchase, "credited", { entries: ["topup 10"], checkouts: ["paid"], payments: ["0 0 "] });
}

/** A subscription as it is in Stripe, with the invoice of its period. */
async function subscribed(
  object: (subscription: Subscribed, invoice: { id: string }) => string,
  fields: Parameters<typeof subscribe>[1],
  invoiced: Parameters<Subscribed["invoice"]>[0],
  effect: string,
  sees: Story["sees"],
): Promise<Story> {
  const subscription = await subscribe(world, fields);
  const invoice = subscription.invoice(invoiced);
  tellSubscription(world, subscription, invoice);
  return { user: subscription.who.user, object: object(subscription, invoice), effect, sees };
}
const [itself, itsInvoice] = [(s: Subscribed) => s.id, (_: Subscribed, invoice: { id: string }) => invoice.id];

const begun = {
  entries: ["grant 500"],
  mails: ["invoice_paid", "subscription_started"],
  subscriptions: ["pro active"],
  invoices: ["paid"],
};
const RECORDED = "subscription_recorded, invoice_recorded";

async function disputed(statuses: [before: string | null, now: string], effect: string, sees: Story["sees"]) {
  const purchase = await (await Purchase.open(world)).paid();
  const [earlier, at] = statuses;
  const object = `dp_${purchase.payment}`;
  if (earlier) {
    purchase.tellDispute(earlier);
    await world.webhook.deliver(eventAbout({ id: object }, { type: "charge.dispute.created" }));
  }
  purchase.tellDispute(at);
  return onPayment(purchase, "dp", effect, sees);
}

async function refunded(cents: [before: number, now: number], object: string, effect: string, sees: Story["sees"]) {
  const purchase = await (await Purchase.open(world)).paid();
  const [earlier, at] = cents;
  if (earlier > 0) {
    purchase.tellPayment({ refunded: earlier });
    await world.webhook.deliver(eventAbout({ id: `ch_${purchase.payment}` }, { type: "charge.refunded" }));
  }
  purchase.tellPayment({ refunded: at });
  return onPayment(purchase, object, effect, sees);
}

const STORIES: Record<(typeof handledTypes)[number], () => Promise<Story>> = {
  "checkout.session.completed": paidPack,
  "checkout.session.async_payment_succeeded": paidPack,
  "checkout.session.async_payment_failed": async () =>
    onSession(
      (await Purchase.open(world)).tell({ paid: false, payment: "requires_payment_method" }),
      "failed",
      { entries: [], checkouts: ["failed"] },
    ),
  "checkout.session.expired": async () =>
    onSession((await Purchase.open(world)).tell({ paid: false, status: "expired" }), "expired", {
      entries: [],
      checkouts: ["expired"],
    }),

  "customer.subscription.created": () => subscribed(itself, {}, {}, `${RECORDED}, allowance_granted`, begun),
  "customer.subscription.updated": () => subscribed(itself, {}, {}, `${RECORDED}, allowance_granted`, begun),
  "customer.subscription.deleted": () =>
    subscribed(itself, { status: "canceled", endedAt: now() - 1 }, {}, `${RECORDED}, allowance_granted`, {
      entries: ["grant 500"],
      subscriptions: ["pro canceled"],
    }),
  "customer.subscription.trial_will_end": () =>
    subscribed(itself, { status: "trialing", trialEnd: now() + 3 * DAY }, { status: "open", attempts: 0 }, RECORDED, {
      mails: ["subscription_started", "trial_ends_soon"],
      subscriptions: ["pro trialing"],
    }),

  "invoice.created": () =>
    subscribed(itsInvoice, {}, { status: "draft", attempts: 0 }, RECORDED, { entries: [], invoices: ["draft"] }),
  "invoice.finalized": () =>
    subscribed(itsInvoice, {}, { status: "open", attempts: 0 }, RECORDED, { entries: [], invoices: ["open"] }),
  "invoice.paid": () => subscribed(itsInvoice, {}, {}, `${RECORDED}, allowance_granted`, begun),
  "invoice.payment_failed": () =>
    subscribed(itsInvoice, { status: "past_due" }, { status: "open", attempts: 1 }, RECORDED, {
      entries: [],
      mails: ["payment_failed"],
      subscriptions: ["pro past_due"],
    }),
  "invoice.payment_action_required": () =>
    subscribed(itsInvoice, { status: "incomplete" }, { status: "open", attempts: 1 }, RECORDED, {
      entries: [],
      mails: ["payment_action_required"],
      subscriptions: ["pro incomplete"],
    }),
  "invoice.voided": () =>
    subscribed(itsInvoice, { status: "canceled", endedAt: now() - 1 }, { status: "void" }, RECORDED, {
      entries: [],
      invoices: ["void"],
    }),

  "payment_intent.succeeded": async () => {
    const purchase = (await Purchase.byTopup(world)).tellPayment();
    return {
      ...onSession(purchase, "credited, nothing_new", {
        entries: ["topup 10"],
        checkouts: ["paid"],
        mails: ["topup_succeeded"],
      }),
      object: purchase.payment,
      metadata: { kind: "auto" },
    };
  },
  "payment_intent.payment_failed": async () => {
    const purchase = (await Purchase.byTopup(world))
      .tellPayment({ status: "requires_payment_method", failure: "card_declined" });
    return {
      ...onSession(purchase, "failed", { entries: [], checkouts: ["failed"], mails: ["topup_failed"] }),
      object: purchase.payment,
      metadata: { kind: "auto" },
    };
  },

  "charge.refunded": () =>
    refunded([0, 450], "ch", "credits_taken_back", { entries: ["topup 10", "refund -5"], payments: ["450 0 "] }),
  "refund.updated": () =>
    refunded([0, 900], "re", "credits_taken_back", { entries: ["topup 10", "refund -10"], payments: ["900 0 "] }),
  "refund.failed": () =>
    refunded([900, 0], "re", "credits_returned", {
      entries: ["topup 10", "refund -10", "refund 10"],
      payments: ["0 0 "],
    }),

  "charge.dispute.created": () =>
    disputed([null, "needs_response"], "credits_taken_back", {
      entries: ["topup 10", "dispute -10"],
      mails: ["dispute_opened"],
      payments: ["0 900 open"],
    }),
  "charge.dispute.updated": () =>
    disputed(["needs_response", "under_review"], "nothing_new", {
      entries: ["topup 10", "dispute -10"],
      mails: ["dispute_opened"],
      payments: ["0 900 open"],
    }),
  "charge.dispute.closed": () =>
    disputed(["needs_response", "lost"], "nothing_new", {
      entries: ["topup 10", "dispute -10"],
      mails: ["dispute_lost", "dispute_opened"],
      payments: ["0 900 lost"],
    }),
  "charge.dispute.funds_withdrawn": () =>
    disputed([null, "needs_response"], "credits_taken_back", {
      entries: ["topup 10", "dispute -10"],
      mails: ["dispute_opened"],
      payments: ["0 900 open"],
    }),
  "charge.dispute.funds_reinstated": () =>
    disputed(["needs_response", "won"], "credits_returned", {
      entries: ["topup 10", "dispute -10", "dispute 10"],
      mails: ["dispute_opened", "dispute_won"],
      payments: ["0 0 won"],
    }),
};

const deliverAtOnce = (events: { text: string }[]) => Promise.all(events.map((event) => world.webhook.deliver(event)));

describe("fifty deliveries of one event at once have its effect once and are all answered 200:", () => {
  for (const type of handledTypes) {
    it(type, async () => {
      const { user, object, metadata, effect, sees } = await STORIES[type]();
      const news = () => eventAbout({ id: object, metadata }, { type });
      const event = news();
      assert.deepEqual(await deliverAtOnce(Array(AT_ONCE).fill(event)), Array(AT_ONCE).fill(200));

      const [row] = await world.db.sql`
        select verdict, effect, attempts from private.webhook_events where event_id = ${event.id}`;
      assert.deepEqual({ ...row }, { verdict: "applied", effect, attempts: AT_ONCE });
      const trace = await traceOf(world.db, user);
      assert.deepEqual(trace, { ...trace, ...sees });

      assert.equal(await world.webhook.deliver(news()), 200);
      assert.deepEqual(await traceOf(world.db, user), trace, "another event with the same news changes nothing");
    });
  }
});

/** Events that each come after a change, while those of earlier changes are still under way. */
async function deliverMeanwhile(changes: (() => void)[], events: () => { text: string }[]): Promise<number[]> {
  const underWay: Promise<number>[] = [];
  for (const change of changes) {
    change();
    const asked = world.stripe.asked.length;
    underWay.push(...events().map((event) => world.webhook.deliver(event)));
    await until(() => world.stripe.asked.length > asked + 2, "Stripe is asked about it");
  }
  return await Promise.all(underWay);
}

describe("fifty different events about one object at once end in one state:", () => {
  it("a purchase", async () => {
    const purchase = (await Purchase.open(world)).tell();
    const types = [
      "checkout.session.completed",
      "checkout.session.async_payment_succeeded",
      "payment_intent.succeeded",
    ];
    const events = Array.from({ length: AT_ONCE }, (_, nth) => {
      const type = types[nth % types.length];
      return eventAbout({ id: type.startsWith("checkout") ? purchase.session : purchase.payment }, { type });
    });
    assert.deepEqual(await deliverAtOnce(events), Array(AT_ONCE).fill(200));
    const { entries, checkouts } = await traceOf(world.db, purchase.user);
    assert.deepEqual([entries, checkouts], [["topup 10"], ["paid"]]);
  });

  it("a subscription that goes through five states meanwhile", async () => {
    const subscription = await subscribe(world, { status: "incomplete" });
    const open = subscription.invoice({ status: "open", attempts: 0 });
    const paid = subscription.invoice({ id: open.id });
    const { end } = subscription.fields;
    const changes = [
      () => tellSubscription(world, subscription, open),
      () => tellSubscription(world, subscription.change({ status: "active" }), paid),
      () => tellSubscription(world, subscription.change({ cancelAt: end }), paid),
      () => tellSubscription(world, subscription.change({ cancelAt: null }), paid),
      () => tellSubscription(world, subscription.change({ status: "canceled", endedAt: now() }), paid),
    ];
    const types = [
      "customer.subscription.updated",
      "invoice.paid",
      "customer.subscription.created",
      "invoice.finalized",
    ];
    const statuses = await deliverMeanwhile(
      changes,
      () =>
        Array.from({ length: AT_ONCE / changes.length }, (_, nth) => {
          const type = types[nth % types.length];
          return eventAbout({ id: type.startsWith("invoice") ? open.id : subscription.id }, { type });
        }),
    );
    assert.deepEqual(statuses, Array(AT_ONCE).fill(200));
    const { entries, subscriptions, invoices } = await traceOf(world.db, subscription.who.user);
    assert.deepEqual([entries, subscriptions, invoices], [["grant 500"], ["pro canceled"], ["paid"]]);
  });

  it("a payment that is refunded in ten parts and disputed meanwhile", async () => {
    const purchase = await (await Purchase.open(world)).paid();
    const changes = Array.from({ length: 10 }, (_, part) => () => {
      purchase.tellPayment({ refunded: 90 * part });
      if (part === 5) purchase.tellDispute("needs_response", 90);
      if (part === 9) purchase.tellDispute("won", 90);
    });
    const statuses = await deliverMeanwhile(
      changes,
      () =>
        Array.from(
          { length: AT_ONCE / changes.length },
          (_, nth) =>
            nth % 2 === 0
              ? eventAbout({ id: `ch_${purchase.payment}` }, { type: "charge.refunded" })
              : eventAbout({ id: `re_${purchase.payment}` }, { type: "refund.updated" }),
        ),
    );
    assert.deepEqual(statuses, Array(AT_ONCE).fill(200));
    const { payments } = await traceOf(world.db, purchase.user);
    assert.deepEqual(payments, ["810 0 won"]);
    const [books] = await world.db.sql`
      select p.taken_credits as taken, a.available from public.payments p join public.credit_accounts a using (user_id)
      where p.id = ${purchase.payment}`;
    assert.deepEqual({ ...books }, { taken: 9, available: 11 });
  });
});

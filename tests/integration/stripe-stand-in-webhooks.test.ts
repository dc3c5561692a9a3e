/** The Stripe stand-in's webhooks: signatures, retries, and the faults that can be switched on. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import {
  pack,
  pause,
  type Received,
  receiveWebhooks,
  type StandInOptions,
  startStripe,
  webhookSecret,
} from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

interface Scene {
  stripe: ReturnType<typeof startStripe>;
  webhooks: ReturnType<typeof receiveWebhooks>;
  /** Pays one pack; four events follow. */
  buy(): Promise<string>;
}

type Answer = Parameters<typeof receiveWebhooks>[0];

function story(name: string, tell: (scene: Scene) => Promise<void>, answer?: Answer, options: StandInOptions = {}) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const webhooks = receiveWebhooks(answer);
    const stripe = startStripe({ webhookUrl: webhooks.url, ...options });
    try {
      await tell({
        stripe,
        webhooks,
        buy: async () => {
          const { id, url } = await stripe.client().checkout.sessions.create(pack);
          await stripe.press(url!, "paid");
          return id;
        },
      });
    } finally {
      await stripe.close();
      await webhooks.close();
    }
  });
}

const verify = ({ body, signature }: Pick<Received, "body" | "signature">, secret = webhookSecret, at?: number) =>
  new Stripe("sk_test_unused").webhooks.constructEventAsync(body, signature, secret, undefined, undefined, at);

const verdict = (check: Promise<unknown>) => check.then(() => "accepted", () => "refused");

story("the real client accepts its signatures, and refuses altered, stale and foreign ones", async (scene) => {
  await scene.buy();
  await until(() => scene.webhooks.received.length === 4, "four events");
  for (const received of scene.webhooks.received) {
    assert.equal((await verify(received)).id, received.event.id);
  }
  const [received] = scene.webhooks.of("checkout.session.completed");
  assert.equal(await verdict(verify({ ...received, body: received.body.replace("900", "901") })), "refused");
  assert.equal(await verdict(verify({ ...received, body: JSON.stringify(received.event) })), "refused");
  assert.equal(await verdict(verify(received, "whsec_another")), "refused");
  assert.equal(await verdict(verify(received, webhookSecret, Date.now() + 301_000)), "refused");
  assert.equal(await verdict(verify(received, webhookSecret, Date.now() + 290_000)), "accepted");
});

story(
  "the API tells the events that were sent, and which are still to be delivered",
  async ({ stripe, webhooks, buy }) => {
    const id = await buy();
    await until(() => webhooks.received.length === 4, "four events");
    await until(() => stripe.deliveries.journal().every(({ state }) => state === "delivered"), "delivered");
    const client = stripe.client();
    const listed = await client.events.list({ type: "checkout.session.completed" });
    assert.equal(listed.data.length, 1);
    const event = await client.events.retrieve(listed.data[0].id);
    assert.equal((event.data.object as Stripe.Checkout.Session).id, id);
    assert.equal(event.pending_webhooks, 0);
    assert.equal((await client.events.list({ types: ["payment_intent.*"] })).data.length, 2);
    assert.equal((await client.events.list({ delivery_success: false })).data.length, 0);
  },
);

const seen = new Map<string, number>();
story(
  "a delivery is tried again, later each time, until the answer is 2xx",
  async ({ stripe, webhooks, buy }) => {
    await buy();
    await until(() => webhooks.of("checkout.session.completed").length >= 3, "three attempts");
    await until(() => stripe.deliveries.journal().every(({ state }) => state === "delivered"), "delivered");
    const attempts = webhooks.of("checkout.session.completed");
    assert.equal(new Set(attempts.map(({ event }) => event.id)).size, 1);
    const [first, second, third] = attempts.map(({ at }) => at);
    assert.ok(second - first >= 19 && third - second >= 39, `waited ${second - first} and ${third - second} ms`);
    const [delivery] = stripe.deliveries.journal().filter(({ type }) => type === "checkout.session.completed");
    assert.deepEqual(delivery.log.map(({ status }) => status), [500, 302, 200]);
  },
  ({ event }, _nth) => {
    if (event.type !== "checkout.session.completed") return 200;
    const nth = seen.get(event.id) ?? 0;
    seen.set(event.id, nth + 1);
    return [500, 302, 200][nth];
  },
);

story(
  "a receiver that never answers is given up, and can be sent the event again by hand",
  async ({ stripe, webhooks, buy }) => {
    await buy();
    const [{ id }] = stripe.deliveries.journal();
    const state = () => stripe.deliveries.journal().find((delivery) => delivery.id === id)!;
    await until(() => state().state === "gave_up", "gave up");
    assert.equal(state().tried, 16);
    const before = webhooks.received.length;
    assert.equal(stripe.deliveries.resend(id), true);
    await until(() => webhooks.received.length > before, "resent");
    assert.equal(stripe.deliveries.resend("dlv_nothing"), false);
  },
  () => 503,
  { delivery: { retryMs: 1, longestRetryMs: 2 } },
);

story("duplicate: every event arrives that many times more, each signed", async ({ stripe, webhooks, buy }) => {
  stripe.faults.set("stripe", { duplicate: 2 });
  await buy();
  await until(() => webhooks.received.length === 12, "each of four events three times");
  const completed = webhooks.of("checkout.session.completed");
  assert.equal(new Set(completed.map(({ event }) => event.id)).size, 1);
  for (const received of completed) await verify(received);
  await pause(50);
  assert.equal(webhooks.received.length, 12);
});

story("drop: the next deliveries are lost and arrive at the next try", async ({ stripe, webhooks, buy }) => {
  stripe.faults.set("stripe", { drop: 4 });
  await buy();
  assert.ok(stripe.deliveries.pending("stripe") > 0);
  await until(() => stripe.deliveries.journal().every(({ state }) => state === "delivered"), "all arrive after all");
  assert.equal(webhooks.received.length, 4);
  assert.equal(stripe.deliveries.pending("stripe"), 0);
  for (const { log } of stripe.deliveries.journal()) {
    assert.deepEqual(log.map(({ status }) => status), [null, 200]);
    assert.deepEqual(log[0].faults, ["dropped"]);
  }
  assert.equal(stripe.faults.get().stripe.drop, 0);
});

story("delay: every delivery waits", async ({ stripe, webhooks, buy }) => {
  stripe.faults.set("stripe", { delay_ms: 1_000 });
  await buy();
  await pause(100);
  assert.equal(webhooks.received.length, 0);
  await until(() => webhooks.received.length === 4, "they arrive");
});

story("reorder: events come in another order than they happened", async ({ stripe, webhooks, buy }) => {
  stripe.faults.set("stripe", { reorder: true });
  await buy();
  await until(() => webhooks.received.length === 4, "they arrive");
  const happened = (await stripe.client().events.list()).data.map(({ id }) => id).reverse();
  const arrived = webhooks.received.map(({ event }) => event.id);
  assert.notDeepEqual(arrived, happened);
  assert.deepEqual(arrived.toSorted(), happened.toSorted());
});

story(
  "wrong signature: the receiver refuses the next ones and gets them right afterwards",
  async ({ stripe, webhooks, buy }) => {
    stripe.faults.set("stripe", { wrong_signature: 2 });
    await buy();
    await until(() => stripe.deliveries.journal().every(({ state }) => state === "delivered"), "delivered");
    const verdicts = await Promise.all(webhooks.received.map((received) => verdict(verify(received))));
    assert.equal(verdicts.filter((word) => word === "refused").length, 2);
    assert.equal(verdicts.filter((word) => word === "accepted").length, 4);
  },
  async (received) => await verdict(verify(received)) === "accepted" ? 200 : 400,
);

story("faults of another source leave Stripe alone, and reset ends them all", async ({ stripe, webhooks, buy }) => {
  stripe.faults.set("replicate", { drop: 5, duplicate: 3 });
  stripe.faults.set("stripe", { duplicate: 1 });
  stripe.faults.reset();
  await buy();
  await until(() => webhooks.received.length === 4, "four events");
  await pause(50);
  assert.equal(webhooks.received.length, 4);
});

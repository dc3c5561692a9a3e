/** What the console does to Stripe and its clock: money that goes back, cards that change, time that passes. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { payOffSession, story } from "../support/sandbox.ts";
import { pack } from "../support/stripe-stand-in.ts";

const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
const form = (fields: Record<string, string>) => new URLSearchParams(fields);
const day = 86_400_000;

story("the clock moves by a step, to a date, and never back", async ({ ask, clock, text }) => {
  const advance = async (advance: unknown) => {
    const answer = await ask("/api/clock", { method: "POST", body: JSON.stringify({ advance }) });
    return { status: answer.status, ...await answer.json() };
  };
  const before = clock.nowMs();
  const moved = await advance("7 days");
  assert.equal(moved.status, 200);
  assert.ok(Math.abs(moved.offset_ms - 7 * day) < 1_000, String(moved.offset_ms));
  assert.ok(Date.parse(moved.now) >= before + 7 * day);
  await advance(3600);
  await advance("1 hour");
  assert.ok(Math.abs(clock.offsetMs() - (7 * day + 7_200_000)) < 1_000);
  const target = new Date(clock.nowMs() + 30 * day).toISOString();
  assert.equal((await advance(target)).now.slice(0, 16), target.slice(0, 16));
  for (const wrong of ["yesterday", "", "1 fortnight", "2001-01-01", "99 years", {}, null]) {
    const { status, error } = await advance(wrong);
    assert.equal(status, 400, JSON.stringify(wrong));
    assert.ok(error, JSON.stringify(wrong));
  }
  const read = await (await ask("/api/clock")).json();
  assert.deepEqual([read.offset_ms, read.pending_webhooks, read.next], [clock.offsetMs(), 0, []]);
  assert.equal((await ask("/api/clock", { method: "DELETE" })).status, 405);

  const pressed = await ask("/console/clock", { method: "POST", body: form({ advance: "1 month" }) });
  assert.deepEqual([pressed.status, pressed.headers.get("location")], [303, "/#clock"]);
  assert.ok(clock.offsetMs() > (37 + 27) * day);
  const refused = await ask("/console/clock", { method: "POST", body: form({ advance: "2001-01-01T00:00" }) });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /only moves forward/);
  assert.match(await text("/"), /\d+ days ahead/);
});

story("the clock tells how much news is still on its way", async ({ ask, client, deliveries }) => {
  await payOffSession(client);
  const pending = () => deliveries.journal().filter(({ state }) => state === "pending").length;
  assert.ok(pending() > 0);
  const { pending_webhooks } = await (await ask("/api/clock")).json();
  assert.equal(pending_webhooks, pending());
  await client.checkout.sessions.create(pack);
  const { next } = await (await ask("/api/clock")).json();
  assert.equal(next[0].act, "expire_checkout");
});

story("a clock that somebody cannot follow stays where it is, and says why", async ({ ask, clock }) => {
  clock.onAdvance(() => Promise.reject(new Error("the database is away")));
  const answer = await ask("/api/clock", { method: "POST", body: JSON.stringify({ advance: "1 day" }) });
  assert.equal(answer.status, 503);
  assert.match((await answer.json()).error, /did not move: the database is away/);
  assert.equal(clock.offsetMs(), 0);
});

story("money goes back by JSON: refunds, disputes and what becomes of them", async ({ ask, client }) => {
  const post = async (path: string, body: unknown) => {
    const answer = await ask(`/api/stripe/${path}`, { method: "POST", body: JSON.stringify(body) });
    return { http: answer.status, ...await answer.json() };
  };
  const { payment } = await payOffSession(client, hostile);
  const refund = await post("refunds", { payment_intent: payment, amount: 300 });
  assert.deepEqual([refund.http, refund.object, refund.status, refund.amount], [200, "refund", "succeeded", 300]);
  assert.equal((await post(`refunds/${refund.id}`, { outcome: "failed" })).status, "failed");
  assert.equal((await post(`refunds/${refund.id}`, { outcome: "failed" })).http, 400);
  const slow = await post("refunds", { payment_intent: payment, amount: 300, slow: true });
  assert.equal(slow.status, "pending");
  assert.equal((await post(`refunds/${slow.id}`, { outcome: "succeeded" })).status, "succeeded");
  const over = await post("refunds", { payment_intent: payment, amount: 601 });
  assert.deepEqual([over.http, over.param], [400, "amount"]);
  const dispute = await post("disputes", { payment_intent: payment, amount: 500, reason: "fraudulent" });
  assert.deepEqual([dispute.http, dispute.object, dispute.amount], [200, "dispute", 500]);
  assert.equal((await post(`disputes/${dispute.id}`, { outcome: "draw" })).http, 400);
  assert.equal((await post(`disputes/${dispute.id}`, { outcome: "won" })).status, "won");
  assert.equal((await client.disputes.retrieve(dispute.id)).status, "won");
  for (
    const [path, body, status] of [
      ["refunds", {}, 400],
      ["refunds", { payment_intent: "pi_nothing" }, 404],
      ["refunds", { payment_intent: payment, amout: 1 }, 400],
      ["disputes", { payment_intent: payment }, 400],
      ["disputes/du_nothing", { outcome: "won" }, 404],
      ["customers/cus_nothing/card", { card: "visa" }, 404],
      ["events/evt_nothing/resend", {}, 404],
      ["coupons", {}, 404],
    ] as const
  ) {
    assert.equal(
      (await ask(`/api/stripe/${path}`, { method: "POST", body: JSON.stringify(body) })).status,
      status,
      path,
    );
  }
  assert.equal((await ask("/api/stripe/refunds")).status, 405);
});

story("the page's buttons do the same, in the words and amounts of people", async ({ ask, client, text }) => {
  const { payment, customer } = await payOffSession(client, hostile);
  const press = (path: string, fields: Record<string, string>) =>
    ask(`/console/stripe/${path}`, { method: "POST", body: form(fields) });
  const shown = await text("/");
  assert.ok(!shown.includes("<script>") && !shown.includes("<img"));
  for (const word of ["$9.00 for", "succeeded", "bob@example.com", "Card •••• 4242", `value="${payment}"`]) {
    assert.ok(shown.includes(word), word);
  }
  const part = await press("refunds", { payment_intent: payment, currency: "usd", amount: "2,50" });
  assert.deepEqual([part.status, part.headers.get("location")], [303, "/#payments"]);
  const [refund] = (await client.refunds.list({ payment_intent: payment })).data;
  assert.equal(refund.amount, 250);
  assert.match(await text("/"), /partly refunded.*Refund of \$2\.50: succeeded.*value="6\.50"/s);
  const over = await press("refunds", { payment_intent: payment, currency: "usd", amount: "6.51" });
  assert.equal(over.status, 400);
  assert.match(await over.text(), /Refund amount \(\$6\.51\) is greater/);
  assert.equal((await press("refunds", { payment_intent: payment, amount: "much" })).status, 400);
  await press(`refunds/${refund.id}`, { outcome: "failed" });
  await press("disputes", { payment_intent: payment, currency: "usd", amount: "9.00" });
  assert.match(await text("/"), /disputed.*Dispute of \$9\.00: needs response.*Win it/s);
  const [dispute] = (await client.disputes.list({ payment_intent: payment })).data;
  await press(`disputes/${dispute.id}`, { outcome: "lost" });
  assert.match(await text("/"), /dispute lost/);
  assert.doesNotMatch(await text("/"), /Win it/);

  const card = await press(`customers/${customer}/card`, { card: "fails" });
  assert.deepEqual([card.status, card.headers.get("location")], [303, "/#customers"]);
  assert.match(await text("/"), /Card •••• 0341/);
  const { invoice_settings } = await client.customers.retrieve(customer) as Stripe.Customer;
  const method = await client.paymentMethods.retrieve(invoice_settings.default_payment_method as string);
  assert.equal(method.card!.last4, "0341");
});

story("an event is sent again, also when its delivery is forgotten", async ({ ask, client, deliveries }) => {
  await payOffSession(client, hostile);
  const [event] = (await client.events.list({ type: "payment_intent.succeeded" })).data;
  const sent = () => deliveries.journal().filter((delivery) => delivery.event === event.id).length;
  assert.equal(sent(), 1);
  assert.equal((await ask(`/api/stripe/events/${event.id}/resend`, { method: "POST" })).status, 200);
  assert.equal(sent(), 2);
});

story("API errors: the next calls fail and do nothing, then all is well", async ({ faults, client }) => {
  faults.set("stripe", { api_errors: 2 });
  const create = () => client.customers.create({ email: "ada@example.com" });
  for (let n = 0; n < 2; n++) {
    const error = await create().then(() => null, (error) => error);
    assert.ok(error instanceof Stripe.errors.StripeAPIError);
    assert.equal(error.statusCode, 500);
  }
  await create();
  assert.equal((await client.customers.list()).data.length, 1);
  assert.equal(faults.get().stripe.api_errors, 0);
});

story(
  "lost answers: the call was done, and its repeat under the same key finds it done",
  async ({ faults, client }) => {
    faults.set("stripe", { api_lost: 1, api_delay_ms: 5 });
    const create = () => client.customers.create({ email: "ada@example.com" }, { idempotencyKey: "customer-1" });
    await assert.rejects(create(), Stripe.errors.StripeAPIError);
    assert.equal((await client.customers.list()).data.length, 1);
    const { id } = await create();
    assert.deepEqual((await client.customers.list()).data.map((customer) => customer.id), [id]);
  },
);

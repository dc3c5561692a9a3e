/** The Stripe stand-in's hosted page: how a payment can end, and what the API says afterwards. */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { openStore } from "../../sandbox/state/store.ts";
import { pack, pause, receiveWebhooks, type StandInOptions, startStripe } from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

interface Scene {
  stripe: ReturnType<typeof startStripe>;
  client: Stripe;
  webhooks: ReturnType<typeof receiveWebhooks>;
}

function story(name: string, tell: (scene: Scene) => Promise<void>, options: StandInOptions = {}) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const webhooks = receiveWebhooks();
    const stripe = startStripe({ webhookUrl: webhooks.url, ...options });
    try {
      await tell({ stripe, client: stripe.client(), webhooks });
    } finally {
      await stripe.close();
      await webhooks.close();
    }
  });
}

async function statusOf(response: Response): Promise<number> {
  await response.body?.cancel();
  return response.status;
}

story("paying completes the session once and leads to success_url", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  const paid = await stripe.press(url!, "paid", { email: "ada@example.com" });
  assert.equal(paid.status, 303);
  assert.equal(paid.headers.get("location"), `http://127.0.0.1:8000/app/billing/success?session_id=${id}`);

  const session = await client.checkout.sessions.retrieve(id);
  assert.deepEqual([session.status, session.payment_status, session.url], ["complete", "paid", null]);
  assert.equal(session.customer_details!.email, "ada@example.com");
  const intent = await client.paymentIntents.retrieve(session.payment_intent as string);
  assert.deepEqual([intent.status, intent.amount_received, intent.currency], ["succeeded", 900, "usd"]);

  await until(() => webhooks.received.length === 4, "four events");
  assert.deepEqual(webhooks.types().sort(), [
    "charge.succeeded",
    "checkout.session.completed",
    "payment_intent.created",
    "payment_intent.succeeded",
  ]);
  const [{ event }] = webhooks.of("checkout.session.completed");
  const object = event.data.object as Stripe.Checkout.Session;
  assert.deepEqual([object.id, object.payment_status, object.amount_total], [id, "paid", 900]);
  assert.deepEqual(object.metadata, pack.metadata);
  assert.match(event.id, /^evt_/);
  assert.equal(event.livemode, false);
  assert.equal(event.pending_webhooks, 1);

  const again = await stripe.press(url!, "paid");
  assert.equal(again.headers.get("location"), paid.headers.get("location"));
  await stripe.press(url!, "declined");
  await pause(50);
  assert.equal(webhooks.received.length, 4);
});

story("twenty presses at once are one payment", async ({ stripe, client, webhooks }) => {
  const { url } = await client.checkout.sessions.create(pack);
  const answers = await Promise.all(Array.from({ length: 20 }, () => stripe.press(url!, "paid")));
  assert.ok(answers.every(({ status }) => status === 303));
  await until(() => webhooks.of("payment_intent.succeeded").length > 0, "payment_intent.succeeded");
  await until(() => webhooks.of("checkout.session.completed").length > 0, "checkout.session.completed");
  await pause(100);
  assert.equal(webhooks.of("checkout.session.completed").length, 1);
  assert.equal(webhooks.of("payment_intent.succeeded").length, 1);
});

story("a declined card leaves the session open for another try", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  const declined = await stripe.press(url!, "declined");
  assert.equal(declined.status, 402);
  assert.match(await declined.text(), /role="alert".*Your card was declined\./s);
  const open = await client.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
  assert.deepEqual([open.status, open.payment_status], ["open", "unpaid"]);
  const intent = open.payment_intent as Stripe.PaymentIntent;
  assert.deepEqual([intent.status, intent.last_payment_error!.code], ["requires_payment_method", "card_declined"]);
  await until(() => webhooks.of("payment_intent.payment_failed").length === 1, "payment_intent.payment_failed");
  assert.equal(webhooks.of("checkout.session.completed").length, 0);

  assert.equal(await statusOf(await stripe.press(url!, "paid")), 303);
  const paid = await client.checkout.sessions.retrieve(id);
  assert.deepEqual([paid.payment_status, paid.payment_intent], ["paid", intent.id]);
});

story("a delayed payment completes unpaid, and is paid a moment later", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  assert.equal(await statusOf(await stripe.press(url!, "async_paid")), 303);
  const waiting = await client.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
  assert.deepEqual([waiting.status, waiting.payment_status], ["complete", "unpaid"]);
  assert.equal((waiting.payment_intent as Stripe.PaymentIntent).status, "processing");
  await until(() => webhooks.of("checkout.session.async_payment_succeeded").length === 1, "async_payment_succeeded");
  const completed = webhooks.of("checkout.session.completed")[0].event.data.object as Stripe.Checkout.Session;
  assert.equal(completed.payment_status, "unpaid");
  const succeeded = webhooks.of("checkout.session.async_payment_succeeded")[0].event;
  assert.equal((succeeded.data.object as Stripe.Checkout.Session).payment_status, "paid");
  assert.equal((await client.checkout.sessions.retrieve(id)).payment_status, "paid");
}, { stripe: { asyncDelayMs: 1_500 } });

story("a delayed payment may fail a moment later", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  await stripe.press(url!, "async_failed");
  await until(() => webhooks.of("checkout.session.async_payment_failed").length === 1, "async_payment_failed");
  const session = await client.checkout.sessions.retrieve(id);
  assert.deepEqual([session.status, session.payment_status], ["complete", "unpaid"]);
  assert.equal(webhooks.of("payment_intent.succeeded").length, 0);
});

story("going back leads to cancel_url and changes nothing", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  const back = await stripe.press(url!, "canceled");
  assert.deepEqual([back.status, back.headers.get("location")], [303, pack.cancel_url]);
  assert.equal((await client.checkout.sessions.retrieve(id)).status, "open");
  await pause(30);
  assert.equal(webhooks.received.length, 0);
});

story("an expired session cannot be paid, and is expired once", async ({ stripe, client, webhooks }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  assert.equal((await client.checkout.sessions.expire(id)).status, "expired");
  const late = await stripe.press(url!, "paid");
  assert.equal(late.status, 410);
  assert.match(await late.text(), /expired/);
  const again = await client.checkout.sessions.expire(id).then(() => null, (error) => error);
  assert.equal(again.statusCode, 400);
  await until(() => webhooks.received.length === 1, "checkout.session.expired");
  const [{ event }] = webhooks.of("checkout.session.expired");
  assert.match(event.request!.id!, /^req_/);
});

story("a session expires by itself when its time is up", async () => {
  const webhooks = receiveWebhooks();
  let ahead = 0;
  const stripe = startStripe({ webhookUrl: webhooks.url, stripe: { now: () => Date.now() + ahead } });
  const { id, url } = await stripe.client().checkout.sessions.create(pack);
  ahead = 24 * 3600 * 1000 + 1000;
  assert.equal(await statusOf(await stripe.press(url!, "paid")), 410);
  assert.equal((await stripe.client().checkout.sessions.retrieve(id)).status, "expired");
  await until(() => webhooks.of("checkout.session.expired").length === 1, "checkout.session.expired");
  await stripe.close();
  await webhooks.close();
});

story("the page speaks the session's language and escapes what it shows", async ({ stripe, client }) => {
  const hostile = structuredClone(pack);
  hostile.line_items![0].price_data!.product_data!.name = `<script>alert("1")</script>`;
  const { url } = await client.checkout.sessions.create({ ...hostile, locale: "pl" });
  const page = await stripe.raw(new URL(url!).pathname);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy")!, /form-action 'self' http:\/\/127\.0\.0\.1:8000/);
  const text = await page.text();
  assert.match(text, /<html lang="pl">/);
  assert.match(text, /Zapłać 9,00\sUSD|Zapłać 9,00\s\$/);
  assert.ok(!text.includes("<script"));
  assert.match(text, /&lt;script&gt;/);
  const { url: english } = await client.checkout.sessions.create(pack);
  assert.match(await (await stripe.raw(new URL(english!).pathname)).text(), /<html lang="en">.*Pay \$9\.00/s);
});

story("an outcome nobody knows, and a form from another site, pay nothing", async ({ stripe, client }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  assert.equal(await statusOf(await stripe.press(url!, "free")), 400);
  assert.equal(await statusOf(await fetch(url!, { method: "POST", body: "{}" })), 400);
  assert.equal(await statusOf(await fetch(url!, { method: "DELETE" })), 405);
  const crossSite = await fetch(url!, {
    method: "POST",
    headers: { origin: "https://elsewhere.example" },
    body: new URLSearchParams({ outcome: "paid" }),
  });
  assert.equal(await statusOf(crossSite), 403);
  assert.equal((await client.checkout.sessions.retrieve(id)).status, "open");
});

story("a session that costs nothing completes without a payment", async ({ stripe, client, webhooks }) => {
  const free = structuredClone(pack);
  free.line_items![0].price_data!.unit_amount = 0;
  const { id, url } = await client.checkout.sessions.create(free);
  await stripe.press(url!, "paid");
  const session = await client.checkout.sessions.retrieve(id);
  assert.deepEqual([session.payment_status, session.payment_intent], ["no_payment_required", null]);
  await until(() => webhooks.received.length === 1, "checkout.session.completed");
});

Deno.test("stripe stand-in: killed right after a payment, it keeps the payment and still delivers its events", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/sandbox.db`;
  const webhooks = receiveWebhooks();
  const script = new URL("../support/stripe-stand-in-process.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, path, webhooks.url],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value: paidSession } = await reader.read();
    const id = paidSession!.trim();
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    assert.equal(webhooks.received.length, 0);

    const revived = startStripe({ path, webhookUrl: webhooks.url });
    const session = await revived.client().checkout.sessions.retrieve(id);
    assert.deepEqual([session.status, session.payment_status], ["complete", "paid"]);
    await until(() => webhooks.of("checkout.session.completed").length === 1, "the event after the restart");
    await until(() => webhooks.received.length === 4, "all events after the restart");
    const replayed = await revived.client().checkout.sessions.create(pack, { idempotencyKey: "before-the-kill" });
    assert.equal(replayed.id, id);
    await revived.close();
  } finally {
    await webhooks.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("stripe stand-in: a delayed payment arrives although the sandbox was off at the time", async () => {
  const folder = await Deno.makeTempDir();
  const webhooks = receiveWebhooks();
  const options = { path: `${folder}/sandbox.db`, webhookUrl: webhooks.url, stripe: { asyncDelayMs: 1_500 } };
  const before = startStripe(options);
  const { id, url } = await before.client().checkout.sessions.create(pack);
  await before.press(url!, "async_paid");
  await before.close();
  await pause(1_600);
  assert.equal(webhooks.of("checkout.session.async_payment_succeeded").length, 0);
  const after = startStripe(options);
  await until(() => webhooks.of("checkout.session.async_payment_succeeded").length === 1, "the delayed payment");
  assert.equal((await after.client().checkout.sessions.retrieve(id)).payment_status, "paid");
  await after.close();
  await webhooks.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("sandbox store: a transaction that fails leaves nothing behind", () => {
  const store = openStore(":memory:");
  const notes = store.collection<string>("notes");
  notes.put("kept", "before");
  assert.throws(() =>
    store.transaction(() => {
      notes.put("kept", "after");
      store.transaction(() => notes.put("new", "inner"));
      throw new Error("no");
    })
  );
  assert.deepEqual(notes.list(), ["before"]);
  store.close();
});

/** The sandbox's port: console, inbox and fault switches, as a person and as a script use them. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { type Clock, createClock } from "../../sandbox/clock.ts";
import { createSandbox } from "../../sandbox/console/mod.ts";
import type { ShownPrediction } from "../../sandbox/console/options.ts";
import { createDeliveries } from "../../sandbox/faults/delivery.ts";
import { createFaults } from "../../sandbox/faults/mod.ts";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { createMail } from "../../sandbox/mail/mod.ts";
import { openStore } from "../../sandbox/state/store.ts";
import { createStripe } from "../../sandbox/stripe/mod.ts";
import { receiveWebhooks } from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

const baseUrl = "http://127.0.0.1:22100";
const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

interface Scene {
  /** Stripe's own API on the same port. */
  client: Stripe;
  clock: Clock;
  ask(path: string, init?: RequestInit): Promise<Response>;
  text(path: string): Promise<string>;
  mail: ReturnType<typeof createMail>;
  faults: ReturnType<typeof createFaults>;
  deliveries: ReturnType<typeof createDeliveries>;
  predictions: ShownPrediction[];
}

function story(name: string, tell: (scene: Scene) => Promise<void>) {
  Deno.test(`sandbox console: ${name}`, async () => {
    const store = openStore(":memory:");
    const faults = createFaults("seed-1");
    const deliveries = createDeliveries({ store, faults, retryMs: 10 });
    const mail = createMail({ store, keep: 3 });
    const clock = createClock(store);
    const stripe = createStripe({
      baseUrl,
      secretKey: "sk_test_x",
      webhookSecret: "whsec_x",
      webhookUrl: `${baseUrl}/nobody`,
      store,
      deliveries,
      clock,
      latencyMs: 0,
    });
    const predictions: ShownPrediction[] = [];
    const replicate = {
      fetch: (request: Request) =>
        Promise.resolve(new URL(request.url).pathname.startsWith("/replicate/") ? new Response("replicate") : null),
      state: () => ({ predictions }),
    };
    const sandbox = createSandbox({
      baseUrl,
      links: { web: "http://127.0.0.1:22000", api: "http://127.0.0.1:22001", db: "postgres://127.0.0.1:22002" },
      users: { customer: { email: "ada@example.com", password: "a password" } },
      mail,
      stripe,
      clock,
      replicate,
      faults,
      deliveries,
      sql: () => null,
    });
    const ask = (path: string, init?: RequestInit) => sandbox.fetch(new Request(baseUrl + path, init));
    // The client's calls take the same way as everybody's, without a port of their own.
    const httpClient = Stripe.createFetchHttpClient((url: string | URL | Request, init?: RequestInit) =>
      sandbox.fetch(new Request(url, init))
    );
    try {
      await tell({
        client: new Stripe("sk_test_x", { httpClient, telemetry: false, maxNetworkRetries: 0 }),
        clock,
        ask,
        text: async (path) => await (await ask(path)).text(),
        mail,
        faults,
        deliveries,
        predictions,
      });
    } finally {
      await stripe.close();
      await deliveries.close();
      store.close();
    }
  });
}

story("one port leads to Stripe, Replicate, the API and the page", async ({ ask, text }) => {
  assert.equal((await ask("/v1/events")).status, 401);
  assert.equal(await text("/replicate/v1/anything"), "replicate");
  assert.equal((await ask("/api/state")).headers.get("content-type"), "application/json");
  assert.equal((await ask("/nothing")).status, 404);
  const page = await ask("/");
  assert.match(page.headers.get("content-security-policy")!, /script-src 'self'/);
  const shown = await page.text();
  for (const word of ["ada@example.com", "a password", "seed-1", "The database is not running."]) {
    assert.ok(shown.includes(word), word);
  }
  assert.equal((await ask("/console/console.js")).status, 200);
  assert.equal((await ask("/console/console.css")).status, 200);
});

story("the inbox keeps the newest messages and finds them by address", async ({ ask, mail }) => {
  for (const n of [1, 2, 3, 4]) await mail.driver.send({ to: "Ada@Example.com", subject: `Number ${n}`, text: "Hi" });
  mail.deliver({ to: "bob@example.com", subject: "For Bob" });
  const all = await (await ask("/api/mail")).json();
  assert.deepEqual(all.messages.map(({ subject }: { subject: string }) => subject), [
    "For Bob",
    "Number 4",
    "Number 3",
  ]);
  const ada = await (await ask("/api/mail?to=ada@example.com")).json();
  assert.deepEqual(ada.messages.map(({ subject }: { subject: string }) => subject), ["Number 4", "Number 3"]);
  const one = await (await ask(`/api/mail/${ada.messages[0].id}`)).json();
  assert.equal(one.subject, "Number 4");
  assert.equal((await ask("/api/mail/mail_0")).status, 404);
  assert.equal((await ask("/api/mail", { method: "DELETE" })).status, 204);
  assert.deepEqual((await (await ask("/api/mail")).json()).messages, []);
});

story("a message's links are read out of it", async ({ ask, mail }) => {
  mail.deliver({
    to: "ada@example.com",
    subject: "Confirm",
    html:
      `<a href="http://127.0.0.1/auth/confirm?token_hash=a&amp;type=email">Yes</a> <a href='javascript:alert(1)'>No</a>
      or open http://127.0.0.1/auth/confirm?token_hash=a&amp;type=email.`,
  });
  const [message] = (await (await ask("/api/mail")).json()).messages;
  assert.deepEqual(message.links, ["http://127.0.0.1/auth/confirm?token_hash=a&type=email"]);
});

story("a hostile message is text in the console, and in its own frame it may run nothing", async (scene) => {
  const { id } = scene.mail.deliver({ to: hostile, subject: hostile, html: `<p>Hello</p>${hostile}`, text: hostile });
  for (const path of ["/", `/mail/${id}`]) {
    const shown = await scene.text(path);
    assert.ok(!shown.includes("<script>") && !shown.includes("<img"), path);
    assert.ok(shown.includes("&lt;script&gt;"), path);
  }
  assert.match(await scene.text(`/mail/${id}`), /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const body = await scene.ask(`/mail/${id}/body`);
  const policy = body.headers.get("content-security-policy")!;
  assert.match(policy, /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
  assert.doesNotMatch(policy, /allow-scripts|script-src|allow-same-origin/);
  const plain = scene.mail.deliver({ to: "ada@example.com", subject: "Text", text: hostile });
  assert.ok(!(await scene.text(`/mail/${plain.id}/body`)).includes("<script>"));
});

story("a hostile prompt is text in the console and in what the console fetches", async ({ text, predictions }) => {
  predictions.push({
    id: "p1",
    model: hostile,
    status: hostile,
    input: { prompt: hostile },
    error: hostile,
    created_at: new Date().toISOString(),
  });
  for (const path of ["/", "/api/console"]) {
    const shown = await text(path);
    assert.ok(!shown.includes("<script>") && !shown.includes("<img"), path);
  }
});

const off = {
  duplicate: 0,
  delay_ms: 0,
  drop: 0,
  reorder: false,
  wrong_signature: 0,
  api_errors: 0,
  api_lost: 0,
  api_delay_ms: 0,
};

story("faults are set, read and reset as JSON", async ({ ask, faults }) => {
  const set = (body: unknown) => ask("/api/faults", { method: "POST", body: JSON.stringify(body) });
  const answer = await (await set({ source: "stripe", duplicate: 2, drop: 1, reorder: true })).json();
  assert.deepEqual(answer, { ...off, duplicate: 2, drop: 1, reorder: true });
  await set({ source: "replicate", wrong_signature: 3, delay_ms: 50 });
  const read = await (await ask("/api/faults")).json();
  assert.deepEqual([read.seed, read.stripe.duplicate, read.replicate.wrong_signature], ["seed-1", 2, 3]);
  for (
    const wrong of [
      { source: "paypal", drop: 1 },
      { source: "stripe", drop: -1 },
      { source: "stripe", drop: 1.5 },
      { source: "stripe", delay_ms: 600_001 },
      { source: "stripe", reorder: "yes" },
      { source: "stripe", api_errors: -1 },
      { source: "stripe", explode: true },
      { drop: 1 },
      null,
    ]
  ) assert.equal((await set(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await ask("/api/faults", { method: "POST", body: "not json" })).status, 400);
  assert.equal((await ask("/api/faults/reset", { method: "POST" })).status, 200);
  assert.deepEqual(faults.get().stripe, off);
});

story("the page's form sets them too, and a banner says so", async ({ ask, text, faults }) => {
  const send = (fields: Record<string, string>) =>
    ask("/console/faults", { method: "POST", body: new URLSearchParams(fields) });
  const set = await send({ source: "stripe", duplicate: "3", delay_ms: "", drop: "0", wrong_signature: "0" });
  assert.deepEqual([set.status, set.headers.get("location")], [303, "/#faults"]);
  assert.equal(faults.get().stripe.duplicate, 3);
  assert.match(await text("/"), /Faults are on\..*stripe: duplicate ×3/s);
  const wrong = await send({ source: "stripe", duplicate: "many" });
  assert.equal(wrong.status, 400);
  assert.equal(faults.get().stripe.duplicate, 3);
  await ask("/console/faults/reset", { method: "POST" });
  assert.doesNotMatch(await text("/"), /Faults are on/);
});

story("a page of another site can neither write nor, under another name, read", async ({ ask, faults, clock }) => {
  const body = JSON.stringify({ source: "stripe", drop: 5 });
  for (
    const headers of [
      { origin: "https://elsewhere.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9999" },
      { "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]
  ) {
    assert.equal((await ask("/api/faults", { method: "POST", headers, body })).status, 403, JSON.stringify(headers));
    assert.equal((await ask("/api/mail", { method: "DELETE", headers })).status, 403);
    assert.equal((await ask("/console/faults/reset", { method: "POST", headers })).status, 403);
    assert.equal((await ask("/api/clock", { method: "POST", headers, body: '{"advance":"1 day"}' })).status, 403);
    assert.equal(
      (await ask("/console/clock", { method: "POST", headers, body: form({ advance: "1 day" }) })).status,
      403,
    );
  }
  assert.equal(faults.get().stripe.drop, 0);
  assert.equal(clock.offsetMs(), 0);
  assert.equal((await ask("/api/mail", { headers: { host: "rebound.example" } })).status, 403);
  assert.equal((await ask("/", { headers: { host: "127.0.0.1.evil.example:22100" } })).status, 403);
  const own = { origin: baseUrl, "sec-fetch-site": "same-origin" };
  assert.equal((await ask("/api/faults", { method: "POST", headers: own, body })).status, 200);
});

story("a delivery can be sent again from the page and the API", async ({ ask, text, deliveries }) => {
  const webhooks = receiveWebhooks();
  try {
    deliveries.signWith("replicate", () => ({}));
    const id = deliveries.deliver({
      source: "replicate",
      event: "msg_1",
      type: hostile,
      url: webhooks.url,
      body: "{}",
    });
    await until(() => webhooks.received.length === 1, "the delivery");
    assert.ok((await text("/")).includes(`/console/deliveries/${id}/resend`));
    assert.equal((await ask(`/console/deliveries/${id}/resend`, { method: "POST" })).status, 303);
    await until(() => webhooks.received.length === 2, "the second time");
    assert.equal((await ask(`/api/deliveries/${id}/resend`, { method: "POST" })).status, 202);
    await until(() => webhooks.received.length === 3, "the third time");
    await until(() => deliveries.journal()[0].tried === 3, "the journal");
    const listed = await (await ask("/api/deliveries?source=replicate")).json();
    assert.deepEqual([listed.deliveries.length, listed.deliveries[0].log.length], [1, 3]);
    assert.deepEqual((await (await ask("/api/deliveries?source=stripe")).json()).deliveries, []);
    assert.equal((await ask("/api/deliveries/dlv_0/resend", { method: "POST" })).status, 404);
    assert.ok(!(await text("/")).includes("<script>"));
  } finally {
    await webhooks.close();
  }
});

const form = (fields: Record<string, string>) => new URLSearchParams(fields);
const day = 86_400_000;

/** A customer's payment with a saved card, of nine dollars. */
async function pay(client: Stripe): Promise<{ payment: string; customer: string }> {
  const { id: customer } = await client.customers.create({ email: "bob@example.com" });
  const { id: payment_method } = await client.paymentMethods.attach("pm_card_visa", { customer });
  const { id: payment } = await client.paymentIntents.create({
    amount: 900,
    currency: "usd",
    customer,
    payment_method,
    confirm: true,
    off_session: true,
    description: hostile,
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  });
  return { payment, customer };
}

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
  const { payment } = await pay(client);
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
  const { payment, customer } = await pay(client);
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
  await pay(client);
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

Deno.test("sandbox randomness: a seed replays a run, another seed does not, and a shuffle moves something", () => {
  const draw = (seed: string) => {
    const random = seededRandom(seed);
    return [...Array.from({ length: 20 }, () => random.next()), random.shuffle([1, 2, 3, 4, 5, 6, 7, 8])];
  };
  assert.deepEqual(draw("a"), draw("a"));
  assert.notDeepEqual(draw("a"), draw("b"));
  const random = seededRandom("shuffles");
  for (let n = 0; n < 200; n++) assert.notDeepEqual(random.shuffle([1, 2]), [1, 2]);
  for (let n = 0; n < 2_000; n++) {
    const drawn = random.next();
    assert.ok(drawn >= 0 && drawn < 1);
  }
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import postgres from "postgres";
import Stripe from "stripe";
import { stack, type StackInfo } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const EVENTS = "/api/ops/webhook-events";

let info: StackInfo;
let sql: postgres.Sql;
let stripe: Stripe;
let operator: Customer;
before(async () => {
  info = await stack();
  sql = postgres(info.dbAdmin, { max: 2, onnotice: () => {} });
  const { hostname, port } = new URL(info.stripeApi);
  stripe = new Stripe(info.env.web.STRIPE_SECRET_KEY, { host: hostname, port, protocol: "http", telemetry: false });
  await reconciling(false);
  operator = await newCustomer();
  await sql`update public.profiles set role = 'operator' where id = ${operator.id}`;
});
afterEach(() => fault({ drop: 0, api_errors: 0 }));
after(async () => {
  await reconciling(true);
  await sql.end();
});

/** Once an hour it would find by itself what these tests leave undone. */
const reconciling = (active: boolean) => sql`update cron.job set active = ${active} where jobname = 'kredo-reconcile'`;

const fault = async (switches: Record<string, number>) => {
  const answer = await fetch(`${info.console}/api/faults`, {
    method: "POST",
    body: JSON.stringify({ source: "stripe", ...switches }),
  });
  assert.equal(answer.status, 200, await answer.text());
};
/** From now on no webhook arrives by itself. */
const nobodyTellsUs = () => fault({ drop: 1_000 });

const get = (path: string) => ask(path, { token: operator.token });
const post = (path: string, json?: unknown) =>
  ask(path, { method: "POST", token: operator.token, ...json !== undefined && { json } });
const available = async ({ token }: Customer) => (await ask("/api/credits/balance", { token })).body.available;
const storyOf = async (id: string) => (await get(`${EVENTS}/${id}`)).body;

/** Somebody who has paid for fifty credits; whether we hear of it is another matter. */
async function payer(): Promise<{ customer: Customer; session: string; checkout: string }> {
  const customer = await newCustomer();
  const { body } = await ask("/api/billing/checkout-session", { json: { pack: "pack_50" }, token: customer.token });
  await fetch(body.url, { method: "POST", body: new URLSearchParams({ outcome: "paid" }), redirect: "manual" });
  return { customer, session: body.id, checkout: body.checkout };
}

/** Tells the webhook of an event as Stripe does. Gives its id, and what it answered. */
async function tell(type: string, object: string): Promise<{ id: string; status: number }> {
  const id = `evt_${randomUUID().replaceAll("-", "")}`;
  const created = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({
    id,
    object: "event",
    type,
    livemode: false,
    created,
    data: { object: { id: object } },
  });
  const signature = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: info.stripeWebhookSecret });
  const answer = await fetch(`${info.api}/functions/v1/stripe-webhook`, {
    method: "POST",
    body: payload,
    headers: { "content-type": "application/json", "stripe-signature": signature },
  });
  await answer.body?.cancel();
  return { id, status: answer.status };
}

/** An event that failed because Stripe answered 500, and that nobody tries again. */
async function failedEvent(): Promise<Awaited<ReturnType<typeof payer>> & { id: string }> {
  await nobodyTellsUs();
  const paid = await payer();
  await fault({ api_errors: 1_000 });
  const { id, status } = await tell("checkout.session.completed", paid.session);
  assert.equal(status, 503);
  await sql`update private.webhook_events set retry_at = null where event_id = ${id}`;
  return { ...paid, id };
}

/** What the journal says once a worker has tried. */
const tried = (id: string) =>
  until(async () => {
    const story = await storyOf(id);
    return story.verdict === "received" ? null : story;
  }, `${id} is tried`);

const audited = (id: string) =>
  sql`select actor, action, detail from private.audit_log where subject = ${`webhook:${id}`} order by id`;

/** Everything that is money or is about to be sent. */
async function books(): Promise<string> {
  const sums = await Promise.all(
    ["credit_entries", "credit_accounts", "credit_grants", "checkout_sessions", "subscriptions", "invoices", "payments"]
      .map((table) => `public.${table}`).concat(
        "private.plan_periods",
        "private.plan_allowances",
        "private.idempotency_keys",
      )
      .map(async (table) =>
        (await sql.unsafe(
          `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t`,
        ))[0].sum
      ),
  );
  return sums.join(" ");
}

describe("the journal of webhooks", () => {
  it("lists what Stripe told us, narrowed down and in pages, for a bearer token or a cookie", async () => {
    const { session } = await payer();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await tell("checkout.session.expired", session)).id);
    const list = async (query: Record<string, string>) => {
      const { status, body } = await get(`${EVENTS}?${new URLSearchParams(query)}`);
      assert.equal(status, 200);
      return body as { events: { event_id: string; type: string; verdict: string }[]; next_cursor: string | null };
    };
    const query = { object: session, type: "checkout.session.expired", status: "applied" };
    assert.deepEqual((await list(query)).events.map(({ event_id }) => event_id), ids);
    const first = await list({ ...query, limit: "2" });
    const rest = await list({ ...query, limit: "2", cursor: first.next_cursor! });
    assert.deepEqual([...first.events, ...rest.events].map(({ event_id }) => event_id), ids);
    assert.equal(rest.next_cursor, null);
    assert.deepEqual((await list({ ...query, until: "2020-01-01" })).events, []);
    assert.equal((await list({ ...query, from: "2020-01-01" })).events.length, 3);
    assert.equal((await ask(`${EVENTS}?limit=1`, { cookie: operator.cookie })).body.events.length, 1);
  });

  it("says which part of a question makes no sense", async () => {
    for (
      const [field, value] of [
        ["status", "broken"],
        ["type", "a type"],
        ["object", "cs_\u0000"],
        ["from", "yesterday"],
        ["until", "2026-02-30"],
        ["cursor", "nowhere"],
        ["limit", "0"],
      ]
    ) {
      const { status, body } = await get(`${EVENTS}?${new URLSearchParams({ [field]: value })}`);
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]], field);
    }
    for (const id of ["evt_nobody", "evt_%00", "a%20b", "x".repeat(300)]) {
      assert.equal((await get(`${EVENTS}/${id}`)).status, 404, id);
      for (const act of ["preview", "replay"]) assert.equal((await post(`${EVENTS}/${id}/${act}`)).status, 404, id);
    }
  });

  it("is no address at all for anybody else, whatever they send", async () => {
    const { customer, session } = await payer();
    const { id } = await tell("checkout.session.completed", session);
    const nowhere = { ...(await ask("/api/ops/nowhere")).body, request_id: null };
    for (const token of [customer.token, undefined]) {
      for (
        const [method, path] of [
          ["GET", EVENTS],
          ["GET", `${EVENTS}/${id}`],
          ["POST", `${EVENTS}/${id}/preview`],
          ["POST", `${EVENTS}/${id}/replay`],
          ["POST", "/api/ops/reconciliations"],
          ["POST", "/api/ops/tasks/1/retry"],
        ]
      ) {
        const { status, body } = await ask(path, { method, token });
        assert.deepEqual([status, { ...body, request_id: null }], [404, nowhere], path);
      }
    }
    assert.equal((await audited(id)).length, 0);
  });
});

describe("an event that failed because Stripe answered 500", () => {
  it("cannot be previewed until Stripe answers, then shows what it would bring, and a replay brings just that", async () => {
    const { id, customer, checkout } = await failedEvent();
    const down = await post(`${EVENTS}/${id}/preview`);
    assert.deepEqual([down.status, down.body.code], [502, "provider_unavailable"]);
    await fault({ api_errors: 0 });

    const before = await books();
    const { status, body: preview } = await post(`${EVENTS}/${id}/preview`);
    assert.deepEqual([status, preview.verdict, preview.effects, preview.email], [
      200,
      "applied",
      ["credited"],
      customer.email,
    ]);
    assert.deepEqual(preview.entries.map((entry: { amount: number; ref: string }) => [entry.amount, entry.ref]), [
      [50, `checkout:${checkout}`],
    ]);
    assert.deepEqual([preview.balance.before.available, preview.balance.after.available], [10, 60]);
    assert.equal(await books(), before, "a preview leaves the books alone");
    assert.equal((await storyOf(id)).verdict, "failed");
    assert.equal(await available(customer), 10);

    const replay = await post(`${EVENTS}/${id}/replay`);
    assert.deepEqual([replay.status, replay.body], [202, { status: "queued" }]);
    const { verdict, effect, error, entries, replays } = await tried(id);
    assert.deepEqual([verdict, effect, error, entries.length], ["applied", "credited", null, 1]);
    assert.deepEqual(replays.map((each: { email: string; verdict: string }) => [each.email, each.verdict]), [
      [operator.email, "failed"],
    ]);
    assert.equal(await available(customer), 60);
    assert.deepEqual((await audited(id)).map(({ actor, action }) => [actor, action]), [[
      operator.id,
      "webhook.replayed",
    ]]);
  });

  it("fails again while Stripe is down, is kept, and a later replay completes it", async () => {
    const { id, customer } = await failedEvent();
    assert.equal((await post(`${EVENTS}/${id}/replay`)).status, 202);
    const still = await tried(id);
    assert.deepEqual([still.verdict, still.attempts], ["failed", 2]);
    assert.ok(still.retry_at, "and goes on by itself");
    await fault({ api_errors: 0 });
    await post(`${EVENTS}/${id}/replay`);
    assert.equal((await tried(id)).verdict, "applied");
    assert.equal(await available(customer), 60);
  });
});

describe("an event about a price that Stripe has and we do not", () => {
  const SUBJECT = "price:pro:month@1";
  let price: string;
  before(async () => {
    [{ price }] =
      await sql`select stripe_id as price from private.stripe_catalogue where subject = ${SUBJECT} and not livemode`;
  });
  const known = (stripeId: string) =>
    sql`update private.stripe_catalogue set stripe_id = ${stripeId} where subject = ${SUBJECT} and not livemode`;

  it("fails with the reason, and is completed by a replay once prices are synchronised", async () => {
    await nobodyTellsUs();
    const person = await newCustomer();
    const customer = await stripe.customers.create({ email: person.email });
    await sql`select private.note_stripe_customer(false, ${person.id}, ${customer.id})`;
    const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price }],
      default_payment_method: card.id,
    });
    const invoice = String(subscription.latest_invoice);
    try {
      await known("price_before_it_was_synchronised");
      const { id, status } = await tell("invoice.paid", invoice);
      assert.equal(status, 500);
      assert.match((await storyOf(id)).error, /synchronise prices/);
      const hopeless = (await post(`${EVENTS}/${id}/preview`)).body;
      assert.deepEqual([hopeless.verdict, hopeless.entries], ["failed", []]);
      assert.match(hopeless.error, /synchronise prices/);

      await known(price);
      const { verdict, entries, changes, tasks } = (await post(`${EVENTS}/${id}/preview`)).body;
      assert.deepEqual([verdict, entries.map(({ amount }: { amount: number }) => amount)], ["applied", [500]]);
      assert.deepEqual(changes.map(({ noun }: { noun: string }) => noun), ["subscription", "invoice", "payment"]);
      assert.ok(tasks.some(({ data }: { data: { mail: string } }) => data.mail === "subscription_started"));
      assert.equal(await available(person), 10);

      await post(`${EVENTS}/${id}/replay`);
      assert.equal((await tried(id)).verdict, "applied");
      assert.equal(await available(person), 510);
    } finally {
      await known(price);
    }
  });
});

describe("a replay of what had its effect", () => {
  it("adds nothing, however often, and says so beforehand", async () => {
    await nobodyTellsUs();
    const { customer, session } = await payer();
    const { id } = await tell("checkout.session.completed", session);
    assert.equal(await available(customer), 60);
    const before = await books();
    const preview = (await post(`${EVENTS}/${id}/preview`)).body;
    assert.deepEqual([preview.effects, preview.entries, preview.changes, preview.tasks], [
      ["already_credited"],
      [],
      [],
      [],
    ]);
    for (let n = 0; n < 3; n++) {
      await post(`${EVENTS}/${id}/replay`);
      assert.equal((await tried(id)).verdict, "applied");
    }
    assert.equal(await books(), before);
    assert.equal((await audited(id)).length, 3);
  });

  it("of what is not for us stays ignored", async () => {
    const { id } = await tell("customer.created", "cus_1");
    assert.deepEqual((await post(`${EVENTS}/${id}/preview`)).body.reason, "type");
    const gone = await tell("invoice.paid", "in_nobody_has_this");
    const preview = (await post(`${EVENTS}/${gone.id}/preview`)).body;
    assert.deepEqual([preview.verdict, preview.reason], ["ignored", "missing"]);
    await post(`${EVENTS}/${gone.id}/replay`);
    assert.equal((await tried(gone.id)).verdict, "ignored");
  });
});

describe("a comparison that an operator begins", () => {
  it("finds a payment of which no webhook told, is on record, and says which days it takes", async () => {
    for (const days of [0, 31, 1.5, "3", null]) {
      const { status, body } = await post("/api/ops/reconciliations", { days });
      assert.deepEqual([status, Object.keys(body.errors)], [422, ["days"]], String(days));
    }
    await nobodyTellsUs();
    const { customer, session } = await payer();
    const begun = await post("/api/ops/reconciliations", { days: 1 });
    assert.equal(begun.status, 202);
    assert.ok(["queued", "already"].includes(begun.body.status));
    await until(async () => await available(customer) === 60, "the payment is found");
    const [{ repaired }] = await until(async () => {
      const runs = await sql`
        select repaired from private.reconciliations where finished_at is not null and repaired @> ${
        sql.json([{ kind: "session", id: session }])
      }`;
      return runs.length > 0 ? runs : null;
    });
    assert.deepEqual(repaired.find(({ id }: { id: string }) => id === session).effects, ["credited"]);
  });
});

describe("a task that failed", () => {
  it("gets one more try from an operator; one that is done does not", async () => {
    const key = `mail:none:${randomUUID()}`;
    const [{ id }] = await sql`
      insert into private.tasks (kind, key, data, state, attempts, finished_at, error)
      values ('mail', ${key}, '{"mail": "none"}', 'failed', 10, now(), 'No answer.') returning id`;
    const retry = await post(`/api/ops/tasks/${id}/retry`);
    assert.deepEqual([retry.status, retry.body], [202, { status: "queued" }]);
    // Nobody has it, so it fails for good once more.
    const row = await until(async () => {
      const [row] = await sql`select state, attempts, error from private.tasks where id = ${id}`;
      return row.attempts > 10 && row.state === "failed" ? row : null;
    });
    assert.match(row.error, /Nobody has this account/);
    await sql`update private.tasks set state = 'done' where id = ${id}`;
    assert.equal((await post(`/api/ops/tasks/${id}/retry`)).body.code, "conflict");
    assert.equal((await post("/api/ops/tasks/0/retry")).status, 404);
    assert.equal((await post("/api/ops/tasks/999999999999/retry")).status, 404);
  });
});

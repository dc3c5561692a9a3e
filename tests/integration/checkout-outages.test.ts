import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type Stripe from "stripe";
import { openCheckout } from "../../domain/billing/open-checkout.ts";
import { applyStripeEvent, type News } from "../../domain/billing/stripe/apply-event.ts";
import { parseFunctionsConfig, parseWebConfig } from "../../platform/config.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { createStripe } from "../../platform/stripe.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { secretKey, startStripe } from "../support/stripe-stand-in.ts";

/** Stands before the Stripe stand-in and can swallow requests, or the answers to them. */
function startLine(target: string) {
  const line = { fault: "none" as "none" | "dead" | "answer lost", requests: 0 };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    line.requests++;
    if (line.fault === "dead") return new Response("<h1>Bad gateway</h1>", { status: 502 });
    const { pathname, search } = new URL(request.url);
    const answer = await fetch(target + pathname + search, {
      method: request.method,
      headers: request.headers,
      body: request.method === "GET" ? undefined : await request.text(),
    });
    const text = await answer.text();
    if (line.fault === "answer lost") return new Response("{}", { status: 500 });
    return new Response(text, { status: answer.status, headers: answer.headers });
  });
  return Object.assign(line, { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() });
}

describe("while Stripe does not answer", () => {
  let test: TestDatabase;
  let web: Database;
  let service: Database;
  let standIn: ReturnType<typeof startStripe>;
  let line: ReturnType<typeof startLine>;
  let stripe: Stripe;
  const environment = {
    KREDO_ENV: "sandbox",
    KREDO_WEB_URL: "http://127.0.0.1:8000",
    SUPABASE_URL: "http://127.0.0.1:54321",
    SUPABASE_PUBLISHABLE_KEY: "x",
    KREDO_OPERATOR_TOKEN: "an-operator-token-of-some-length",
    STRIPE_SECRET_KEY: secretKey,
    KREDO_DATABASE_URL: "postgres://x@127.0.0.1/x",
    SUPABASE_DB_URL: "postgres://x@127.0.0.1/x",
    SUPABASE_SECRET_KEY: "x",
    STRIPE_WEBHOOK_SECRET: "x",
    REPLICATE_API_TOKEN: "x",
    REPLICATE_WEBHOOK_SECRET: "x",
  };

  before(async () => {
    test = await freshDatabase();
    const port = Number(new URL(test.adminUrl).port);
    web = openDatabase(connectionUrl("kredo_web", port, test.name));
    service = openDatabase(test.url);
    standIn = startStripe();
    line = startLine(standIn.baseUrl);
    stripe = createStripe({ secretKey, apiUrl: line.url, livemode: false, tax: false });
  });
  after(async () => {
    await Promise.all([web.end(), service.end(), line.close()]);
    await standIn.close();
    await test.close();
  });

  const person = async () => {
    const userId = await test.createUser();
    return { userId, email: `${userId}@example.test`, accessToken: "", claims: { sub: userId } };
  };
  const open = (session: Awaited<ReturnType<typeof person>>, idempotencyKey: string) =>
    openCheckout({ config: parseWebConfig(environment), db: web, stripe }, session, {
      pack: "pack_10",
      idempotencyKey,
      locale: "en",
    });
  const checkoutsOf = (user: string) =>
    test.sql`select id, status, stripe_session_id from public.checkout_sessions where user_id = ${user}`;
  const sessionsAtStripe = async (checkout: string) => {
    const { data } = await standIn.client().checkout.sessions.list({ limit: 100 });
    return data.filter(({ client_reference_id }) => client_reference_id === checkout).length;
  };

  it("the customer hears that nothing was charged, and the same request later goes through", async () => {
    const session = await person();
    const key = randomUUID();
    line.fault = "dead";
    const refused = await open(session, key).catch((error) => error);
    assert.deepEqual([refused.code, refused.status, refused.retryAfter], ["provider_unavailable", 502, 5]);
    assert.equal((await checkoutsOf(session.userId))[0].status, "creating");

    line.fault = "none";
    const opened = await open(session, key);
    const rows = await checkoutsOf(session.userId);
    assert.deepEqual(rows.map((row) => [row.id, row.status, row.stripe_session_id]), [[
      opened.checkout,
      "open",
      opened.id,
    ]]);
  });

  it("an answer that was lost makes neither a second customer nor a second session", async () => {
    const session = await person();
    const key = randomUUID();
    line.fault = "answer lost";
    assert.equal((await open(session, key).catch((error) => error)).code, "provider_unavailable");
    line.fault = "none";
    await open(session, randomUUID());
    const { data: customers } = await standIn.client().customers.list({ email: session.email });
    assert.equal(customers.length, 1);

    // Now that the customer is known, it is the session's answer that gets lost.
    line.fault = "answer lost";
    assert.equal((await open(session, key).catch((error) => error)).code, "provider_unavailable");
    line.fault = "none";
    const opened = await open(session, key);
    assert.equal(await sessionsAtStripe(opened.checkout), 1);
    assert.equal((await checkoutsOf(session.userId)).length, 2);

    const requests = line.requests;
    assert.deepEqual(await open(session, key), opened);
    assert.equal(line.requests, requests, "now that it is known, Stripe is not asked again");
  });

  const event = (objectId: string): News => ({
    id: `evt_${randomUUID()}`,
    type: "checkout.session.completed",
    livemode: false,
    created: Math.floor(Date.now() / 1000),
    objectId,
    payload: { data: { object: { id: objectId } } },
  });
  const apply = (news: News) =>
    applyStripeEvent({ config: parseFunctionsConfig(environment), db: service, stripe }, news);
  const inbox = async (news: News) =>
    (await test.sql`select verdict, effect, attempts from private.webhook_events where event_id = ${news.id}`)[0];
  const pay = (url: string) =>
    standIn.raw(new URL(url).pathname, {
      method: "POST",
      body: new URLSearchParams({ outcome: "paid" }),
      redirect: "manual",
    });
  const topups = async (user: string) =>
    (await test.sql`select amount from public.credit_entries where user_id = ${user} and kind = 'topup'`).map((
      { amount },
    ) => amount);

  it("an event is refused, so that it comes again, and then it counts once", async () => {
    const session = await person();
    const opened = await open(session, randomUUID());
    await (await pay(opened.url)).body?.cancel();
    const news = event(opened.id);

    for (const [attempt, fault] of (["dead", "answer lost"] as const).entries()) {
      line.fault = fault;
      assert.equal((await apply(news).catch((error) => error)).code, "provider_unavailable", fault);
      assert.deepEqual({ ...await inbox(news) }, { verdict: "failed", effect: null, attempts: attempt + 1 });
    }
    assert.deepEqual(await topups(session.userId), []);

    line.fault = "none";
    assert.deepEqual(await apply(news), { verdict: "applied", effects: ["credited"] });
    assert.deepEqual(await apply(news), { verdict: "duplicate", effects: [] });
    assert.deepEqual(await apply(event(opened.id)), { verdict: "applied", effects: ["already_credited"] });
    assert.deepEqual(await topups(session.userId), [10]);
    assert.equal((await inbox(news)).verdict, "applied");

    // What had its effect has it, whether or not Stripe can be asked again.
    line.fault = "dead";
    assert.deepEqual(await apply(news), { verdict: "duplicate", effects: [] });
    assert.equal((await inbox(news)).verdict, "applied");
  });

  it("a payment that is not what was ordered is left for a person to look at", async () => {
    line.fault = "none";
    const session = await person();
    const opened = await open(session, randomUUID());
    await (await pay(opened.url)).body?.cancel();
    await test.sql`update public.checkout_sessions set price_cents = 901 where id = ${opened.checkout}`;
    const news = event(opened.id);
    assert.deepEqual(await apply(news), { verdict: "failed", effects: ["mismatch"] });
    assert.equal((await inbox(news)).verdict, "failed");
    assert.deepEqual(await topups(session.userId), []);
  });
});

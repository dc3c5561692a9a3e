/** What the provider can do to a job, from one end of the running stack to the other. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { Webhook } from "standardwebhooks";
import type { Job } from "../../domain/jobs/types.ts";
import { balanceOf, inDatabase, prompt, startJob, untilEnded, untilJob, wakeWorker } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, newCustomer } from "../support/web.ts";

/** How a job with this in its prompt ends: status, error code, attempts. */
const ENDINGS: Record<string, [status: Job["status"], code: string | null, attempts: number]> = {
  "[nsfw]": ["failed", "safety_block", 1],
  "[http:422]": ["failed", "provider_rejected_input", 1],
  "[fail]": ["failed", "provider_error", 3],
  "[aborted]": ["failed", "provider_unavailable", 3],
  "[bad-output]": ["failed", "output_unavailable", 3],
  "[http:500:9]": ["failed", "provider_unavailable", 3],
  "[flaky:1]": ["succeeded", null, 2],
  "[flaky:2]": ["succeeded", null, 3],
  // Refused for its limits: the model pauses, and the job keeps its try.
  "[http:429]": ["succeeded", null, 1],
  "[http:503:1]": ["succeeded", null, 2],
  "[orphan]": ["succeeded", null, 1],
  "[lost-webhook]": ["succeeded", null, 1],
  "[duplicate-webhook]": ["succeeded", null, 1],
};

async function attemptsOf(job: string) {
  return await inDatabase((sql) =>
    sql<{ id: string; prediction_id: string | null; error_code: string | null; cancel_sent_at: Date | null }[]>`
      select id, prediction_id, error_code, cancel_sent_at from private.job_attempts where job_id = ${job} order by number`
  );
}

async function providerStatus(prediction: string): Promise<string> {
  const { replicateApi, env } = await stack();
  const response = await fetch(`${replicateApi}/predictions/${prediction}`, {
    headers: { authorization: `Bearer ${env.functions.REPLICATE_API_TOKEN}` },
  });
  return (await response.json()).status;
}

describe("a provider that", () => {
  it("fails, throttles, refuses, loses or repeats something: each job ends as it should, and costs what it made", async () => {
    const customer = await newCustomer();
    await inDatabase((sql) =>
      sql`select private.grant_credits(${customer.id}, 10, 'grant', 'promo', ${`test:${customer.id}`}, '{}', ${customer.id})`
    );
    const before = await balanceOf(customer);
    // Never answered: given up after fifteen seconds, and queued again.
    const silent = await startJob(customer, { input: { prompt: prompt("[http:none]") } });
    const silence = untilJob(customer, silent.id, ({ retry_at }) => retry_at !== null);
    // All at once: the slowest waits twenty seconds for its second retry.
    const jobs = await Promise.all(
      Object.keys(ENDINGS).map(async (directive): Promise<[string, Job]> => {
        const { id } = await startJob(customer, { input: { prompt: prompt(directive) } });
        return [directive, await untilEnded(customer, id)];
      }),
    );
    assert.deepEqual([(await silence).attempts, (await silence).error], [1, null]);
    await ask(`/api/jobs/${silent.id}/cancel`, { method: "POST", token: customer.token });

    const endings = Object.fromEntries(
      jobs.map(([directive, { status, error, attempts }]) => [directive, [status, error?.code ?? null, attempts]]),
    );
    assert.deepEqual(endings, ENDINGS);
    for (const [directive, { status, credits, error, outputs }] of jobs) {
      const made = status === "succeeded" ? 1 : 0;
      assert.deepEqual([credits, outputs.length, error?.refunded ?? null], [made, made, made ? null : true], directive);
    }
    const spent = jobs.filter(([, { status }]) => status === "succeeded").length;
    assert.deepEqual(await balanceOf(customer), { available: before.available - spent, held: 0, debt: 0 });
  });

  it("hangs is told to stop when the customer cancels", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    await untilJob(customer, id, ({ status }) => status === "running");
    const [{ prediction_id }] = await untilPredictionIsKnown(id);
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
    for (let tries = 0; await providerStatus(prediction_id!) !== "canceled"; tries++) {
      assert.ok(tries < 200, "the prediction still runs");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it("hangs is given up at the deadline, told to stop, and tried again", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    const [first] = await untilPredictionIsKnown(id);
    await inDatabase((sql) =>
      sql`update private.job_leases set deadline_at = now(), next_check_at = now() where attempt_id = ${first.id}`
    );
    await wakeWorker();
    const waiting = await untilJob(customer, id, ({ status, attempts }) => status === "queued" || attempts === 2);
    if (waiting.status === "queued") assert.ok(Date.parse(waiting.retry_at!) > Date.parse(waiting.created_at));
    await wakeWorker();
    assert.equal(await providerStatus(first.prediction_id!), "canceled");
    assert.equal((await attemptsOf(id))[0].error_code, "timeout");
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
  });
});

async function untilPredictionIsKnown(job: string) {
  for (let tries = 0;; tries++) {
    const attempts = await attemptsOf(job);
    if (attempts[0]?.prediction_id) return attempts;
    assert.ok(tries < 200, "no prediction was started");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("the webhook of the provider", () => {
  interface Delivery {
    body?: string;
    id?: string;
    at?: Date;
    secret?: string;
    attempt?: string;
    headers?: Record<string, string>;
  }
  async function deliver(
    { body = "{}", id = `msg_${randomUUID()}`, at = new Date(), secret, attempt, headers }: Delivery,
  ) {
    const { api, replicateWebhookSecret } = await stack();
    const signature = new Webhook(secret ?? replicateWebhookSecret).sign(id, at, body);
    const response = await fetch(`${api}/functions/v1/replicate-webhook?attempt=${attempt ?? randomUUID()}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": signature,
        ...headers,
      },
      body,
    });
    return { status: response.status, text: await response.text() };
  }
  const other = `whsec_${btoa("not the secret of this provider!")}`;

  it("is refused when it is forged, changed, replayed late, unsigned or huge", async () => {
    const body = JSON.stringify({ id: "p1", status: "succeeded" });
    const old = new Date(Date.now() - 6 * 60_000);
    assert.equal((await deliver({ body, secret: other })).status, 401);
    assert.equal((await deliver({ body, at: old })).status, 401);
    assert.equal((await deliver({ body, headers: { "webhook-signature": "" } })).status, 401);
    assert.equal((await deliver({ body, headers: { "webhook-id": "msg_other" } })).status, 401);
    assert.equal((await deliver({ body: JSON.stringify({ pad: "x".repeat(1024 * 1024) }) })).status, 413);
    const { api } = await stack();
    assert.equal((await fetch(`${api}/functions/v1/replicate-webhook`)).status, 405);
  });

  it("about something unknown is taken note of and has no effect", async () => {
    const id = `msg_${randomUUID()}`;
    const { status, text } = await deliver({ id, body: JSON.stringify({ id: "p-unknown", status: "succeeded" }) });
    assert.deepEqual([status, JSON.parse(text)], [200, { verdict: "ignored" }]);
    assert.equal((await deliver({ body: JSON.stringify({ hello: "world" }) })).status, 200);
    const [event] = await inDatabase((sql) => sql`select verdict from private.webhook_events where event_id = ${id}`);
    assert.equal(event.verdict, "ignored");
  });

  it("cannot make a job succeed by saying so: the provider is asked", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    const [{ id: attempt, prediction_id }] = await untilPredictionIsKnown(id);
    const body = JSON.stringify({
      id: prediction_id,
      status: "succeeded",
      output: ["https://replicate.delivery/x.png"],
    });
    const { status, text } = await deliver({ body, attempt });
    assert.deepEqual([status, JSON.parse(text)], [200, { verdict: "ignored" }]);
    assert.equal((await untilJob(customer, id, () => true)).status, "running");
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
  });

  it("fifty times at once settles once", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[slow:1] [lost-webhook]") } });
    const [{ id: attempt, prediction_id }] = await untilPredictionIsKnown(id);
    while (await providerStatus(prediction_id!) !== "succeeded") {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const body = JSON.stringify({ id: prediction_id, status: "succeeded" });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => deliver({ body, attempt, id: `msg_${id}_${i % 5}` })),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal((await untilEnded(customer, id)).status, "succeeded");
    assert.deepEqual(await balanceOf(customer), { available: 9, held: 0, debt: 0 });
  });
});

describe("the worker function", () => {
  it("works for nobody without the secret key", async () => {
    const { api, anonKey, serviceRoleKey } = await stack();
    const call = (init: RequestInit) => fetch(`${api}/functions/v1/worker`, init).then(({ status }) => status);
    assert.equal(await call({ method: "POST" }), 401);
    for (const token of [anonKey, "", `${serviceRoleKey}x`, serviceRoleKey.slice(0, -1)]) {
      assert.equal(await call({ method: "POST", headers: { authorization: `Bearer ${token}` } }), 401);
    }
    assert.equal(await call({ headers: { authorization: `Bearer ${serviceRoleKey}` } }), 405);
    assert.equal((await wakeWorker()).status, 200);
  });
});

/** Many jobs in one request, over HTTP, against the running stack. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "node:test";
import type { Batch } from "../../domain/jobs/types.ts";
import { balanceOf, createJob, prompt, untilEnded, untilJob } from "../support/jobs.ts";
import { type Answer, ask, type Customer, newCustomer } from "../support/web.ts";

const MODEL = "seedream-4-5";

interface AskBatch {
  model?: string;
  inputs: unknown;
  expected?: number;
  key?: string;
}

function askBatch({ token }: Customer, { model = MODEL, inputs, expected, key }: AskBatch): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  return ask("/api/jobs/batch", { token, json: { model, inputs, expected_credits: expected }, headers });
}

async function readBatch({ token }: Customer, id: string): Promise<Batch> {
  const { status, text, body } = await ask(`/api/jobs/batch/${id}`, { token });
  assert.equal(status, 200, text);
  return body;
}

const prompts = (...directives: string[]) => directives.map((each) => ({ prompt: prompt(each) }));

describe("a batch", () => {
  let customer: Customer;
  before(async () => void (customer = await newCustomer()));

  it("is reserved whole, made one by one in the order asked for, and charged for what was made", async () => {
    const inputs = prompts("", "[nsfw]", "").map((input, n) => ({ ...input, num_outputs: n + 1 }));
    const { status, body, headers } = await askBatch(customer, { inputs, expected: 6 });
    assert.equal(status, 202);
    assert.deepEqual(Object.keys(body), ["id", "jobs"]);
    assert.equal(headers.get("location"), `/api/jobs/batch/${body.id}`);
    assert.equal((await balanceOf(customer)).available, 4);

    for (const id of body.jobs) await untilEnded(customer, id);
    const batch = await readBatch(customer, body.id);
    assert.deepEqual(batch.jobs.map(({ id }) => id), body.jobs);
    assert.deepEqual(batch.jobs.map(({ input }) => input.prompt), inputs.map((input) => input.prompt));
    assert.deepEqual(batch.counts, { queued: 0, running: 0, succeeded: 2, failed: 1, canceled: 0 });
    assert.deepEqual([batch.size, batch.credits_reserved, batch.credits_charged, batch.ended], [3, 6, 4, true]);
    assert.ok(batch.jobs.every(({ batch_id }) => batch_id === batch.id));
    assert.deepEqual(await balanceOf(customer), { available: 6, held: 0, debt: 0 });
  });

  it("is refused whole when one input is wrong, and each wrong field is named", async () => {
    const someone = await newCustomer();
    const { status, body } = await askBatch(someone, {
      inputs: [{ prompt: "a lamp" }, { prompt: " " }, "a lamp", { prompt: "a lamp", num_outputs: 9, seed: 1 }],
    });
    assert.deepEqual([status, body.code], [422, "validation_failed"]);
    assert.deepEqual(Object.keys(body.errors).sort(), [
      "inputs[1].prompt",
      "inputs[2]",
      "inputs[3].num_outputs",
      "inputs[3].seed",
    ]);
    assert.deepEqual(await balanceOf(someone), { available: 10, held: 0, debt: 0 });
  });

  it("takes from one to a hundred inputs of one model", async () => {
    const cases: [AskBatch, string][] = [
      [{ inputs: [] }, "inputs"],
      [{ inputs: Array(101).fill({ prompt: "a lamp" }) }, "inputs"],
      [{ inputs: "a lamp" }, "inputs"],
      [{ inputs: undefined }, "inputs"],
      [{ inputs: [{ prompt: "a lamp" }], model: "midjourney" }, "model"],
    ];
    for (const [asked, field] of cases) {
      const { status, body } = await askBatch(customer, asked);
      assert.deepEqual([status, body.code, Object.keys(body.errors ?? {})], [422, "validation_failed", [field]]);
    }
  });

  it("reserves nothing when the balance does not reach for all of it, or the price is another one", async () => {
    const someone = await newCustomer();
    const eleven = await askBatch(someone, { inputs: prompts(...Array(11).fill("")) });
    assert.deepEqual([eleven.status, eleven.body.code], [402, "insufficient_credits"]);
    const dearer = await askBatch(someone, { inputs: prompts("", ""), expected: 3 });
    assert.deepEqual([dearer.status, dearer.body.code, dearer.body.credits], [409, "conflict", 2]);
    assert.deepEqual(await balanceOf(someone), { available: 10, held: 0, debt: 0 });
    assert.equal((await ask("/api/jobs", { token: someone.token })).body.jobs.length, 0);
  });

  it("is one batch however often it is sent under one key, and another request under that key is refused", async () => {
    const someone = await newCustomer();
    const inputs = prompts("", "");
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => askBatch(someone, { inputs, key })));
    assert.deepEqual(answers.map(({ status }) => status), [202, 202, 202]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    const other = await askBatch(someone, { inputs: prompts(""), key });
    assert.deepEqual([other.status, other.body.code], [409, "idempotency_conflict"]);
    const { available, held } = await balanceOf(someone);
    assert.equal(available, 8, `and ${held} held`);
  });

  it("takes more than a single job's request may hold, and refuses what is too large", async () => {
    const someone = await newCustomer();
    const long = await askBatch(someone, { inputs: Array(10).fill({ prompt: "x".repeat(9_000) }) });
    assert.equal(long.status, 202);
    await ask(`/api/jobs/batch/${long.body.id}/cancel`, { method: "POST", token: someone.token });
    const tooLarge = await askBatch(someone, { inputs: Array(100).fill({ prompt: "ł".repeat(9_000) }) });
    assert.deepEqual([tooLarge.status, tooLarge.body.code], [413, "payload_too_large"]);
    const single = await createJob(someone, { input: { prompt: "ł".repeat(40_000) } });
    assert.deepEqual([single.status, single.body.code], [413, "payload_too_large"]);
  });

  it("is canceled as far as it lives, as often as one likes", async () => {
    const someone = await newCustomer();
    const { body } = await askBatch(someone, { inputs: prompts("", ...Array(6).fill("[slow:60]")) });
    await untilEnded(someone, body.jobs[0]);
    for (const _ of [1, 2]) {
      const answer = await ask(`/api/jobs/batch/${body.id}/cancel`, { method: "POST", token: someone.token });
      assert.equal(answer.status, 200);
      const { counts, ended, credits_charged } = answer.body as Batch;
      assert.deepEqual(counts, { queued: 0, running: 0, succeeded: 1, failed: 0, canceled: 6 });
      assert.deepEqual([ended, credits_charged], [true, 1]);
    }
    assert.deepEqual(await balanceOf(someone), { available: 9, held: 0, debt: 0 });
  });

  it("is nobody else's to read or to cancel", async () => {
    const stranger = await newCustomer();
    const { body } = await askBatch(customer, { inputs: prompts("[slow:30]") });
    for (const id of [body.id, randomUUID(), "nonsense"]) {
      for (const method of ["GET", "POST"]) {
        const path = `/api/jobs/batch/${id}${method === "POST" ? "/cancel" : ""}`;
        const answer = await ask(path, { method, token: stranger.token });
        assert.deepEqual([answer.status, answer.body.code], [404, "not_found"]);
        assert.equal((await ask(path, { method })).status, 401);
      }
    }
    const [job] = (await readBatch(customer, body.id)).jobs;
    assert.ok(["queued", "running"].includes(job.status), "it lives on");
    await ask(`/api/jobs/batch/${body.id}/cancel`, { method: "POST", token: customer.token });
  });
});

describe("a job that is to start later", () => {
  it("waits for its time, and can be canceled until then", async () => {
    const someone = await newCustomer();
    const run_at = new Date(Date.now() + 3_600_000).toISOString();
    const asked = (at: unknown) =>
      ask("/api/jobs", { token: someone.token, json: { model: MODEL, input: { prompt: prompt() }, run_at: at } });
    const { status, body } = await asked(run_at);
    assert.equal(status, 201);
    assert.deepEqual([body.status, body.run_at, body.waits], ["queued", run_at, {
      for: "time",
      until: run_at,
      ahead: null,
    }]);
    await ask(`/api/jobs/${body.id}/cancel`, { method: "POST", token: someone.token });

    const past = await asked("2020-01-01T00:00:00Z");
    await untilJob(someone, past.body.id, (job) => job.status === "succeeded");
    for (const wrong of ["tomorrow", 5, new Date(Date.now() + 31 * 86_400_000).toISOString()]) {
      const refused = await asked(wrong);
      assert.deepEqual([refused.status, Object.keys(refused.body.errors ?? {})], [422, ["run_at"]], `${wrong}`);
    }
  });
});

/** The API of jobs, over HTTP, against the running stack. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "node:test";
import type { Job, JobWithStory } from "../../domain/jobs/types.ts";
import { balanceOf, createJob, prompt, startJob, untilEnded, watch } from "../support/jobs.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

describe("the catalogue", () => {
  it("shows everybody models, prices and inputs, and nothing of the provider", async () => {
    const { status, body, headers } = await ask("/api/models");
    assert.equal(status, 200);
    assert.match(headers.get("cache-control") ?? "", /public/);
    const prices = body.models.map(({ slug, credits, runnable }: Record<string, unknown>) => [slug, credits, runnable]);
    assert.deepEqual(prices, [
      ["seedream-4-5", 1, true],
      ["seedream-4-0", 1, true],
      ["gemini", 2, true],
      ["seedance-1-5-pro", 8, true],
      ["kling", 10, true],
      ["gemini-flash", 1, true],
    ]);
    const { slug: _, name: __, kind, input_schema, ...rest } = body.models[0];
    assert.equal(kind, "image");
    assert.equal(input_schema.properties.prompt.maxLength, 10_000);
    assert.deepEqual(Object.keys(rest).sort(), ["credits", "max_outputs", "runnable"]);
  });
});

describe("a job", () => {
  let customer: Customer;
  before(async () => void (customer = await newCustomer()));

  it("is accepted, reserved, made, stored and charged", async () => {
    const asked = prompt();
    const { status, body, headers } = await createJob(customer, { input: { prompt: ` ${asked} `, num_outputs: 2 } });
    assert.equal(status, 201);
    assert.equal(headers.get("location"), `/api/jobs/${body.id}`);
    const { id, created_at, run_at, updated_at: _, started_at: __, timeline, waits, ...job } = body as JobWithStory;
    assert.deepEqual([timeline[0].event, timeline[0].actor, waits?.for ?? "line"], ["queued", "customer", "line"]);
    assert.ok(run_at <= created_at, "at once");
    assert.deepEqual(job, {
      batch_id: null,
      status: "queued",
      model: "seedream-4-5",
      kind: "image",
      input: { prompt: asked, aspect_ratio: "1:1", num_outputs: 2 },
      credits: 2,
      credits_reserved: 2,
      outputs: [],
      covered_by_plan: false,
      retry_of: null,
      retried_as: null,
      error: null,
      attempts: 0,
      max_attempts: 3,
      retry_at: null,
      finished_at: null,
    });

    const done = await untilEnded(customer, id);
    assert.deepEqual([done.status, done.credits, done.attempts, done.error], ["succeeded", 2, 1, null]);
    assert.deepEqual(done.outputs.map(({ position, url }) => [position, url]), [
      [0, `/api/jobs/${id}/outputs/0`],
      [1, `/api/jobs/${id}/outputs/1`],
    ]);
    assert.deepEqual(await balanceOf(customer), { available: 8, held: 0, debt: 0 });
    const ledger = await ask("/api/credits/ledger", { token: customer.token });
    assert.deepEqual([ledger.body.entries[0].kind, ledger.body.entries[0].amount, ledger.body.entries[0].ref], [
      "settle",
      -2,
      `job:${id}`,
    ]);
  });

  it("needs somebody who is logged in", async () => {
    const id = randomUUID();
    const requests = [
      ask("/api/jobs", { json: { model: "seedream-4-5", input: { prompt: "a lamp" } } }),
      ...["", `/${id}`, `/${id}/events`, `/${id}/outputs/0`].map((path) => ask(`/api/jobs${path}`)),
      ask(`/api/jobs/${id}/cancel`, { method: "POST" }),
    ];
    for (const { status, body } of await Promise.all(requests)) {
      assert.deepEqual([status, body.code], [401, "unauthenticated"]);
    }
  });

  it("is refused field by field when its input is wrong", async () => {
    const cases: [unknown, string[]][] = [
      [{ model: "seedream-4-5", input: { prompt: "" } }, ["prompt"]],
      [{ model: "seedream-4-5", input: { prompt: "  " } }, ["prompt"]],
      [{ model: "seedream-4-5", input: { prompt: "x".repeat(10_001) } }, ["prompt"]],
      [{ model: "seedream-4-5", input: {} }, ["prompt"]],
      [{ model: "seedream-4-5", input: { prompt: "a lamp", num_outputs: 5 } }, ["num_outputs"]],
      [{ model: "gemini", input: { prompt: "a lamp", num_outputs: 2 } }, ["num_outputs"]],
      [{ model: "seedream-4-5", input: { prompt: "a lamp", aspect_ratio: "7:1", seed: 1 } }, ["aspect_ratio", "seed"]],
      [{ model: "seedream-4-5", input: "a lamp" }, ["input"]],
      [{ model: "seedream-4-5" }, ["input"]],
      [{ model: "midjourney", input: { prompt: "a lamp" } }, ["model"]],
      [{ model: "gemini-flash", input: { prompt: "a lamp", aspect_ratio: "1:1" } }, ["aspect_ratio"]],
      [{ model: "'; drop table jobs; --", input: { prompt: "a lamp" } }, ["model"]],
      [{ input: { prompt: "a lamp" } }, ["model"]],
    ];
    for (const [json, fields] of cases) {
      const { status, body } = await ask("/api/jobs", { token: customer.token, json });
      assert.deepEqual(
        [status, body.code, Object.keys(body.errors ?? {}).sort()],
        [422, "validation_failed", fields],
        JSON.stringify(json).slice(0, 100),
      );
    }
    const longest = await startJob(customer, { input: { prompt: "🪔".repeat(10_000) } });
    assert.equal((await untilEnded(customer, longest.id)).status, "succeeded");
    assert.equal((await balanceOf(customer)).held, 0);
  });

  it("is not there for anybody else", async () => {
    const stranger = await newCustomer();
    const { id } = await startJob(customer);
    await untilEnded(customer, id);
    for (const unknown of [id, randomUUID(), "nonsense", "..%2f..%2fhealth", "%00"]) {
      const requests = ["", "/events", "/outputs/0"].map((path) =>
        ask(`/api/jobs/${unknown}${path}`, { token: stranger.token })
      );
      requests.push(ask(`/api/jobs/${unknown}/cancel`, { method: "POST", token: stranger.token }));
      for (const { status, body } of await Promise.all(requests)) {
        assert.deepEqual([status, body?.code], [404, "not_found"], unknown);
      }
    }
    const { body } = await ask("/api/jobs", { token: stranger.token });
    assert.deepEqual(body, { jobs: [], next_cursor: null, previous_cursor: null });
  });
});

describe("credits", () => {
  it("that are missing are named, and nothing happens", async () => {
    const customer = await newCustomer();
    for (let i = 0; i < 2; i++) await startJob(customer, { input: { prompt: prompt("[slow:15]"), num_outputs: 4 } });
    const { status, body } = await createJob(customer, { input: { prompt: prompt(), num_outputs: 4 } });
    assert.equal(status, 402);
    const { code, required, available, missing } = body;
    assert.deepEqual({ code, required, available, missing }, {
      code: "insufficient_credits",
      required: 4,
      available: 2,
      missing: 2,
    });
    assert.deepEqual(await balanceOf(customer), { available: 2, held: 8, debt: 0 });
  });

  it("are not reserved at another price than the one that was shown", async () => {
    const customer = await newCustomer();
    const input = { prompt: prompt(), num_outputs: 3 };
    const refused = await createJob(customer, { input, key: "shown", expected: 2 });
    assert.equal(refused.status, 409, refused.text);
    const { code, detail, credits, expected_credits } = refused.body;
    assert.deepEqual([code, credits, expected_credits], ["conflict", 3, 2]);
    assert.match(detail, /3 instead of 2/);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    const { status, body } = await createJob(customer, { input, key: "shown", expected: 3 });
    assert.deepEqual([status, body.credits], [201, 3]);
    for (const expected of [0, -1, 1.5]) {
      const { status, body } = await createJob(customer, { expected });
      assert.deepEqual([status, Object.keys(body.errors)], [422, ["expected_credits"]], String(expected));
    }
  });

  it("are never spent twice: of 50 jobs at once on 10 credits exactly 10 are accepted", async () => {
    const customer = await newCustomer();
    const answers = await Promise.all(Array.from({ length: 50 }, () => createJob(customer)));
    const accepted = answers.filter(({ status }) => status === 201);
    assert.equal(accepted.length, 10);
    assert.ok(answers.every(({ status }) => status === 201 || status === 402));
    const jobs = await Promise.all(accepted.map(({ body }) => untilEnded(customer, body.id)));
    assert.deepEqual([...new Set(jobs.map(({ status }) => status))], ["succeeded"]);
    assert.deepEqual(await balanceOf(customer), { available: 0, held: 0, debt: 0 });
  });
});

describe("an idempotency key", () => {
  it("makes 50 equal requests at once one job and one reservation", async () => {
    const customer = await newCustomer();
    const [key, input] = [randomUUID(), { prompt: prompt("[slow:5]") }];
    const answers = await Promise.all(Array.from({ length: 50 }, () => createJob(customer, { key, input })));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.deepEqual(await balanceOf(customer), { available: 9, held: 1, debt: 0 });

    const { id } = await untilEnded(customer, answers[0].body.id);
    const later = await createJob(customer, { key, input: { aspect_ratio: "1:1", ...input } });
    assert.deepEqual(
      [later.status, later.body.id, later.body.status],
      [201, id, "succeeded"],
      "also when it has ended",
    );
  });

  it("is refused for another request, and belongs to one person", async () => {
    const [customer, other] = [await newCustomer(), await newCustomer()];
    const key = randomUUID();
    const { id } = await startJob(customer, { key });
    const { status, body } = await createJob(customer, { key });
    assert.deepEqual([status, body.code], [409, "idempotency_conflict"]);
    assert.notEqual((await startJob(other, { key })).id, id);
  });

  it("may come in the body, and the header goes first", async () => {
    const customer = await newCustomer();
    const send = (idempotency_key: unknown, header?: string) =>
      ask("/api/jobs", {
        token: customer.token,
        json: { model: "seedream-4-5", input: { prompt: "a lamp" }, idempotency_key },
        headers: header === undefined ? {} : { "idempotency-key": header },
      });
    const [key, second] = [randomUUID(), randomUUID()];
    const first = await send(key);
    assert.equal((await send(key)).body.id, first.body.id);
    assert.notEqual((await send(key, second)).body.id, first.body.id);
    for (const bad of ["", "two words", "x".repeat(256), "zażółć", 7]) {
      const { status, body } = await send(bad);
      assert.deepEqual([status, Object.keys(body.errors)], [422, ["idempotency_key"]], String(bad));
    }
  });

  it("is free again when its request was refused", async () => {
    const customer = await newCustomer();
    const key = randomUUID();
    assert.equal((await createJob(customer, { key, input: { prompt: "" } })).status, 422);
    assert.equal((await createJob(customer, { key, input: { prompt: prompt() } })).status, 201);
  });
});

describe("canceling", () => {
  const cancel = (customer: Customer, id: string) =>
    ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });

  it("ends a running job at once and returns its credits", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]"), num_outputs: 3 } });
    for await (const { job } of watch(customer, id)) if (job.status === "running") break;
    const { status, body } = await cancel(customer, id);
    assert.deepEqual([status, body.status, body.credits, body.error.code, body.error.refunded], [
      200,
      "canceled",
      0,
      "canceled",
      true,
    ]);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    assert.equal((await cancel(customer, id)).body.status, "canceled", "asking twice is fine");
  });

  it("of a job that has ended changes nothing", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer);
    await untilEnded(customer, id);
    const { status, body } = await cancel(customer, id);
    assert.deepEqual([status, body.status, body.credits], [200, "succeeded", 1]);
  });

  it("at any moment of its life ends in one of two ways, and the balance agrees", async () => {
    const customer = await newCustomer();
    const jobs = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
      const { id } = await startJob(customer);
      await new Promise((resolve) => setTimeout(resolve, i * 60));
      await cancel(customer, id);
      return await untilEnded(customer, id);
    }));
    const spent = jobs.filter(({ status }) => status === "succeeded").length;
    assert.ok(jobs.every(({ status }) => status === "succeeded" || status === "canceled"));
    assert.deepEqual(await balanceOf(customer), { available: 10 - spent, held: 0, debt: 0 });
  });
});

describe("the history", () => {
  it("has every job once, newest first, forwards and backwards through its pages", async () => {
    const customer = await newCustomer();
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.unshift((await startJob(customer)).id);
    const page = async (query: string) => (await ask(`/api/jobs?${query}`, { token: customer.token })).body;
    const ids = ({ jobs }: { jobs: Job[] }) => jobs.map(({ id }) => id);

    const first = await page("limit=3");
    const second = await page(`limit=3&cursor=${first.next_cursor}`);
    const third = await page(`limit=3&cursor=${second.next_cursor}`);
    assert.deepEqual([...ids(first), ...ids(second), ...ids(third)], made);
    assert.deepEqual([first.previous_cursor, third.next_cursor], [null, null]);
    const back = await page(`limit=3&cursor=${third.previous_cursor}`);
    assert.deepEqual(ids(back), ids(second));
    const start = await page(`limit=3&cursor=${back.previous_cursor}`);
    assert.deepEqual([ids(start), start.previous_cursor], [ids(first), null]);

    await Promise.all(made.map((id) => untilEnded(customer, id)));
    assert.deepEqual(ids(await page("status=succeeded")), made);
    assert.deepEqual(ids(await page("status=live")), []);
    for (const query of ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=WzFd", "status=done"]) {
      const { status, body } = await ask(`/api/jobs?${query}`, { token: customer.token });
      assert.deepEqual([status, Object.keys(body.errors)], [422, [query.split("=")[0]]], query);
    }
  });
});

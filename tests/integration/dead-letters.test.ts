import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { balanceOf, prompt, readJob, startJob, untilEnded, untilJob } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const LETTERS = "/api/ops/dead-letters";

let sql: postgres.Sql;
let operator: Customer;
before(async () => {
  sql = postgres((await stack()).dbAdmin, { max: 2, onnotice: () => {} });
  operator = await newCustomer();
  await sql`update public.profiles set role = 'operator' where id = ${operator.id}`;
});
after(() => sql.end());

const list = async (query: Record<string, string>) => {
  const { status, body, text } = await ask(`${LETTERS}?${new URLSearchParams(query)}`, { token: operator.token });
  assert.equal(status, 200, text);
  return body as { dead_letters: Record<string, unknown>[]; next_cursor: string | null };
};
const post = (act: "requeue" | "discard", json: unknown, token: string | undefined = operator.token) =>
  ask(`${LETTERS}/${act}`, { json, token });

/** Jobs of a person that failed after every try, by the provider's fault. */
async function dead(customer: Customer, count: number, directive = "[fail]"): Promise<string[]> {
  const jobs = await Promise.all(
    Array.from({ length: count }, () => startJob(customer, { input: { prompt: prompt(directive) } })),
  );
  const ended = await Promise.all(jobs.map(({ id }) => untilEnded(customer, id)));
  assert.deepEqual(ended.map(({ status }) => status), Array(count).fill("failed"));
  return jobs.map(({ id }) => id);
}

describe("dead letters over the API", () => {
  it("are tried again by the worker, on the house, and the new job leads back to the old one", async () => {
    const customer = await newCustomer();
    // Fails three times, then works: the fourth try is the new job's first.
    const [job] = await dead(customer, 1, "[flaky:3]");
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    const { dead_letters: [letter] } = await list({ user: customer.email });
    assert.deepEqual([letter.job_id, letter.error_code, letter.attempts, letter.state, letter.email], [
      job,
      "provider_error",
      3,
      "open",
      customer.email,
    ]);

    const { status, body } = await post("requeue", { jobs: [job] });
    assert.equal(status, 200);
    const [{ outcome, new_job }] = body.jobs;
    assert.equal(outcome, "requeued");
    const made = await untilEnded(customer, new_job);
    assert.deepEqual([made.status, made.retry_of, made.input], [
      "succeeded",
      job,
      (await readJob(customer, job)).input,
    ]);
    assert.equal((await readJob(customer, job)).retried_as, new_job);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });

    const again = await post("requeue", { jobs: [job] });
    assert.deepEqual(again.body.jobs, [{ job_id: job, outcome: "already", reason: null, new_job }]);
    assert.deepEqual((await list({ user: customer.id })).dead_letters, []);
    const { dead_letters: [closed] } = await list({ user: customer.id, state: "requeued" });
    assert.deepEqual([closed.requeued_as, closed.handled_by], [new_job, operator.id]);
  });

  it("are listed in pages, discarded with a reason, and answer by name in the order they were asked for", async () => {
    const customer = await newCustomer();
    const jobs = await dead(customer, 3);
    const first = await list({ user: customer.email, error: "provider_error", model: "seedream-4-5", limit: "2" });
    const rest = await list({ user: customer.email, limit: "2", cursor: first.next_cursor! });
    const seen = [...first.dead_letters, ...rest.dead_letters].map(({ job_id }) => job_id);
    assert.deepEqual(seen.toSorted(), jobs.toSorted());
    assert.equal(rest.next_cursor, null);
    assert.deepEqual((await list({ user: customer.email, until: "2020-01-01" })).dead_letters, []);

    const nobody = randomUUID();
    const { body } = await post("discard", { jobs: [jobs[2], nobody, jobs[0]], reason: "The model is gone" });
    assert.deepEqual(body.jobs, [
      { job_id: jobs[2], outcome: "discarded", reason: null },
      { job_id: nobody, outcome: "refused", reason: "unknown" },
      { job_id: jobs[0], outcome: "discarded", reason: null },
    ]);
    assert.deepEqual((await list({ user: customer.email })).dead_letters.map(({ job_id }) => job_id), [jobs[1]]);
    const acts = await sql`select actor, detail from private.audit_log where subject = ${`job:${jobs[0]}`}`;
    assert.deepEqual(acts.map(({ actor, detail }) => [actor, detail.reason]), [[operator.id, "The model is gone"]]);
    await sql`update public.profiles set status = 'suspended' where id = ${customer.id}`;
    const refused = await post("requeue", { jobs: [jobs[1], jobs[0]] });
    assert.deepEqual(refused.body.jobs.map(({ reason }: { reason: string }) => reason), ["suspended", "discarded"]);
  });

  it("are not the only jobs that end there: one that hangs is stopped, and its credits are back", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    await untilJob(customer, id, ({ status }) => status === "running");
    const { body } = await post("discard", { jobs: [id], reason: "It hangs" });
    assert.equal(body.jobs[0].outcome, "stopped");
    const job = await readJob(customer, id);
    assert.deepEqual([job.status, job.error?.code, job.error?.refunded], ["failed", "discarded", true]);
    assert.doesNotMatch(JSON.stringify(job), /It hangs/, "the operator's reason is for the audit log");
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
  });

  it("say which part of a request makes no sense", async () => {
    for (
      const [field, value] of [
        ["state", "broken"],
        ["error", "safety_block"],
        ["model", "a model"],
        ["user", "nobody@example.test"],
        ["from", "yesterday"],
        ["until", "2026-02-30"],
        ["cursor", "nowhere"],
        ["limit", "0"],
      ]
    ) {
      const query = new URLSearchParams({ [field]: value });
      const { status, body } = await ask(`${LETTERS}?${query}`, { token: operator.token });
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]], field);
    }
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    for (
      const [act, json, fields] of [
        ["requeue", { jobs: [] }, ["jobs"]],
        ["requeue", { jobs: ids(101) }, ["jobs"]],
        ["requeue", { jobs: ["42"] }, ["jobs"]],
        ["requeue", {}, ["jobs"]],
        ["discard", { jobs: ids(1), reason: " a " }, ["reason"]],
        ["discard", { jobs: ids(1) }, ["reason"]],
      ] as const
    ) {
      const { status, body } = await post(act, json);
      assert.deepEqual([status, Object.keys(body.errors)], [422, fields], JSON.stringify(json).slice(0, 60));
    }
  });

  it("are no address at all for anybody else, whatever they send", async () => {
    const customer = await newCustomer();
    const nowhere = { ...(await ask("/api/ops/nowhere")).body, request_id: null };
    for (const token of [customer.token, undefined]) {
      for (const [method, path] of [["GET", LETTERS], ["POST", `${LETTERS}/requeue`], ["POST", `${LETTERS}/discard`]]) {
        const { status, body } = await ask(path, { method, token });
        assert.deepEqual([status, { ...body, request_id: null }], [404, nowhere], path);
      }
    }
  });
});

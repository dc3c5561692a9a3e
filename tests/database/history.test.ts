import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, brokenAccounts, entriesOf } from "../support/ledger.ts";
import { LedgerModel } from "../support/ledger-model.ts";

type Step =
  | { do: "enqueue"; user: number; outputs: number }
  | { do: "top up"; user: number; payment: number }
  | { do: "claim"; job: number }
  | { do: "complete"; job: number; attempt: number; delivered: number }
  | { do: "fail"; job: number; attempt: number; retry: boolean }
  | { do: "cancel"; job: number };

const user = fc.nat({ max: 2 });
// Numbers are taken modulo what exists, so that nearly every step meets a job and an attempt.
const job = fc.nat({ max: 9 });
const attempt = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("enqueue" as const), user, outputs: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("top up" as const), user, payment: fc.nat({ max: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("claim" as const), job }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("complete" as const),
      job,
      attempt,
      delivered: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fail" as const), job, attempt, retry: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), job }) },
);

/** What the steps led to, over all histories: a generator that stops reaching one of these proves nothing. */
const OUTCOMES = ["settled", "already", "late", "retrying", "failed", "canceled", "refused"];

/** One history, run against the database. Attempts are known by (job, number), as in the model. */
class Run {
  readonly users: string[] = [];
  readonly jobs: string[] = [];
  readonly attempts = new Map<string, string>();
  readonly model = new LedgerModel();
  /** Payments belong to one run, or histories would share them. */
  readonly #id = randomUUID();
  constructor(readonly db: TestDatabase, readonly seen: Set<string>) {}

  async open(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.users.push(await this.db.createUser());
      this.model.openAccount(10);
    }
  }

  /** The same step in both worlds; what they answer must be equal. */
  async step(step: Step): Promise<void> {
    if ("job" in step) {
      if (this.jobs.length === 0) return;
      step = { ...step, job: step.job % this.jobs.length };
    }
    if ("attempt" in step) {
      step = { ...step, attempt: 1 + step.attempt % Math.max(1, this.model.jobs[step.job].attempts) };
    }
    switch (step.do) {
      case "enqueue":
        return await this.#enqueue(step.user, step.outputs);
      case "top up":
        return await this.#topUp(step.user, step.payment);
      case "claim":
        return await this.#claim(step.job);
      case "complete":
        return await this.#complete(step.job, step.attempt, step.delivered);
      case "fail":
        return await this.#fail(step.job, step.attempt, step.retry);
      case "cancel":
        return await this.#cancel(step.job);
    }
  }

  async compare(): Promise<void> {
    for (const [index, user] of this.users.entries()) {
      const { available, held, debt, entries } = this.model.accounts[index];
      assert.deepEqual(await balanceOf(this.db, user), { available, held, debt });
      assert.deepEqual((await entriesOf(this.db, user)).map((entry) => entry.amount), entries);
    }
    const stored = await this.db.sql<{ id: string; status: string; credits_charged: number | null }[]>`
      select id, status, credits_charged from public.jobs where id = any(${this.jobs}::uuid[])`;
    for (const row of stored) {
      const expected = this.model.jobs[this.jobs.indexOf(row.id)];
      assert.deepEqual([row.status, row.credits_charged], [expected.status, expected.charged]);
    }
  }

  async #enqueue(user: number, outputs: number): Promise<void> {
    const expected = this.model.enqueue(user, outputs, 1);
    const id = await this.db.asUser(this.users[user], async (sql) => {
      const [row] = await sql<{ job_id: string }[]>`
        select job_id from enqueue_job('seedream-4-5', ${sql.json({ prompt: "x", num_outputs: outputs })})`;
      return row.job_id;
    }).catch((error) => {
      assert.equal(error.code, "KR001");
      return null;
    });
    assert.equal(id === null, expected === null);
    if (id === null) this.seen.add("refused");
    if (id) this.jobs.push(id);
  }

  async #topUp(user: number, payment: number): Promise<void> {
    // One payment belongs to one person, so the number decides whose it is.
    const whose = payment % 3 === user ? user : payment % 3;
    this.model.topUp(whose, String(payment), 5);
    await this.db.asService((sql) =>
      sql`select private.grant_credits(${
        this.users[whose]
      }, 5, 'topup', 'stripe', ${`checkout:${payment}`}, '{}', ${`${this.#id}:${payment}`})`
    );
  }

  async #claim(job: number): Promise<void> {
    if (this.model.jobs[job]?.status !== "queued") return;
    const number = this.model.claim(job);
    const id = this.jobs[job];
    await this.db.sql`update public.jobs set run_at = now() where id = ${id}`;
    await this.db.sql`update pgmq.q_jobs set vt = now() where message ->> 'job_id' = ${id}`;
    // The queue is shared by all jobs; move this one's message to its head so that the model's choice is taken.
    await this.db.sql`update pgmq.q_jobs set vt = now() + interval '1 hour' where message ->> 'job_id' <> ${id}`;
    const [claimed] = await this.db.asService((sql) =>
      sql<
        { attempt_id: string; job_id: string; number: number }[]
      >`select attempt_id, job_id, number from private.claim_jobs('test', 10)`
    );
    assert.deepEqual([claimed?.job_id, claimed?.number], [id, number]);
    this.attempts.set(`${job}/${number}`, claimed.attempt_id);
  }

  async #complete(job: number, attempt: number, delivered: number): Promise<void> {
    const token = this.attempts.get(`${job}/${attempt}`);
    if (!token) return;
    const count = Math.min(delivered, this.model.jobs[job].outputs);
    const files = Array.from({ length: count }, (_, position) => ({
      position,
      path: `${token}/${position}.png`,
      content_type: "image/png",
      bytes: 1,
      sha256: "0".repeat(64),
      width: 1,
      height: 1,
    }));
    const [{ result }] = await this.db.asService((sql) =>
      sql<{ result: string }[]>`select private.complete_job(${token}, ${sql.json(files)}, '{}') as result`
    );
    assert.equal(result, this.model.complete(job, attempt, count));
    this.seen.add(result);
  }

  async #fail(job: number, attempt: number, retry: boolean): Promise<void> {
    const token = this.attempts.get(`${job}/${attempt}`);
    if (!token) return;
    const [{ result }] = await this.db.asService((sql) =>
      sql<{ result: string }[]>`select private.fail_attempt(${token}, 'provider_error', 'x', ${retry}) as result`
    );
    assert.equal(result, this.model.fail(job, attempt, retry));
    this.seen.add(result);
  }

  async #cancel(job: number): Promise<void> {
    const [{ status }] = await this.db.asUser(
      this.users[this.model.jobs[job].user],
      (sql) => sql<{ status: string }[]>`select cancel_job(${this.jobs[job]}) as status`,
    );
    assert.equal(status, this.model.cancel(job));
    this.seen.add(status);
  }
}

describe("any history of jobs and payments", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("ends as the model says, step by step, and leaves every account in balance", async () => {
    const seen = new Set<string>();
    // On failure fast-check prints the seed and the shortest history; KREDO_SEED replays it.
    const seed = process.env.KREDO_SEED ? Number(process.env.KREDO_SEED) : undefined;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const run = new Run(db, seen);
        await run.open();
        for (const step of steps) {
          await run.step(step);
          await run.compare();
        }
      }),
      { numRuns: 60, ...(seed !== undefined && { seed }) },
    );
    assert.deepEqual(await brokenAccounts(db), []);
    assert.deepEqual(OUTCOMES.filter((outcome) => !seen.has(outcome)), []);
  });
});

/** What people read of their jobs beyond the rows, and that the reasons for failing are one list. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FAILURES } from "../../domain/jobs/failures.ts";
import type { JobWithStory } from "../../domain/jobs/types.ts";
import { watchJobs } from "../../domain/jobs/watch-jobs.ts";
import { openDatabase } from "../../platform/database.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

type Story = Pick<JobWithStory, "timeline" | "waits">;

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

describe("reading jobs", () => {
  const storyOf = async (user: string, job: string): Promise<Story> => {
    const [{ story }] = await db.asUser(user, (sql) => sql<{ story: Story }[]>`select job_story(${job}) as story`);
    return story;
  };
  /** A batch of that many, in their order. */
  const askFor = async (user: string, count: number): Promise<string[]> => {
    const inputs = Array.from({ length: count }, (_, n) => ({ prompt: `lamp ${n}`, num_outputs: 1 }));
    const [{ batch_id }] = await db.asUser(
      user,
      (sql) => sql<{ batch_id: string }[]>`select batch_id from enqueue_batch('seedream-4-5', ${sql.json(inputs)})`,
    );
    const rows = await db.sql<{ id: string }[]>`
      select id from public.jobs where batch_id = ${batch_id} order by input ->> 'prompt'`;
    return rows.map(({ id }) => id);
  };
  const askAlone = async (user: string, at: Date | null = null): Promise<string> => {
    const input = { prompt: "a lamp", num_outputs: 1 };
    const [{ job_id }] = await db.asUser(user, (sql) =>
      sql<{ job_id: string }[]>`
        select job_id from enqueue_job('seedream-4-5', ${sql.json(input)}, null, null, null, ${at})`);
    return job_id;
  };
  const claim = (limit: number) =>
    db.asService((sql) =>
      sql<{ job_id: string; attempt_id: string }[]>`select job_id, attempt_id from private.claim_jobs('w', ${limit})`
    );

  it("says of each job that waits for its turn how many of the same person's jobs go first", async () => {
    const [someone, other] = [await db.createUser(), await db.createUser()];
    await askFor(other, 3);
    const jobs = await askFor(someone, 8);
    const waits = async () => await Promise.all(jobs.map(async (job) => (await storyOf(someone, job)).waits));
    const line = { for: "line", until: null, ahead: null };
    const turn = (ahead: number) => ({ for: "turn", until: null, ahead });
    assert.deepEqual(await waits(), [line, line, line, line, turn(4), turn(5), turn(6), turn(7)]);
    // What is asked for alone has a head start over a batch.
    const alone = await askAlone(someone);
    assert.deepEqual((await storyOf(someone, alone)).waits, turn(4));
    assert.deepEqual((await waits()).slice(4), [5, 6, 7, 8].map(turn));

    await claim(100);
    assert.deepEqual((await waits()).slice(0, 4), [null, null, null, null], "what runs waits for nothing");
    assert.deepEqual((await storyOf(someone, alone)).waits, line);
  });

  it("lets nobody hear text after text for nothing by cancelling each before its end", async () => {
    const user = await db.createUser();
    const listen = async () => {
      const [{ job_id }] = await db.asUser(
        user,
        (sql) => sql<{ job_id: string }[]>`select job_id from enqueue_job('gemini-flash', '{"prompt": "a lamp"}')`,
      );
      const { attempt_id } = (await claim(100)).find((claimed) => claimed.job_id === job_id)!;
      await db.asService((sql) =>
        sql`select private.record_prediction(${attempt_id}, ${attempt_id}, 'processing', 'https://stream.replicate.com/t')`
      );
      const [{ url }] = await db.asWeb((sql) =>
        sql<{ url: string | null }[]>`select url from private.read_stream_url(${user}, ${job_id})`
      );
      await db.asUser(user, (sql) => sql`select cancel_job(${job_id})`);
      return url !== null;
    };
    const heard = [await listen(), await listen(), await listen(), await listen()];
    assert.deepEqual(heard, [true, true, true, false]);
    await db.sql`alter table public.jobs disable trigger jobs_guard_status`;
    await db.sql`update public.jobs set created_at = created_at - interval '2 hours' where user_id = ${user}`;
    await db.sql`alter table public.jobs enable trigger jobs_guard_status`;
    assert.equal(await listen(), true, "after an hour they may again");
  });

  it("tells all there is to whoever asks for what changed since before any calendar", async () => {
    const user = await db.createUser();
    const job = await askAlone(user);
    const web = openDatabase(connectionUrl("kredo_web", Number(new URL(db.url).port), db.name), { max: 1 });
    const live = { connected: true, subscribe: () => () => {}, close: () => Promise.resolve() };
    const session = { userId: user, email: "", accessToken: "", claims: { sub: user } };
    try {
      for (const since of [new Date(-8.64e15), new Date("-000100-01-01"), new Date("0000-01-01")]) {
        const signal = AbortSignal.timeout(10_000);
        const { value } = await watchJobs({ db: web, live }, session, { since, signal }).next();
        assert.equal(value !== "resync" && value?.id, job, String(since.getTime()));
      }
    } finally {
      await web.end();
    }
  });

  it("says until when a job waits for its time", async () => {
    const someone = await db.createUser();
    const at = new Date(Date.now() + 3_600_000);
    const { waits } = await storyOf(someone, await askAlone(someone, at));
    assert.deepEqual([waits?.for, Date.parse(waits!.until!), waits?.ahead], ["time", at.getTime(), null]);
  });

  it("tells the owner the story, without what is for operators, and nobody else anything", async () => {
    const [someone, stranger] = [await db.createUser(), await db.createUser()];
    const job = await askAlone(someone);
    const attempt = (await claim(100)).find(({ job_id }) => job_id === job)!.attempt_id;
    await db.asService((sql) => sql`select private.record_prediction(${attempt}, 'secret-prediction', 'starting')`);
    await db.asService((sql) => sql`select private.fail_attempt(${attempt}, 'timeout', 'secret words', true)`);

    const { timeline } = await storyOf(someone, job);
    assert.deepEqual(timeline.map(({ event }) => event), ["queued", "started", "accepted", "retrying"]);
    assert.ok(timeline[3].retry_at !== null && timeline[3].reason === "timeout");
    assert.doesNotMatch(JSON.stringify(timeline), /secret|worker": "w/);
    assert.deepEqual(await storyOf(stranger, job), { timeline: [], waits: null });

    const rows = (user: string) => db.asUser(user, (sql) => sql`select event from job_events where job_id = ${job}`);
    assert.equal((await rows(someone)).length, 4);
    assert.equal((await rows(stranger)).length, 0);
    await assert.rejects(db.asUser(someone, (sql) => sql`select detail from job_events`), /permission denied/);
  });
});

describe("the reasons why jobs fail", () => {
  it("are the same in the database and in the code: whose fault, whether to try again, whether to look at it", async () => {
    const rows = await db.sql<{ code: string; fault: string; retry: boolean; dead_letter: boolean }[]>`
      select code, fault, retry, dead_letter from private.failure_reasons`;
    assert.deepEqual(
      Object.fromEntries(rows.map(({ code, fault, retry, dead_letter }) => [code, [fault, retry, dead_letter]])),
      Object.fromEntries(
        Object.entries(FAILURES).map(([code, { fault, retry, deadLetter }]) => [code, [fault, retry, deadLetter]]),
      ),
    );
  });
});

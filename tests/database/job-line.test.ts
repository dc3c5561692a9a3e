/** Who is next: fairness between people, what a plan runs at once, priorities, times, and the provider's limits. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { enqueueJob } from "../../domain/jobs/enqueue-job.ts";
import { openDatabase } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, brokenAccounts, refusal } from "../support/ledger.ts";

describe("the line", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());
  afterEach(async () => {
    await db.sql`update private.settings set value = '600' where key = 'provider_creates_per_minute'`;
    await db.sql`delete from private.provider_limits`;
    // Each story begins with an empty line.
    const live = await db.sql<{ id: string; user_id: string }[]>`
      select id, user_id from public.jobs where status in ('queued', 'running')`;
    for (const { id, user_id } of live) await db.asUser(user_id, (sql) => sql`select public.cancel_job(${id})`);
  });

  async function person(credits = 1_000): Promise<string> {
    const user = await db.createUser();
    await db.asService((sql) =>
      sql`select private.grant_credits(${user}, ${credits}, 'topup', 'stripe', 'checkout:l', '{}', ${`line:${user}`})`
    );
    return user;
  }
  const set = (key: string, value: number) =>
    db.sql`update private.settings set value = ${value}::text::jsonb where key = ${key}`;
  const enqueue = async (user: string, model = "seedream-4-5", runAt: Date | null = null) => {
    const [{ job_id }] = await db.asUser(user, (sql) =>
      sql<{ job_id: string }[]>`
        select job_id from public.enqueue_job(${model}, '{"prompt": "a lighthouse"}', p_run_at => ${runAt})`);
    return job_id;
  };
  const batch = async (user: string, size: number, key: string | null = null) => {
    const inputs = Array.from({ length: size }, (_, n) => ({ prompt: `a lighthouse, ${n}` }));
    const [row] = await db.asUser(user, (sql) =>
      sql<{ batch_id: string; replayed: boolean }[]>`
        select * from public.enqueue_batch('seedream-4-5', ${sql.json(inputs)}, ${key}, ${key})`);
    return row;
  };
  interface Claim {
    attempt_id: string;
    job_id: string;
    user_id: string;
    number: number;
  }
  const claim = (limit: number) =>
    db.asService((sql) =>
      sql<Claim[]>`select attempt_id, job_id, user_id, number from private.claim_jobs('test', ${limit})`
    );
  const end = (attempt: string) =>
    db.asService((sql) =>
      sql`select private.complete_job(${attempt}, ${
        sql.json([{
          position: 0,
          path: `u/j/${attempt}/0.png`,
          content_type: "image/png",
          bytes: 3,
          sha256: "0".repeat(64),
          width: 2,
          height: 2,
        }])
      }, '{}')`
    );
  const waiting = async (user: string) => {
    const rows = await db.sql<{ state: string; n: number }[]>`
      select coalesce(waits_for, 'line') as state, count(*)::int as n from private.job_line where user_id = ${user} group by 1`;
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  };
  const unlimited = async () => {
    await set("provider_creates_per_minute", 0);
    await db.sql`select private.set_entitlement('free', 'rate', 100000)`;
  };

  it("lets somebody with one job pass somebody with a hundred and sixty", async () => {
    await unlimited();
    const [busy, other] = [await person(), await person()];
    for (let n = 0; n < 160; n++) await enqueue(busy);
    assert.deepEqual(await waiting(busy), { line: 4, turn: 156 });
    const job = await enqueue(other);
    const next = await claim(5);
    assert.ok(next.some(({ job_id }) => job_id === job), "within the next five");
    assert.deepEqual((await waiting(busy)).line, 4, "whoever was taken makes place for the next of the same person");
  });

  it("runs no more of a person at once than the plan says, and goes on when one ends", async () => {
    await unlimited();
    await db.sql`select private.set_entitlement('free', 'concurrency', 3)`;
    try {
      const user = await person();
      for (let n = 0; n < 6; n++) await enqueue(user);
      const running = await claim(100);
      assert.equal(running.length, 3);
      assert.deepEqual(await waiting(user), { turn: 3 });
      await end(running[0].attempt_id);
      assert.deepEqual(await waiting(user), { line: 1, turn: 2 });
      assert.equal((await claim(100)).length, 1);
      await db.asUser(user, (sql) => sql`select public.cancel_job(${running[1].job_id})`);
      assert.equal((await claim(100)).length, 1);
    } finally {
      await db.sql`select private.set_entitlement('free', 'concurrency', 25)`;
    }
  });

  it("never runs more than the plan says, however many are asked for, taken and ended at once", async () => {
    await unlimited();
    await db.sql`select private.set_entitlement('free', 'concurrency', 5)`;
    try {
      const people = await Promise.all(Array.from({ length: 4 }, () => person()));
      let most = 0;
      const watch = async () => {
        const [row] = await db.sql`
          select coalesce(max(n), 0)::int as most from (select count(*) as n from private.job_leases group by user_id) x`;
        most = Math.max(most, row.most);
      };
      await Promise.all(people.flatMap((user) => Array.from({ length: 25 }, () => enqueue(user))));
      for (let ended = 0; ended < 100;) {
        const claims = (await Promise.all([claim(7), claim(7), claim(7)])).flat();
        await watch();
        await Promise.all([...claims.map(({ attempt_id }) => end(attempt_id)), enqueue(people[0]).catch(() => {})]);
        ended += claims.length;
        assert.ok(claims.length > 0, "the line goes on");
      }
      assert.equal(most, 5);
    } finally {
      await db.sql`select private.set_entitlement('free', 'concurrency', 25)`;
    }
    assert.deepEqual(await brokenAccounts(db), []);
  });

  it("does not hand out a job before its time", async () => {
    await unlimited();
    const user = await person();
    const later = await enqueue(user, "seedream-4-5", new Date(Date.now() + 3_600_000));
    const now = await enqueue(user);
    assert.deepEqual((await claim(10)).map(({ job_id }) => job_id), [now]);
    await db.sql`update private.job_line set run_at = now() where job_id = ${later}`;
    assert.deepEqual((await claim(10)).map(({ job_id }) => job_id), [later]);
  });

  it("refuses a time that is further away than a month", async () => {
    const user = await person();
    assert.equal(await refusal(enqueue(user, "seedream-4-5", new Date(Date.now() + 31 * 86_400_000))), "KR004");
  });

  it("lets what somebody waits for pass what comes in a batch, but not for ever", async () => {
    await unlimited();
    const [many, one] = [await person(), await person()];
    const { batch_id } = await batch(many, 3);
    const job = await enqueue(one);
    assert.equal((await claim(1))[0].job_id, job);
    // Three hundred places later the batch is before whoever comes.
    await db.sql`select setval('private.line_places', last_value + 300) from private.line_places`;
    await enqueue(one);
    const rest = await claim(3);
    const [{ n }] = await db.sql`
      select count(*)::int as n from public.jobs where batch_id = ${batch_id} and id = any(${
      rest.map((it) => it.job_id)
    })`;
    assert.equal(n, 3);
  });

  it("takes a batch in the order of its inputs", async () => {
    await unlimited();
    const user = await person();
    const { batch_id } = await batch(user, 12);
    const listed = await db.sql<{ prompt: string }[]>`
      select input ->> 'prompt' as prompt from public.jobs where batch_id = ${batch_id} order by created_at, id`;
    assert.deepEqual(listed.map(({ prompt }) => prompt), Array.from({ length: 12 }, (_, n) => `a lighthouse, ${n}`));
    const prompts: string[] = [];
    for (let n = 0; n < 12; n++) {
      const [{ attempt_id, job_id }] = await claim(1);
      const [row] = await db.sql`select input ->> 'prompt' as prompt, batch_id from public.jobs where id = ${job_id}`;
      assert.equal(row.batch_id, batch_id);
      prompts.push(row.prompt);
      await end(attempt_id);
    }
    assert.deepEqual(prompts, Array.from({ length: 12 }, (_, n) => `a lighthouse, ${n}`));
  });

  it("reserves all of a batch or nothing", async () => {
    await unlimited();
    const user = await db.createUser();
    assert.equal(await refusal(batch(user, 11)), "KR001");
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
    assert.deepEqual(await waiting(user), {});
    await batch(user, 10);
    assert.deepEqual(await balanceOf(db, user), { available: 0, held: 10, debt: 0 });
    for (const size of [0, 101]) assert.equal(await refusal(batch(user, size)), "KR004");
  });

  it("gives fifty parallel requests for a batch with one key one batch", async () => {
    await unlimited();
    const user = await person();
    const results = await Promise.all(Array.from({ length: 50 }, () => batch(user, 3, "same")));
    assert.equal(new Set(results.map(({ batch_id }) => batch_id)).size, 1);
    assert.equal(results.filter(({ replayed }) => !replayed).length, 1);
    assert.equal((await balanceOf(db, user)).held, 3);
  });

  it("counts every job of a batch against what a plan allows a minute, all or none", async () => {
    await db.sql`select private.set_entitlement('free', 'rate', 5)`;
    try {
      const user = await person();
      assert.equal(await refusal(batch(user, 6)), "KR004", "waiting would not help");
      await batch(user, 3);
      assert.equal(await refusal(batch(user, 3)), "KR007");
      await batch(user, 2);
      assert.equal(await refusal(enqueue(user)), "KR007");
    } finally {
      await db.sql`select private.set_entitlement('free', 'rate', 100000)`;
    }
  });

  it("begins no more in a minute than the provider takes, by however many workers", async () => {
    await db.sql`update private.job_attempts set started_at = started_at - interval '2 minutes'`;
    await set("provider_creates_per_minute", 10);
    const user = await person();
    const people = [user, await person(), await person(), await person()];
    for (const each of people) for (let n = 0; n < 4; n++) await enqueue(each);
    const claims = (await Promise.all(Array.from({ length: 8 }, () => claim(4)))).flat();
    assert.equal(claims.length, 10);
    assert.equal((await claim(4)).length, 0);
    await db.sql`update private.job_attempts set started_at = started_at - interval '1 minute'`;
    assert.equal((await claim(100)).length, 6);
  });

  it("keeps a model's own limit and lets other models pass", async () => {
    await db.sql`update private.job_attempts set started_at = started_at - interval '2 minutes'`;
    await unlimited();
    await db.sql`insert into private.provider_limits (model, creates_per_minute) values ('seedream-4-5', 2)`;
    const [a, b] = [await person(), await person()];
    for (let n = 0; n < 4; n++) await enqueue(a);
    for (let n = 0; n < 2; n++) await enqueue(b, "gemini");
    const taken = [...await claim(2), ...await claim(10), ...await claim(10)];
    assert.equal(taken.filter(({ user_id }) => user_id === a).length, 2);
    assert.equal(taken.filter(({ user_id }) => user_id === b).length, 2);
  });

  it("pauses a model that the provider limits, and gives the job its try back", async () => {
    await unlimited();
    const [a, b] = [await person(), await person()];
    const job = await enqueue(a);
    await enqueue(b, "gemini");
    const taken = (await claim(1))[0];
    assert.equal(taken.job_id, job);
    const [{ outcome }] = await db.asService((sql) =>
      sql<{ outcome: string }[]>`select private.hand_back(${taken.attempt_id}, 30) as outcome`
    );
    assert.equal(outcome, "retrying");
    await enqueue(a);
    assert.deepEqual((await claim(10)).map(({ user_id }) => user_id), [b], "another model goes on");
    await db.sql`update private.provider_limits set paused_until = now() - interval '1 second'`;
    await db.sql`update private.job_line set run_at = now() where job_id = ${job}`;
    const again = (await claim(10)).find(({ job_id }) => job_id === job);
    assert.equal(again?.number, 1, "its first try still");
    assert.equal((await balanceOf(db, a)).held, 2);
  });

  it("fails a job that the provider's limits have kept waiting for too long", async () => {
    await unlimited();
    const user = await person();
    const job = await enqueue(user);
    const [{ attempt_id }] = await claim(1);
    await db.sql`alter table public.jobs disable trigger jobs_guard_status`;
    await db.sql`update public.jobs set started_at = now() - interval '2 hours' where id = ${job}`;
    await db.sql`alter table public.jobs enable trigger jobs_guard_status`;
    await db.asService((sql) => sql`select private.hand_back(${attempt_id}, 30)`);
    const [row] = await db.sql`select status, error_code from public.jobs where id = ${job}`;
    assert.deepEqual([row.status, row.error_code], ["failed", "provider_limited"]);
    assert.equal((await balanceOf(db, user)).held, 0);
  });

  it("is patient with a job that waited for its time or its turn before the provider's limits kept it", async () => {
    await unlimited();
    const user = await person();
    const job = await enqueue(user);
    await db.sql`update public.jobs set created_at = now() - interval '2 days' where id = ${job}`;
    const [{ attempt_id }] = await claim(1);
    const [{ outcome }] = await db.asService((sql) => sql`select private.hand_back(${attempt_id}, 30) as outcome`);
    assert.equal(outcome, "retrying");
  });

  it("has nobody seem to wait since a time that was past when they asked, or while their own jobs went first", async () => {
    await unlimited();
    const user = await person();
    const oldest = async () => {
      const [{ seconds }] = await db.asWeb((sql) =>
        sql<{ seconds: number }[]>`select (private.readiness() ->> 'oldest_queued_seconds')::int as seconds`
      );
      return seconds;
    };
    await enqueue(user, "seedream-4-5", new Date("1900-01-01"));
    await db.asUser(user, (sql) =>
      sql`
      select public.enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}', p_run_at => '-infinity')`);
    assert.ok(await oldest() < 60, "a long past time");
    for (let n = 0; n < 6; n++) await enqueue(user);
    await db.sql`update private.job_line set run_at = now() - interval '2 hours' where waits_for = 'turn'`;
    await claim(4);
    assert.ok(await oldest() < 60, "a turn");
  });

  it("takes the first moment of the calendar for now", async () => {
    const user = await person();
    const web = openDatabase(connectionUrl("kredo_web", Number(new URL(db.url).port), db.name), { max: 1 });
    try {
      const session: Session = { userId: user, email: "", accessToken: "", claims: { sub: user } };
      const runAt = new Date("0000-01-01T00:00:00Z");
      const asked = { model: "seedream-4-5", input: { prompt: "a lighthouse" }, runAt };
      const { job } = await enqueueJob({ db: web }, session, asked);
      assert.ok(
        Date.parse(job.created_at) - Date.parse(job.run_at) < 3_600_000,
        `${job.run_at}, asked for at ${job.created_at}`,
      );
    } finally {
      await web.end();
    }
  });

  it("finds the next job at once however many were claimed while a snapshot was held open", async () => {
    await unlimited();
    const snapshot = await db.sql.reserve();
    await snapshot`begin isolation level repeatable read`;
    await snapshot`select 1`;
    try {
      const people = await Promise.all(Array.from({ length: 10 }, () => person()));
      for (const user of people) for (let n = 0; n < 30; n++) await enqueue(user);
      for (let left = 300; left > 0;) {
        const claims = await claim(20);
        left -= claims.length;
        await Promise.all(claims.map(({ attempt_id }) => end(attempt_id)));
      }
      await db.sql`select private.move_line_head()`;
      await enqueue(people[0]);
      const plan = await db.sql`
        explain (analyze, buffers, format json)
        select job_id from private.job_line where place >= (select last_value from private.line_head) order by place limit 1`;
      const blocks = plan[0]["QUERY PLAN"][0].Plan["Shared Hit Blocks"];
      assert.ok(blocks < 120, `${blocks} blocks were read to find the first of one job`);
    } finally {
      await snapshot`rollback`;
      snapshot.release();
    }
  });

  it("keeps jobs of somebody who is suspended waiting until they may spend again", async () => {
    await unlimited();
    const user = await person();
    const jobs = [await enqueue(user), await enqueue(user, "gemini")];
    const status = (to: string) => db.sql`update public.profiles set status = ${to} where id = ${user}`;
    await status("suspended");
    await db.asService((sql) => sql`select private.sweep_jobs()`);
    assert.equal((await claim(10)).length, 0);
    assert.deepEqual(await waiting(user), { turn: 2 });
    assert.equal((await balanceOf(db, user)).held, 3);
    await status("active");
    await db.asService((sql) => sql`select private.sweep_jobs()`);
    assert.deepEqual((await claim(10)).map(({ job_id }) => job_id), jobs);
  });

  it("tells the story of a job in order, and nobody rewrites it", async () => {
    await unlimited();
    const user = await person();
    const job = await enqueue(user);
    const [{ attempt_id }] = await claim(1);
    await db.asService((sql) => sql`select private.record_prediction(${attempt_id}, ${`p-${job}`}, 'starting')`);
    await db.asService((sql) => sql`select private.fail_attempt(${attempt_id}, 'provider_error', 'it broke', true)`);
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    const story = await db.asUser(
      user,
      (sql) =>
        sql<{ event: string; actor: string; attempt: number | null; reason: string | null }[]>`
        select event, actor, attempt, reason from public.job_events where job_id = ${job} order by id`,
    );
    assert.deepEqual(story.map((line) => Object.values(line)), [
      ["queued", "customer", null, null],
      ["started", "worker", 1, null],
      ["accepted", "provider", 1, null],
      ["retrying", "system", 1, "provider_error"],
      ["canceled", "customer", 1, null],
    ]);
    assert.equal(await refusal(db.sql`update public.job_events set event = 'late' where job_id = ${job}`), "KR008");
    const stranger = await db.createUser();
    const seen = await db.asUser(stranger, (sql) => sql`select id from public.job_events where job_id = ${job}`);
    assert.equal(seen.length, 0);
    assert.equal(await refusal(db.asUser(user, (sql) => sql`select detail from public.job_events`)), "42501");
  });

  it("makes a dead letter of what ends by the provider's fault or ours, and of nothing else", async () => {
    await unlimited();
    const user = await person();
    const dead = async (code: string) => {
      const job = await enqueue(user);
      const [{ attempt_id }] = await claim(1);
      await db.asService((sql) => sql`select private.fail_attempt(${attempt_id}, ${code}, 'why', false)`);
      return await db
        .sql`select error_code, error_message, attempts, state from private.dead_letters where job_id = ${job}`;
    };
    assert.deepEqual((await dead("provider_error")).map((row) => ({ ...row })), [
      { error_code: "provider_error", error_message: "why", attempts: 1, state: "open" },
    ]);
    assert.equal((await dead("internal")).length, 1);
    assert.equal((await dead("safety_block")).length, 0);
    assert.equal((await dead("provider_rejected_input")).length, 0);
  });

  it("writes down once what an attempt brought after it was given up, with what it cost us", async () => {
    await unlimited();
    const user = await person();
    const job = await enqueue(user);
    const [{ attempt_id }] = await claim(1);
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    const note = () =>
      db.asService((sql) =>
        sql`select private.note_late(${attempt_id}, 'succeeded', 1, '{"predict_seconds": 2}') as noted`
      );
    assert.equal((await note())[0].noted, true);
    assert.equal((await note())[0].noted, false);
    const [attempt] = await db
      .sql`select late_result, cost_micros::int from private.job_attempts where id = ${attempt_id}`;
    assert.deepEqual({ ...attempt }, { late_result: "succeeded", cost_micros: 40_000 });
    assert.deepEqual(await balanceOf(db, user), { available: 1_010, held: 0, debt: 0 });
  });
});

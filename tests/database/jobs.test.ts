import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, brokenAccounts, entriesOf, refusal } from "../support/ledger.ts";

interface Claim {
  attempt_id: string;
  job_id: string;
  number: number;
}

describe("the job engine", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const enqueue = async (user: string, outputs = 1, key: string | null = null, hash: string | null = null) => {
    const [row] = await db.asUser(user, (sql) =>
      sql<{ job_id: string; replayed: boolean }[]>`
        select * from enqueue_job('seedream-4-5', ${
        sql.json({ prompt: "a lighthouse", num_outputs: outputs })
      }, ${key}, ${hash})`);
    return row;
  };
  const claim = (limit = 100) =>
    db.asService((sql) => sql<Claim[]>`select attempt_id, job_id, number from private.claim_jobs('test', ${limit})`);
  const claimJob = async (job: string): Promise<Claim> => {
    const found = (await claim()).find((it) => it.job_id === job);
    assert.ok(found, "the job could be claimed");
    return found;
  };
  const complete = async (attempt: string, outputs = 1) => {
    const files = Array.from({ length: outputs }, (_, position) => ({
      position,
      path: `u/j/${attempt}/${position}.png`,
      content_type: "image/png",
      bytes: 3,
      sha256: "0".repeat(64),
      width: 2,
      height: 2,
    }));
    const [row] = await db.asService((sql) =>
      sql<{ result: string }[]>`select private.complete_job(${attempt}, ${sql.json(files)}, '{}') as result`
    );
    return row.result;
  };
  const fail = async (attempt: string, retry: boolean, code = "provider_error") => {
    const [row] = await db.asService((sql) =>
      sql<{ result: string }[]>`select private.fail_attempt(${attempt}, ${code}, 'it broke', ${retry}) as result`
    );
    return row.result;
  };
  const record = async (attempt: string, prediction: string) => {
    const [row] = await db.asService((sql) =>
      sql<{ ours: boolean }[]>`select private.record_prediction(${attempt}, ${prediction}, 'starting') as ours`
    );
    return row.ours;
  };
  const cancel = async (user: string, job: string) => {
    const [row] = await db.asUser(user, (sql) => sql<{ status: string }[]>`select cancel_job(${job}) as status`);
    return row.status;
  };
  const jobOf = async (job: string) => {
    const [row] = await db.sql`select * from public.jobs where id = ${job}`;
    return row;
  };
  const skipBackoff = (job: string) => db.sql`update private.job_line set run_at = now() where job_id = ${job}`;

  it("reserves the price with the job and charges it when the picture is stored", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user, 3);
    assert.deepEqual(await balanceOf(db, user), { available: 7, held: 3, debt: 0 });
    const { attempt_id } = await claimJob(job_id);
    assert.equal((await jobOf(job_id)).status, "running");
    assert.equal(await complete(attempt_id, 3), "settled");
    assert.deepEqual(await balanceOf(db, user), { available: 7, held: 0, debt: 0 });
    const last = (await entriesOf(db, user)).at(-1);
    assert.deepEqual([last?.kind, last?.amount, last?.ref], ["settle", -3, `job:${job_id}`]);
  });

  it("charges for the pictures that came, not for those that were asked for", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user, 4);
    assert.equal(await complete((await claimJob(job_id)).attempt_id, 1), "settled");
    assert.deepEqual(await balanceOf(db, user), { available: 9, held: 0, debt: 0 });
    assert.equal((await jobOf(job_id)).credits_charged, 1);
  });

  it("answers a repeated completion without charging again", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    const results = await Promise.all(Array.from({ length: 20 }, () => complete(attempt_id)));
    assert.equal(results.filter((result) => result === "settled").length, 1);
    assert.equal(results.filter((result) => result === "already").length, 19);
    assert.equal((await balanceOf(db, user)).available, 9);
  });

  it("accepts exactly ten of fifty parallel jobs on ten credits", async () => {
    const user = await db.createUser();
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => enqueue(user)));
    const refused = results.filter((result) => result.status === "rejected");
    assert.equal(refused.length, 40);
    assert.ok(refused.every((result) => result.reason.code === "KR001"));
    assert.deepEqual(await balanceOf(db, user), { available: 0, held: 10, debt: 0 });
    assert.deepEqual(await brokenAccounts(db), []);
  });

  it("gives fifty parallel requests with one key one job and one reservation", async () => {
    const user = await db.createUser();
    const results = await Promise.all(Array.from({ length: 50 }, () => enqueue(user, 2, "same", "hash")));
    assert.equal(new Set(results.map((result) => result.job_id)).size, 1);
    assert.equal(results.filter((result) => !result.replayed).length, 1);
    assert.deepEqual(await balanceOf(db, user), { available: 8, held: 2, debt: 0 });
    assert.equal(await refusal(enqueue(user, 2, "same", "another hash")), "KR002");
  });

  it("keeps the keys of two people apart", async () => {
    const [one, two] = [await db.createUser(), await db.createUser()];
    const jobs = [await enqueue(one, 1, "shared", "h"), await enqueue(two, 1, "shared", "h")];
    assert.notEqual(jobs[0].job_id, jobs[1].job_id);
    assert.ok(jobs.every((job) => !job.replayed));
  });

  it("does not use up a key when the job was refused", async () => {
    const user = await db.createUser();
    await enqueue(user, 4), await enqueue(user, 4);
    assert.equal(await refusal(enqueue(user, 4, "later", "h")), "KR001");
    await db.asService((sql) =>
      sql`select private.grant_credits(${user}, 5, 'topup', 'stripe', 'checkout:k', '{}', ${`k:${user}`})`
    );
    assert.equal((await enqueue(user, 4, "later", "h")).replayed, false);
  });

  it("hands one job to one of many workers", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const claims = (await Promise.all(Array.from({ length: 10 }, () => claim()))).flat();
    assert.equal(claims.filter((it) => it.job_id === job_id).length, 1);
  });

  it("tries three times, then fails and gives everything back", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user, 2);
    for (const expected of ["retrying", "retrying", "failed"]) {
      await skipBackoff(job_id);
      assert.equal(await fail((await claimJob(job_id)).attempt_id, true), expected);
      assert.equal((await balanceOf(db, user)).held, expected === "failed" ? 0 : 2);
    }
    const job = await jobOf(job_id);
    assert.deepEqual([job.status, job.attempts, job.credits_charged, job.error_code], [
      "failed",
      3,
      0,
      "provider_error",
    ]);
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
  });

  it("does not hand out a retry before its time", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    assert.equal(await fail((await claimJob(job_id)).attempt_id, true), "retrying");
    assert.ok((await jobOf(job_id)).run_at > new Date());
    assert.deepEqual((await claim()).filter((it) => it.job_id === job_id), []);
    await skipBackoff(job_id);
    assert.equal((await claimJob(job_id)).number, 2);
  });

  it("does not retry what a retry cannot help", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    assert.equal(await fail((await claimJob(job_id)).attempt_id, false, "safety_block"), "failed");
    assert.equal((await jobOf(job_id)).attempts, 1);
  });

  it("lets a worker that comes late change nothing", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const first = await claimJob(job_id);
    await fail(first.attempt_id, true);
    await skipBackoff(job_id);
    const second = await claimJob(job_id);
    assert.equal(await complete(first.attempt_id), "late");
    assert.equal(await fail(first.attempt_id, false), "late");
    assert.equal((await jobOf(job_id)).status, "running");
    assert.equal(await complete(second.attempt_id), "settled");
    assert.deepEqual(await balanceOf(db, user), { available: 9, held: 0, debt: 0 });
    const [attempt] = await db.sql`select late_result from private.job_attempts where id = ${first.attempt_id}`;
    assert.equal(attempt.late_result, "succeeded");
  });

  it("resolves a race of cancel and completion to exactly one of charge and release", async () => {
    for (let round = 0; round < 20; round++) {
      const user = await db.createUser();
      const { job_id } = await enqueue(user, 2);
      const { attempt_id } = await claimJob(job_id);
      const [completed, canceled] = await Promise.all([complete(attempt_id, 2), cancel(user, job_id)]);
      const balance = await balanceOf(db, user);
      if (completed === "settled") {
        assert.deepEqual([canceled, balance.available, balance.held], ["succeeded", 8, 0]);
      } else {
        assert.deepEqual([completed, canceled, balance.available, balance.held], ["late", "canceled", 10, 0]);
      }
    }
    assert.deepEqual(await brokenAccounts(db), []);
  });

  it("cancels a queued job for free and nobody runs it", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    assert.equal(await cancel(user, job_id), "canceled");
    assert.equal(await cancel(user, job_id), "canceled");
    assert.deepEqual((await claim()).filter((it) => it.job_id === job_id), []);
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
  });

  it("remembers to stop the provider when a running job is canceled", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    assert.equal(await record(attempt_id, `p-${job_id}`), true);
    await cancel(user, job_id);
    const wanted = await db.asService((sql) => sql<Claim[]>`select * from private.canceled_attempts(100)`);
    assert.ok(wanted.some((it) => it.attempt_id === attempt_id));
  });

  it("tells a caller to cancel a prediction that was made for an attempt given up meanwhile", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    await cancel(user, job_id);
    assert.equal(await record(attempt_id, `late-${job_id}`), false);
    const wanted = await db.asService((sql) => sql<Claim[]>`select * from private.canceled_attempts(100)`);
    assert.ok(wanted.some((it) => it.attempt_id === attempt_id));
    assert.equal(await record(randomUUID(), "p-unknown"), false);
  });

  it("stops a prediction that turns up after its attempt was given up for lost", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    assert.equal(await fail(attempt_id, false, "provider_unavailable"), "failed");
    assert.equal(await record(attempt_id, `lost-${job_id}`), false);
    const wanted = await db.asService((sql) => sql<Claim[]>`select * from private.canceled_attempts(100)`);
    assert.ok(wanted.some((it) => it.attempt_id === attempt_id));
  });

  it("keeps the first prediction of an attempt", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    assert.equal(await record(attempt_id, `first-${job_id}`), true);
    assert.equal(await record(attempt_id, `second-${job_id}`), false);
    assert.equal(await record(attempt_id, `first-${job_id}`), true);
  });

  it("still stops the first prediction of an attempt after a second one was cancelled", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    await record(attempt_id, `first-${job_id}`);
    assert.equal(await record(attempt_id, `second-${job_id}`), false);
    await db.asService((sql) => sql`select private.mark_cancel_sent(${attempt_id})`);
    await cancel(user, job_id);
    const wanted = await db.asService((sql) =>
      sql<{ prediction_id: string }[]>`select * from private.canceled_attempts(100)`
    );
    assert.ok(wanted.some((it) => it.prediction_id === `first-${job_id}`));
  });

  it("shows a running attempt to one poller per interval, and says when it is overdue", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    const { attempt_id } = await claimJob(job_id);
    const due = async () => {
      const rows = await db.asService((sql) =>
        sql<
          { attempt_id: string; overdue: boolean; prediction_id: string | null }[]
        >`select * from private.due_attempts(1000)`
      );
      return rows.filter((row) => row.attempt_id === attempt_id);
    };
    assert.deepEqual(await due(), []);
    await db.sql`update private.job_leases set next_check_at = now() where attempt_id = ${attempt_id}`;
    const [[seen], again] = [await due(), await due()];
    assert.deepEqual([seen.overdue, seen.prediction_id, again.length], [false, null, 0]);
    await db
      .sql`update private.job_leases set next_check_at = now(), deadline_at = now() where attempt_id = ${attempt_id}`;
    assert.equal((await due())[0].overdue, true);
  });

  it("finds a job that stands before the head of the line", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    await db.sql`select setval('private.line_head', place + 1) from private.job_line where job_id = ${job_id}`;
    assert.deepEqual((await claim()).filter((it) => it.job_id === job_id), []);
    await db.asService((sql) => sql`select private.sweep_jobs()`);
    assert.equal((await claimJob(job_id)).number, 1);
  });

  it("never changes an ended job again, whoever writes", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user);
    await complete((await claimJob(job_id)).attempt_id);
    assert.equal(await refusal(db.sql`update public.jobs set status = 'queued' where id = ${job_id}`), "KR008");
    assert.equal(await cancel(user, job_id), "succeeded");
  });

  it("refuses inputs that the model's schema does not know", async () => {
    const user = await db.createUser();
    const ask = (input: Record<string, unknown>, model = "seedream-4-5") =>
      db.asUser(user, (sql) => sql`select * from enqueue_job(${model}, ${sql.json(input as never)})`).then(
        () => null,
        (e) => e,
      );
    const wrong: [Record<string, unknown>, string][] = [
      [{}, "prompt"],
      [{ prompt: "" }, "prompt"],
      [{ prompt: " \n\t" }, "prompt"],
      [{ prompt: "x".repeat(10_001) }, "prompt"],
      [{ prompt: 5 }, "prompt"],
      [{ prompt: "x", aspect_ratio: "7:5" }, "aspect_ratio"],
      [{ prompt: "x", num_outputs: 0 }, "num_outputs"],
      [{ prompt: "x", num_outputs: 5 }, "num_outputs"],
      [{ prompt: "x", num_outputs: 1.5 }, "num_outputs"],
      [{ prompt: "x", surprise: true }, "surprise"],
    ];
    for (const [input, field] of wrong) {
      const error = await ask(input);
      assert.equal(error?.code, "KR004", JSON.stringify(input).slice(0, 60));
      assert.ok(field in JSON.parse(error.detail), `${field} is named`);
    }
    assert.equal((await ask({ prompt: "x" }, "no-such-model"))?.code, "KR004");
    await db.sql`update public.models set runnable = false where slug = 'kling'`;
    assert.equal((await ask({ prompt: "x" }, "kling"))?.code, "KR004");
    assert.equal(await ask({ prompt: "ż".repeat(10_000) }), null);
  });

  it("lets a suspended person spend nothing", async () => {
    const user = await db.createUser();
    await db.sql`update public.profiles set status = 'suspended' where id = ${user}`;
    assert.equal(await refusal(enqueue(user)), "KR005");
  });

  it("lets a person in debt reserve nothing until the debt is paid", async () => {
    const user = await db.createUser();
    await db.asService((sql) =>
      sql`select private.claw_back_credits(${user}, 13, 'refund', 'refund:d', '{}', ${`refund:${user}`})`
    );
    assert.deepEqual(await balanceOf(db, user), { available: 0, held: 0, debt: 3 });
    assert.equal(await refusal(enqueue(user)), "KR006");
    await db.asService((sql) =>
      sql`select private.grant_credits(${user}, 5, 'topup', 'stripe', 'checkout:d', '{}', ${`d:${user}`})`
    );
    assert.deepEqual(await balanceOf(db, user), { available: 2, held: 0, debt: 0 });
    await enqueue(user);
  });

  it("limits how many jobs one person may have alive, however many are asked for at once", async () => {
    const limit = (maximum: number) =>
      db.sql`update private.settings set value = ${maximum}::text::jsonb where key = 'live_jobs_per_user'`;
    await limit(2);
    try {
      const user = await db.createUser();
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => enqueue(user)));
      const refused = results.filter((result) => result.status === "rejected");
      assert.deepEqual(refused.map(({ reason }) => reason.code), Array(4).fill("KR007"));
      assert.deepEqual(await balanceOf(db, user), { available: 8, held: 2, debt: 0 });
    } finally {
      await limit(1000);
    }
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { deadLetters } from "../support/dead-letters.ts";
import { balanceOf, brokenAccounts, entriesOf, refusal } from "../support/ledger.ts";
import { createOperator } from "../support/operators.ts";

describe("dead letters", () => {
  let db: TestDatabase;
  let operator: string;
  let letters: ReturnType<typeof deadLetters>;
  before(async () => {
    db = await freshDatabase();
    operator = await createOperator(db, "ops@kredo.test");
    letters = deadLetters(db, operator);
    await db.sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
  });
  after(async () => {
    assert.deepEqual(await brokenAccounts(db), []);
    assert.deepEqual(await breaches(), []);
    await db.close();
  });

  /** What the invariants say of all books, after one slice of each. */
  const breaches = async () => {
    for (let round = 0; round < 3; round++) {
      await db.sql`update private.invariants set last_run_at = null`;
      await db.asPostgres((sql) => sql`select private.run_invariants()`);
    }
    return [...await db.sql`select invariant, detail from private.invariant_breaches where resolved_at is null`];
  };
  const acts = (job: string) =>
    db.sql`select actor, action, detail from private.audit_log where subject = ${`job:${job}`} order by id`;
  const list = async (args = "") =>
    (await db.asUser(operator, (sql) => sql.unsafe(`select d from public.operator_dead_letters(${args}) d`)))
      .map(({ d }) => d);

  describe("come to be", () => {
    it("when a job ends by the provider's fault or ours, with its last error, and the credits are back at once", async () => {
      const user = await db.createUser("dead@kredo.test");
      const job = await letters.die(user, { outputs: 2 });
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      const [found] = await list(`p_user => '${user}'`);
      assert.deepEqual(
        [found.job_id, found.email, found.model, found.error_code, found.error_message, found.attempts, found.state],
        [
          job,
          "dead@kredo.test",
          "seedream-4-5",
          "provider_error",
          "The model stopped with an error.",
          1,
          "open",
        ],
      );
    });

    it("not of what its owner wrote or stopped", async () => {
      const user = await db.createUser();
      await letters.die(user, { code: "safety_block" });
      const canceled = await letters.enqueue(user);
      await db.asUser(user, (sql) => sql`select cancel_job(${canceled})`);
      assert.deepEqual(await list(`null, p_user => '${user}'`), []);
    });
  });

  describe("are listed", () => {
    it("by state, reason, model, person and period, page by page without a gap", async () => {
      const user = await db.createUser();
      const jobs: string[] = [];
      for (let n = 0; n < 5; n++) {
        jobs.push(await letters.die(user, { code: n === 2 ? "timeout" : "output_unavailable" }));
      }
      const of = `p_user => '${user}'`;
      const found = async (args: string) => (await list(args)).map(({ job_id }) => job_id);
      assert.deepEqual(await found(of), jobs.toReversed());
      assert.deepEqual(await found(`${of}, p_error => 'timeout'`), [jobs[2]]);
      assert.deepEqual(await found(`${of}, p_model => 'kling'`), []);
      assert.deepEqual(await found(`${of}, p_model => 'seedream-4-5', p_limit => 2`), [jobs[4], jobs[3]]);
      const [, , third] = await list(of);
      assert.deepEqual(await found(`${of}, p_at => '${third.died_at}', p_id => '${third.job_id}'`), [jobs[1], jobs[0]]);
      assert.deepEqual(await found(`${of}, p_until => '${third.died_at}'`), [jobs[1], jobs[0]]);
      assert.deepEqual(await found(`${of}, p_from => '${third.died_at}'`), [jobs[4], jobs[3], jobs[2]]);
      await letters.discard([jobs[1]]);
      assert.deepEqual(await found(`'discarded', ${of}`), [jobs[1]]);
      assert.deepEqual(await found(of), [jobs[4], jobs[3], jobs[2], jobs[0]]);
      assert.deepEqual(await found(`null, ${of}`), jobs.toReversed());
    });

    it("and counted by reason and model, as long as they are open", async () => {
      const counted = async () => {
        const [{ counts }] = await db.asUser(operator, (sql) => sql`select operator_dead_letter_counts() as counts`);
        const group = counts.groups.find(({ error_code }: { error_code: string }) => error_code === "interrupted");
        return [counts.open, group?.count ?? 0];
      };
      const [open, before] = await counted();
      const job = await letters.die(await db.createUser(), { code: "interrupted" });
      assert.deepEqual(await counted(), [open + 1, before + 1]);
      await letters.discard([job]);
      assert.deepEqual(await counted(), [open, before]);
    });
  });

  describe("are tried again", () => {
    it("as a new job of the same person and input, on the house: the balance is the same before, meanwhile and after", async () => {
      const user = await db.createUser();
      const job = await letters.die(user, { outputs: 3 });
      const [done] = await letters.requeue([job]);
      assert.deepEqual([done.job_id, done.outcome, done.reason], [job, "requeued", null]);
      const [old, fresh] = [await letters.job(job), await letters.job(done.new_job!)];
      assert.deepEqual([fresh.user_id, fresh.model, fresh.input, fresh.outputs_requested, fresh.retry_of], [
        user,
        old.model,
        old.input,
        3,
        job,
      ]);
      assert.deepEqual([old.status, fresh.status, fresh.covered_by_plan], ["failed", "queued", false]);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 3, debt: 0 });
      await letters.complete(await letters.claim(fresh.id), 2);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      const entries = (await entriesOf(db, user)).slice(1);
      assert.deepEqual(entries.map(({ kind, amount, counter_account }) => [kind, amount, counter_account]), [
        ["grant", 3, "promo"],
        ["settle", -2, "usage"],
        ["expiry", -1, "expiry"],
      ]);
      assert.deepEqual(await breaches(), []);
    });

    it("so that both jobs, the letter and the audit log lead to one another", async () => {
      const user = await db.createUser();
      const job = await letters.die(user);
      const [{ new_job }] = await letters.requeue([job]);
      const { state, requeued_as, handled_by } = await letters.letter(job);
      assert.deepEqual([state, requeued_as, handled_by], ["requeued", new_job, operator]);
      assert.equal((await letters.events(job)).at(-1), "requeued by operator");
      assert.deepEqual(await letters.events(new_job!), ["queued by operator"]);
      const [{ detail }] = await db
        .sql`select detail from public.job_events where job_id = ${job} and event = 'requeued'`;
      assert.deepEqual(detail, { job: new_job, operator });
      assert.deepEqual((await acts(job)).map(({ actor, action, detail }) => [actor, action, detail.job]), [
        [operator, "job.requeued", new_job],
      ]);
      const [seen] = await db.asUser(user, (sql) => sql`select id from public.jobs where retry_of = ${job}`);
      assert.equal(seen.id, new_job);
    });

    it("giving nothing to spend when they die again or are canceled, and dying again is a letter of its own", async () => {
      const user = await db.createUser();
      const first = await letters.die(user);
      const [{ new_job: second }] = await letters.requeue([first]);
      await letters.fail(await letters.claim(second!));
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      const [{ new_job: third }] = await letters.requeue([second!]);
      await db.asUser(user, (sql) => sql`select cancel_job(${third})`);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      assert.equal((await letters.letter(second!)).requeued_as, third);
      assert.deepEqual(await breaches(), []);
    });

    it("once, whoever asks and however often: fifty at the same time make one job", async () => {
      const user = await db.createUser();
      const jobs = [await letters.die(user), await letters.die(user)];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => letters.requeue(n % 2 ? jobs : jobs.toReversed())),
      );
      const made = new Set(answers.flat().map(({ job_id, new_job }) => `${job_id} ${new_job}`));
      assert.equal(made.size, 2);
      assert.deepEqual(answers.flat().map(({ outcome }) => outcome).toSorted(), [
        ...Array(98).fill("already"),
        ...Array(2).fill("requeued"),
      ]);
      assert.equal((await db.sql`select from public.jobs where retry_of = any(${jobs})`).length, 2);
      assert.equal((await acts(jobs[0])).length, 1);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 2, debt: 0 });
    });

    it("at the price that holds now, without counting in the month, rate or concurrency of a plan", async () => {
      const user = await db.createUser();
      const job = await letters.die(user);
      await db.sql`update public.models set credits = credits + 4 where slug = 'seedream-4-5'`;
      const [{ new_job }] = await letters.requeue([job]);
      await db.sql`update public.models set credits = credits - 4 where slug = 'seedream-4-5'`;
      const { credits_reserved, price_version } = await letters.job(new_job!);
      assert.equal(credits_reserved, 5);
      assert.ok(price_version > 1);
      const used = await db
        .sql`select from public.entitlement_usage where user_id = ${user} and entitlement = 'generations'`;
      assert.equal(used.length, 0);
    });

    it("not for whoever is suspended, banned or owes, nor of a model or input that cannot run, and each says so", async () => {
      const make = async (change: (user: string) => Promise<unknown>) => {
        const user = await db.createUser();
        const job = await letters.die(user);
        await change(user);
        return job;
      };
      const suspended = await make((id) => db.sql`update public.profiles set status = 'suspended' where id = ${id}`);
      const banned = await make((id) => db.sql`update public.profiles set status = 'banned' where id = ${id}`);
      const owing = await make((id) =>
        db.asService((sql) =>
          sql`select private.claw_back_credits(${id}, 12, 'refund', ${`refund:${id}:1`}, '{}', ${`refund:${id}`})`
        )
      );
      const fine = await make(() => Promise.resolve());
      const asked = [suspended, banned, owing, fine, randomUUID()];
      const answers = new Map((await letters.requeue(asked)).map((it) => [it.job_id, it.reason ?? it.outcome]));
      assert.deepEqual(asked.map((id) => answers.get(id)), ["suspended", "banned", "owes", "requeued", "unknown"]);
      for (const refused of [suspended, banned, owing]) assert.equal((await letters.letter(refused)).state, "open");

      const job = await make(() => Promise.resolve());
      const because = async () => (await letters.requeue([job]))[0].reason;
      await db.sql`update public.models set runnable = false where slug = 'seedream-4-5'`;
      assert.equal(await because(), "model_unavailable");
      await db.sql`update public.models set runnable = true where slug = 'seedream-4-5'`;
      const [{ input_schema: schema }] = await db
        .sql`select input_schema from public.models where slug = 'seedream-4-5'`;
      const stricter = { ...schema, properties: { ...schema.properties, prompt: { type: "string", maxLength: 3 } } };
      await db.sql`update public.models set input_schema = ${db.sql.json(stricter)} where slug = 'seedream-4-5'`;
      assert.equal(await because(), "input_refused");
      await db.sql`update public.models set input_schema = ${db.sql.json(schema)} where slug = 'seedream-4-5'`;
      assert.equal(await because(), null);
    });

    it("not when the job lives, ended well or was discarded", async () => {
      const user = await db.createUser();
      const [alive, made, over] = [
        await letters.enqueue(user),
        await letters.enqueue(user),
        await letters.die(user),
      ];
      await letters.discard([over]);
      const reasons = async (jobs: string[]) => (await letters.requeue(jobs)).map(({ reason }) => reason);
      assert.deepEqual(await reasons([alive]), ["alive"]);
      await db.asUser(user, (sql) => sql`select cancel_job(${made})`);
      assert.deepEqual(await reasons([made]), ["not_dead"]);
      assert.deepEqual(await reasons([over]), ["discarded"]);
    });
  });

  describe("are discarded", () => {
    it("with a reason, once, and stay closed", async () => {
      const user = await db.createUser();
      const job = await letters.die(user);
      const outcomes = async () => (await letters.discard([job], " The model is gone ")).map(({ outcome }) => outcome);
      assert.deepEqual(await outcomes(), ["discarded"]);
      assert.deepEqual(await outcomes(), ["already"]);
      assert.equal((await letters.letter(job)).state, "discarded");
      assert.equal((await letters.events(job)).at(-1), "discarded by operator");
      assert.deepEqual((await acts(job)).map(({ action, detail }) => [action, detail.reason]), [
        ["job.discarded", "The model is gone"],
      ]);
    });

    it("not once they were tried again: that job is another one", async () => {
      const job = await letters.die(await db.createUser());
      const [{ new_job }] = await letters.requeue([job]);
      assert.deepEqual((await letters.discard([job])).map(({ outcome, reason }) => [outcome, reason]), [
        ["refused", "requeued"],
      ]);
      assert.deepEqual((await letters.discard([new_job!])).map(({ outcome }) => outcome), ["stopped"]);
    });

    it("as jobs that still live, queued or running: all credits go back, and what runs is canceled at the provider", async () => {
      const user = await db.createUser();
      const [running, queued] = [await letters.enqueue(user, { outputs: 2 }), await letters.enqueue(user)];
      const attempt = await letters.claim(running);
      await db.asService((sql) => sql`select private.record_prediction(${attempt}, ${`p-${attempt}`}, 'processing')`);
      await db.sql`update public.jobs set run_at = now() where id = ${queued}`;
      const outcomes = await letters.discard([queued, running]);
      assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["stopped", "stopped"]);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      for (const job of [running, queued]) {
        const { status, error_code, credits_charged } = await letters.job(job);
        assert.deepEqual([status, error_code, credits_charged], ["failed", "discarded", 0]);
        assert.deepEqual((await letters.events(job)).slice(-2), ["discarded by operator", "failed by operator"]);
        assert.equal(await letters.letter(job), undefined, "what an operator ended waits for nobody");
      }
      const unwanted = await db.asService((sql) => sql`select attempt_id from private.canceled_attempts(1000)`);
      assert.ok(unwanted.some(({ attempt_id }) => attempt_id === attempt));
      assert.deepEqual((await letters.discard([queued])).map(({ outcome }) => outcome), ["already"]);
    });

    it("not when they ended otherwise, or are nobody's", async () => {
      const user = await db.createUser();
      const job = await letters.enqueue(user);
      await db.asUser(user, (sql) => sql`select cancel_job(${job})`);
      const nobody = randomUUID();
      assert.deepEqual(
        (await letters.discard([job, nobody])).map(({ job_id, reason }) => [job_id, reason]),
        [[job, "ended"], [nobody, "unknown"]],
      );
    });

    it("while workers end the same jobs, and nothing deadlocks or is lost", async () => {
      const user = await db.createUser();
      const jobs = await Promise.all(Array.from({ length: 8 }, () => letters.enqueue(user)));
      const claimed = await db.asService((sql) =>
        sql<{ attempt_id: string; job_id: string }[]>`select attempt_id, job_id from private.claim_jobs('test', 1000)`
      );
      const attempts = claimed.filter(({ job_id }) => jobs.includes(job_id));
      assert.ok(attempts.length > 0);
      await Promise.all([
        letters.discard(jobs),
        letters.discard(jobs.toReversed()),
        ...attempts.map(({ attempt_id }) =>
          db.asService((sql) => sql`select private.fail_attempt(${attempt_id}, 'provider_error', 'broke', false)`)
        ),
      ]);
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
      const states = await db.sql`select distinct status from public.jobs where id = any(${jobs})`;
      assert.deepEqual(states.map(({ status }) => status), ["failed"]);
    });
  });

  it("take 1 to 100 jobs a call, and a reason of 3 to 500 characters", async () => {
    const many = Array.from({ length: 101 }, () => randomUUID());
    for (const jobs of [[], many]) {
      assert.equal(await refusal(letters.requeue(jobs)), "KR004");
      assert.equal(await refusal(letters.discard(jobs)), "KR004");
    }
    for (const reason of ["", "  a ", "a".repeat(501)]) {
      assert.equal(await refusal(letters.discard([randomUUID()], reason)), "KR004");
    }
    assert.equal((await letters.requeue([many[0], many[0]])).length, 1);
  });

  it("are nothing to anybody but an active operator", async () => {
    const user = await db.createUser();
    const job = await letters.die(user);
    const former = await createOperator(db);
    await db.sql`update public.profiles set status = 'suspended' where id = ${former}`;
    for (const who of [user, former]) {
      for (
        const call of [
          "operator_dead_letters()",
          "operator_dead_letter_counts()",
          `operator_requeue_jobs(array['${job}'::uuid])`,
          `operator_discard_jobs(array['${job}'::uuid], 'not mine')`,
          `operator_job('${job}')`,
          "operator_engine()",
          "operator_model_margins()",
        ]
      ) assert.equal(await refusal(db.asUser(who, (sql) => sql.unsafe(`select public.${call}`))), "KR003", call);
    }
    assert.equal((await letters.letter(job)).state, "open");
  });
});

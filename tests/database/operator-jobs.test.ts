import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { deadLetters } from "../support/dead-letters.ts";
import { refusal } from "../support/ledger.ts";
import { createOperator } from "../support/operators.ts";

// deno-lint-ignore no-explicit-any -- tests look into whatever came back, and fail if it is not there
type Row = any;

/** Of one credit of a pack of 10 for 9 dollars. */
const LIST_MICROS = 900_000;

describe("what operators see of the engine", () => {
  let db: TestDatabase;
  let operator: string;
  let letters: ReturnType<typeof deadLetters>;
  before(async () => {
    db = await freshDatabase();
    operator = await createOperator(db, "ops@kredo.test");
    letters = deadLetters(db, operator);
    await db.sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
    await db.sql`update private.provider_prices set micros_per_output = 30000 where model = 'seedream-4-5'`;
    await db.sql`update public.credit_packs set active = false where id <> 'pack_10'`;
  });
  after(() => db.close());

  const read = (call: string): Promise<Row[]> =>
    db.asUser(operator, async (sql) => [...await sql.unsafe(`select * from public.operator_${call}`)]);
  const readOne = async (call: string): Promise<Row> => Object.values((await read(call))[0])[0];

  describe("of one job", () => {
    it("is where it stands: its place in line, then its lease", async () => {
      const job = await letters.enqueue(await db.createUser("one@kredo.test"));
      const queued = await readOne(`job('${job}')`);
      assert.deepEqual([queued.email, queued.status, queued.line.waits_for, queued.lease], [
        "one@kredo.test",
        "queued",
        null,
        null,
      ]);
      const attempt = await letters.claim(job);
      await db.asService((sql) => sql`select private.record_prediction(${attempt}, ${`p-${attempt}`}, 'processing')`);
      const running = await readOne(`job('${job}')`);
      assert.deepEqual([running.line, running.lease.worker, running.predictions[0].prediction_id], [
        null,
        "test",
        `p-${attempt}`,
      ]);
      assert.deepEqual(running.events.map(({ event }: Row) => event), ["queued", "started", "accepted"]);
      assert.equal(running.events[1].detail.worker, "test");
    });

    it("is what it cost us, what it brought at list price, and the entries it led to", async () => {
      const job = await letters.enqueue(await db.createUser(), { outputs: 2 });
      await letters.complete(await letters.claim(job), 2);
      const { cost_micros, revenue_micros, margin_micros, entries } = await readOne(`job('${job}')`);
      assert.deepEqual([cost_micros, revenue_micros, margin_micros], [
        60_000,
        2 * LIST_MICROS,
        2 * LIST_MICROS - 60_000,
      ]);
      assert.deepEqual(entries.map(({ kind, amount, seq }: Row) => [kind, amount, seq]), [["settle", -2, 2]]);
    });

    it("is, of one on the house, that we paid for it and for what, and the job before it", async () => {
      const job = await letters.die(await db.createUser(), { outputs: 2 });
      const [{ new_job }] = await letters.requeue([job]);
      await letters.complete(await letters.claim(new_job!), 1);
      const second = await readOne(`job('${new_job}')`);
      assert.deepEqual([second.retry_of, second.revenue_micros, second.margin_micros], [job, 0, -30_000]);
      assert.deepEqual(second.entries.map(({ kind, amount }: Row) => [kind, amount]), [
        ["grant", 2],
        ["settle", -1],
        ["expiry", -1],
      ]);
      const first = await readOne(`job('${job}')`);
      assert.deepEqual([first.retried_as, first.dead_letter.state, first.dead_letter.handled_by_email], [
        new_job,
        "requeued",
        "ops@kredo.test",
      ]);
    });

    it("is nothing that the customer wrote, and nothing at all of a job that is not there", async () => {
      const job = await letters.enqueue(await db.createUser());
      assert.doesNotMatch(JSON.stringify(await readOne(`job('${job}')`)), /lighthouse/);
      assert.equal(await refusal(read(`job('${randomUUID()}')`)), "KR003");
    });
  });

  it("is the line, what runs, who works and what the provider lets us begin", async () => {
    const before = await readOne("engine()");
    const user = await db.createUser();
    for (let n = 0; n < 6; n++) await letters.enqueue(user);
    await db
      .sql`insert into private.provider_limits (model, paused_until) values ('kling', now() + interval '1 minute')`;
    await db.asService((sql) => sql`select private.beat_worker('host:1:a', 4, 2)`);
    const { line, workers, limits } = await readOne("engine()");
    const limit = line.in_line - before.line.in_line;
    assert.ok(limit > 0 && limit <= 4, "a plan lets only so many into line");
    assert.equal(line.waits_for_turn - before.line.waits_for_turn, 6 - limit);
    const worker = workers.find(({ name }: Row) => name === "host:1:a");
    assert.deepEqual([worker.concurrency, worker.running], [4, 2]);
    assert.deepEqual(limits.map(({ model }: Row) => model), ["kling"]);
    const claimed = await db.asService((sql) => sql`select job_id from private.claim_jobs('test', 2)`);
    const later = await readOne("engine()");
    assert.equal(later.running, before.running + claimed.length);
    assert.equal(later.last_hour.started, before.last_hour.started + claimed.length);
  });

  it("is cost and margin by model, the same whether days were summed or not, without what we paid ourselves", async () => {
    const margins = () => read("model_margins(30)");
    const job = await letters.enqueue(await db.createUser());
    await letters.complete(await letters.claim(job));
    const [row] = await margins();
    assert.equal(row.name, "Seedream 4.5");
    assert.equal(row.revenue_micros, (row.credits - row.house_credits) * LIST_MICROS);
    assert.ok(row.house_credits > 0);

    await db.sql`update private.job_attempts set started_at = started_at - interval '5 days' where job_id = ${job}`;
    const open = await margins();
    assert.deepEqual(open, await margins());
    assert.ok((await db.sql`select private.close_job_days() as days`)[0].days > 0);
    const [day] = await db.sql`select attempts, succeeded, cost_micros from private.job_days`;
    assert.deepEqual({ ...day }, { attempts: 1, succeeded: 1, cost_micros: 30_000 });
    assert.deepEqual(await margins(), open, "what is summed is not counted twice");
    assert.equal((await read("model_margins(2)"))[0].attempts, Number(open[0].attempts) - 1);
  });

  it("is reached by an index, among many", async () => {
    const user = await db.createUser();
    await db.sql.begin(async (sql) => {
      // Past triggers and references: only letters are looked for.
      await sql`set local session_replication_role = replica`;
      await sql`
        insert into private.dead_letters (job_id, user_id, model, died_at, attempts, error_code, state, handled_at)
        select gen_random_uuid(), case when n % 50 = 0 then ${user} else gen_random_uuid() end, 'seedream-4-5',
          now() - make_interval(secs => n), 3, case when n % 100 = 0 then 'timeout' else 'internal' end,
          case when n % 10 = 0 then 'open' else 'discarded' end, case when n % 10 > 0 then now() end
        from generate_series(1, 20000) n`;
    });
    await db.sql`analyze private.dead_letters`;
    const touched = (call: string) =>
      db.asUser(operator, async (sql) => {
        const counted = async () =>
          (await sql`select seq_scan, idx_tup_fetch from pg_stat_xact_user_tables where relname = 'dead_letters'`)[0];
        const before = await counted();
        await sql.unsafe(`select * from public.operator_${call}`);
        const now = await counted();
        return {
          scans: Number(now.seq_scan) - Number(before.seq_scan),
          many: Number(now.idx_tup_fetch) - Number(before.idx_tup_fetch) > 600,
        };
      });
    for (
      const call of [
        "dead_letters()",
        "dead_letters(null)",
        "dead_letters('open', 'timeout')",
        "dead_letters(p_model => 'seedream-4-5')",
        `dead_letters(p_user => '${user}')`,
        "dead_letters('open', p_at => now() - interval '5000 seconds')",
        "dead_letters(null, p_from => now() - interval '500 seconds', p_until => now() - interval '450 seconds')",
      ]
    ) assert.deepEqual(await touched(call), { scans: 0, many: false }, call);
  });
});

describe("the invariant of allowances", () => {
  it("finds a grant of the house that no job asked for, and a job whose grant is not its price", async () => {
    const db = await freshDatabase();
    try {
      const letters = deadLetters(db, await createOperator(db));
      const wrong = async () =>
        (await db.sql<{ breaches: Row[] }[]>`select breaches from private.check_allowances('', 5000)`)[0].breaches
          .flatMap(({ detail }) => detail.wrong);
      const job = await letters.die(await db.createUser());
      const [{ new_job }] = await letters.requeue([job]);
      assert.deepEqual(await wrong(), []);
      const grant = (ref: string, user: string) =>
        db.asService((sql) =>
          sql`select private.grant_credits(${user}, 3, 'grant', 'promo', ${ref}, '{}', ${randomUUID()})`
        );
      await grant(`house:job:${randomUUID()}`, await db.createUser());
      assert.deepEqual(await wrong(), ["entry_without_allowance"]);
      await grant(`house:job:${new_job}`, await db.createUser());
      assert.deepEqual(await wrong(), ["entry_without_allowance", "entry_without_allowance"]);
    } finally {
      await db.close();
    }
  });
});

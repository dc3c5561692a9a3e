import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { fillLedger } from "../support/ledger-volume.ts";
import { takeSeed } from "../support/seed.ts";
import * as trade from "../support/trade.ts";
import { until } from "../support/until.ts";

interface State {
  name: string;
  position: string;
  passes: number;
  pass_started_at: Date | null;
  pass_finished_at: Date | null;
  last_run_at: Date | null;
  last_checked: number;
}

const statesOf = async (db: TestDatabase): Promise<Record<string, State>> =>
  Object.fromEntries(
    (await db.sql<State[]>`select * from private.invariants`).map((state) => [state.name, state]),
  );
async function runOnce(db: TestDatabase) {
  // One that took long rests; where it was the machine that stood still, it need not.
  await db.sql`
    update private.invariants set last_ms = 0 where last_ms > 600 and last_run_at > now() - interval '100 seconds'`;
  return (await db.asPostgres((sql) => sql`select private.run_invariants() as result`))[0].result;
}
const readiness = async (db: TestDatabase) =>
  (await db.asWeb((sql) => sql`select private.readiness() -> 'ledger' as ledger`))[0].ledger;

describe("a walker", () => {
  let db: TestDatabase;
  /** Days that are over and summed. */
  let closed: number;
  before(async () => {
    db = await freshDatabase();
    await db.sql.begin((sql) => fillLedger(sql, { accounts: 7, entriesEach: 9, days: 4 }));
    closed = await closeDays(db);
  });
  after(() => db.close());

  const walk = async (name: string, limit: number) => {
    const slices: { checked: number; next: string | null; breaches: unknown[] }[] = [];
    for (let from: string | null = ""; from !== null; from = slices.at(-1)!.next) {
      const [slice] = await db.asPostgres((sql) =>
        sql.unsafe(`select * from private.check_${name}($1, $2::int)`, [from!, limit])
      );
      slices.push(slice as unknown as typeof slices[0]);
      assert.ok(slices.length < 500, `${name} ends`);
    }
    return slices;
  };

  const TO_WALK = {
    balance: 7,
    lots: 7,
    holds: 7,
    payments: 7,
    money_back: 7,
    allowances: 7,
    chain: 63,
    settlements: 63 + 49, // entries, then reservations
    trial_balance: () => closed, // each slice adds the total
  };
  for (const [name, rows] of Object.entries(TO_WALK)) {
    it(`looks at each row of ${name} once, however small its slices`, async () => {
      for (const limit of [1, 2, 5, 1000]) {
        const slices = await walk(name, limit);
        const extra = name === "trial_balance" ? 1 : 0;
        assert.ok(slices.every(({ checked }) => checked <= limit + extra), `no slice above ${limit}`);
        const looked = slices.reduce((sum, { checked }) => sum + checked - extra, 0);
        assert.equal(looked, typeof rows === "number" ? rows : rows());
        assert.ok(slices.every(({ breaches }) => breaches.length === 0), "and finds nothing wrong");
      }
    });
  }

  it("finds damage wherever the slices happen to end", async () => {
    const [{ user_id }] = await db.sql`select user_id from public.credit_accounts order by user_id offset 3 limit 1`;
    const change = (by: number) =>
      trade.tamper(
        db,
        (sql) => sql`update public.credit_entries set amount = amount + ${by} where user_id = ${user_id} and seq = 5`,
      );
    await change(-1);
    for (let limit = 1; limit <= 12; limit++) {
      const found = (await walk("chain", limit)).flatMap(({ breaches }) => breaches) as { place: string }[];
      assert.deepEqual(found.map(({ place }) => place), [`${user_id}/5`], `slices of ${limit}`);
    }
    await change(1);
  });

  it("takes no lock that a payment would wait for", async () => {
    const modes = await db.asPostgres(async (sql) => {
      await sql`select private.run_invariants(10)`;
      return await sql`
        select distinct c.relname, l.mode from pg_locks l join pg_class c on c.oid = l.relation
        where l.pid = pg_backend_pid() and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`;
    });
    assert.ok(modes.some((row) => row.relname === "credit_entries"));
    assert.deepEqual([...new Set(modes.map((row) => row.mode))], ["AccessShareLock"]);
  });
});

describe("the runner", () => {
  let db: TestDatabase;
  let user: string;
  before(async () => {
    db = await freshDatabase();
    user = await db.createUser();
    for (let i = 0; i < 4; i++) await db.createUser();
    await trade.buy(db, user);
    await trade.generate(db, user);
  });
  after(() => db.close());

  const slice = (name: string, rows: number) =>
    db.asPostgres((sql) =>
      sql`
        insert into private.settings (key, value, description)
        values (${`invariant_slice_${name}`}, ${rows}::int::text::jsonb, 'for a test')
        on conflict (key) do update set value = excluded.value`
    );

  it("gives each invariant one slice of the size in the settings, goes on where it was, and begins again at the end", async () => {
    await slice("balance", 2);
    const before = await statesOf(db);
    assert.ok(Object.values(before).every(({ last_run_at, passes }) => last_run_at === null && passes === 0));
    const accounts = (await db.sql`select user_id from public.credit_accounts order by user_id`).map((row) =>
      row.user_id
    );
    const seen = [];
    for (let run = 0; run < 4; run++) {
      assert.notEqual((await runOnce(db)).skipped, true);
      const { balance } = await statesOf(db);
      seen.push([balance.position, balance.last_checked, balance.passes]);
    }
    assert.deepEqual(seen, [[accounts[2], 2, 0], [accounts[4], 2, 0], ["", 1, 1], [accounts[2], 2, 1]]);
    const { balance, chain } = await statesOf(db);
    assert.ok(balance.pass_started_at! > balance.pass_finished_at!, "the second pass has begun");
    assert.equal(chain.passes, 4, "small books are walked in every run");
    const runs = await db
      .sql`select from_position, to_position, checked, breaches, error from private.invariant_runs where invariant = 'balance' order by id`;
    assert.deepEqual(runs.map((run) => ({ ...run }))[1], {
      from_position: accounts[2],
      to_position: accounts[4],
      checked: 2,
      breaches: 0,
      error: null,
    });
  });

  it("goes on to the end of every pass when it is given the time", async () => {
    await slice("balance", 1);
    await db.asPostgres((sql) => sql`select private.restart_invariants()`);
    const [{ result }] = await db.asPostgres((sql) => sql`select private.run_invariants(60) as result`);
    assert.deepEqual(result, { unfinished: [], open_breaches: 0 });
    assert.ok(Object.values(await statesOf(db)).every(({ position, passes }) => position === "" && passes > 0));
  });

  it("never runs twice at the same time: the second one leaves", async () => {
    await db.asPostgres(async (sql) => {
      await sql`select private.run_invariants()`;
      assert.deepEqual(await runOnce(db), { skipped: true });
    });
    assert.equal((await runOnce(db)).skipped, undefined);
  });

  it("lets an invariant rest a hundred times as long as its slice took", async () => {
    const passes = async () => (await statesOf(db)).lots.passes;
    const before = await passes();
    await db
      .sql`update private.invariants set last_ms = 2000, last_run_at = now() - interval '150 seconds' where name = 'lots'`;
    await runOnce(db);
    assert.equal(await passes(), before);
    await db.sql`update private.invariants set last_run_at = now() - interval '210 seconds' where name = 'lots'`;
    await runOnce(db);
    assert.equal(await passes(), before + 1);
  });

  it("notes a check that fails as a breach, and the others go on", async () => {
    const [{ source }] = await db.sql`select pg_get_functiondef('private.check_lots'::regproc) as source`;
    await db.sql.unsafe(source.replace(/begin\n/, "begin\n  perform 1 / 0;\n"));
    const before = await statesOf(db);
    await runOnce(db);
    const after = await statesOf(db);
    assert.equal(after.lots.passes, before.lots.passes, "no pass is claimed");
    assert.ok(after.lots.last_run_at! > before.lots.last_run_at!);
    assert.equal(after.payments.passes, before.payments.passes + 1);
    const [run] = await db
      .sql`select checked, breaches, error from private.invariant_runs where invariant = 'lots' order by id desc limit 1`;
    assert.deepEqual({ ...run }, { checked: 0, breaches: 1, error: "22012 division by zero" });
    const [breach, ...others] = await trade.openBreaches(db);
    assert.deepEqual([breach.invariant, breach.place, breach.detail.wrong, others.length], ["lots", "failed", [
      "check_failed",
    ], 0]);
    assert.equal((await readiness(db)).ok, false);

    await db.sql.unsafe(source);
    await runOnce(db);
    assert.deepEqual(await trade.openBreaches(db), []);
    assert.equal((await readiness(db)).ok, true);
  });

  it("keeps one breach for one place while it lasts, from when to when, and opens another when it comes back", async () => {
    const change = (by: number) =>
      trade.tamper(db, (sql) => sql`update public.credit_accounts set held = held + ${by} where user_id = ${user}`);
    const kept = () =>
      db.sql<{ id: number; first: Date; last: Date; resolved: Date | null }[]>`
      select id, first_seen_at as first, last_seen_at as last, resolved_at as resolved
      from private.invariant_breaches where invariant = 'holds' order by id`;
    await change(1);
    await runOnce(db);
    const [first] = await kept();
    await runOnce(db);
    const [second, ...others] = await kept();
    assert.deepEqual([second.id, second.first, others.length], [first.id, first.first, 0]);
    assert.ok(second.last > first.last && second.resolved === null);
    await change(-1);
    await runOnce(db);
    const [third] = await kept();
    assert.ok(third.resolved! > third.last);
    await change(1);
    await runOnce(db);
    const [old, anew] = await kept();
    assert.deepEqual([old.resolved, anew.resolved], [third.resolved, null]);
    await change(-1);
    await runOnce(db);
    assert.deepEqual(await trade.openBreaches(db), []);
  });

  it("looks at open breaches first, so that a repair is known within one run however long a pass takes", async () => {
    await slice("balance", 1);
    const [{ user_id }] = await db.sql`select user_id from public.credit_accounts order by user_id limit 1`;
    const change = (by: number) =>
      trade.tamper(
        db,
        (sql) => sql`update public.credit_accounts set available = available + ${by} where user_id = ${user_id}`,
      );
    const balance = async () =>
      (await trade.openBreaches(db)).filter(({ invariant }) => invariant === "balance").length;
    await change(1);
    await trade.checkBooks(db);
    await runOnce(db);
    assert.deepEqual([await balance(), (await statesOf(db)).balance.position !== ""], [1, true]);
    await change(-1);
    await runOnce(db);
    assert.deepEqual([await balance(), (await statesOf(db)).balance.position !== ""], [0, true]);
  });

  it("leaves alone what was accepted with a reason, and nothing but that", async () => {
    const change = (value: string) =>
      trade.tamper(
        db,
        (sql) => sql`update public.credit_entries set ref = ${value} where user_id = ${user} and seq = 3`,
      );
    const [{ ref }] = await db.sql`select ref from public.credit_entries where user_id = ${user} and seq = 3`;
    const chain = async () => (await trade.openBreaches(db)).filter(({ invariant }) => invariant === "chain");
    await change("job:forged");
    await runOnce(db);
    const accept = (reason: string) =>
      db.asPostgres((sql) =>
        sql`
        select private.accept_breach(id, ${reason}) from private.invariant_breaches where invariant = 'chain' and resolved_at is null`
      );
    assert.equal(await refusal(accept("ok")), "23514");
    await accept("the customer was made whole by adjustment 12");
    for (let run = 0; run < 3; run++) await runOnce(db);
    assert.deepEqual(await chain(), []);
    const [{ actions }] = await db
      .sql`select count(*) as actions from private.audit_log where action = 'breach.accepted'`;
    assert.equal(actions, 1);

    // The same entry is changed again: that was accepted by nobody.
    await change("job:forged_again");
    await runOnce(db);
    assert.deepEqual((await chain()).map(({ seq }) => seq), [3]);
    assert.equal(
      await refusal(db.asPostgres((sql) => sql`select private.accept_breach(0, 'there is no such breach')`)),
      "KR003",
    );
    await change(ref);
    await runOnce(db);
    assert.deepEqual(await trade.openBreaches(db), []);
  });

  it("records at most a hundred breaches of one slice", async () => {
    const many = JSON.stringify(
      Array.from({ length: 250 }, (_, i) => ({ place: String(i), detail: { wrong: ["x"] } })),
    );
    await assert.rejects(
      db.asPostgres(async (sql) => {
        await sql`select private.note_breaches('lots', ${many}::text::jsonb)`;
        const [{ count }] = await sql`select count(*) from private.invariant_breaches where resolved_at is null`;
        assert.equal(count, 100);
        throw new Error("undo");
      }),
      /undo/,
    );
  });

  it("forgets runs after a week, and breaches never", async () => {
    await db.sql`
      insert into private.invariant_runs (invariant, started_at, finished_at, checked, breaches, from_position)
      select 'chain', now() - make_interval(days => d), now() - make_interval(days => d), 0, 0, 'old' from unnest(array[6, 8]) d`;
    const kept = (await db.sql`select count(*) from private.invariant_breaches`)[0].count;
    await runOnce(db);
    const old = await db
      .sql`select now() - started_at > interval '7 days' as gone from private.invariant_runs where from_position = 'old'`;
    assert.deepEqual(old.map((row) => row.gone), [false]);
    assert.equal((await db.sql`select count(*) from private.invariant_breaches`)[0].count, kept);
  });

  it("is scheduled every minute", async () => {
    const [job] = await db.sql`select schedule, command, username from cron.job where jobname = 'kredo-invariants'`;
    assert.deepEqual({ ...job }, {
      schedule: "* * * * *",
      command: "select private.run_invariants()",
      username: "postgres",
    });
  });
});

describe("readiness", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("is not red before the first run, and says that nothing was checked", async () => {
    assert.deepEqual(await readiness(db), { ok: true, checked_seconds: null, count: 0, breaches: [] });
  });

  it("says how long ago the invariant that waits longest was checked, which alone is no breach", async () => {
    await runOnce(db);
    await db.sql`update private.invariants set last_run_at = now() - interval '1 hour' where name = 'chain'`;
    const { ok, checked_seconds } = await readiness(db);
    assert.equal(ok, true);
    assert.ok(checked_seconds >= 3600 && checked_seconds < 3660, String(checked_seconds));
  });

  it("names the accounts of the first ten breaches, and counts all", async () => {
    const users: string[] = [];
    for (let i = 0; i < 12; i++) users.push(await db.createUser());
    await trade.tamper(db, (sql) => sql`update public.credit_accounts set held = 1`);
    await runOnce(db);
    const { ok, count, breaches } = await readiness(db);
    assert.deepEqual([ok, count, breaches.length], [false, 12 + 12 + 1, 10]);
    assert.deepEqual(Object.keys(breaches[0]).sort(), ["account", "invariant", "seq", "since"]);
    const [first] = breaches;
    assert.deepEqual([first.invariant, first.seq, users.includes(first.account)], ["balance", 1, true]);
    assert.ok(Math.abs(Date.now() - Date.parse(first.since)) < 600_000);
  });

  it("reads open breaches through their index, however many were resolved", async () => {
    await db.sql`
      insert into private.invariant_breaches (invariant, place, detail, resolved_at)
      select 'chain', i::text, '{}', now() from generate_series(1, 20000) i`;
    await db.sql`analyze private.invariant_breaches`;
    const plan = await db
      .sql`explain select invariant, user_id, seq, first_seen_at, row_number() over (order by first_seen_at, id) as n
      from private.invariant_breaches where resolved_at is null`;
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    assert.match(text, /invariant_breaches_open/);
  });
});

describe("under load", () => {
  it("there is no false alarm while eight clients write and the runner never rests", async () => {
    const db = await freshDatabase({ max: 12 });
    try {
      const { next: random, below } = seededRandom(String(takeSeed("invariants under load")));
      const pick = <T>(list: T[]) => list[below(list.length)];
      const users: string[] = [];
      for (let i = 0; i < 4; i++) users.push(await db.createUser());
      const purchases: [user: string, checkout: string][] = [];
      for (const user of users) purchases.push([user, await trade.buy(db, user, "pack_200")]);
      for (const name of ["balance", "lots", "holds", "payments"]) {
        await db.sql`update private.settings set value = '2' where key = ${`invariant_slice_${name}`}`;
      }

      let acts = 0;
      // Refusals are part of trade: too few credits, in debt, somebody else was faster.
      const act = (work: Promise<unknown>) =>
        work.then(() => void acts++, (error) => assert.match(error.code ?? String(error), /^KR00/));
      const client = async () => {
        for (let i = 0; i < 60; i++) {
          const user = pick(users);
          const dice = random();
          if (dice < 0.4) await act(trade.enqueue(db, user, 1 + below(4)));
          else if (dice < 0.7) {
            for (const attempt of await trade.claim(db, 3)) {
              const ending = random();
              if (ending < 0.6) await act(trade.complete(db, attempt, 1 + below(attempt.outputs_requested)));
              else if (ending < 0.8) await act(trade.fail(db, attempt));
              else await act(trade.cancel(db, attempt.user_id, attempt.job_id));
            }
          } else if (dice < 0.78) purchases.push([user, await trade.buy(db, user, "pack_10")]);
          else if (dice < 0.85) await act(trade.transfer(db, user, users[(users.indexOf(user) + 1) % 4], 1 + below(5)));
          else if (dice < 0.91) await act(trade.refund(db, ...pick(purchases), 1 + below(9)));
          else if (dice < 0.95) await act(trade.adjust(db, user, below(9) - 4 || 1));
          else {
            await act(
              db.asPostgres((sql) =>
                sql`select private.grant_credits(${user}, 3, 'grant', 'promo', ${`promo:${i}_${below(1e9)}`}, '{}',
                ${`promo:${random()}`}, p_expires_at => now() + interval '50 milliseconds')`
              ),
            );
            await act(db.asPostgres((sql) => sql`select private.expire_grants(10)`));
          }
        }
      };
      let writing = true;
      let runs = 0;
      const watch = async () => {
        while (writing) {
          await runOnce(db);
          runs++;
        }
      };
      const watching = watch();
      await Promise.all(Array.from({ length: 8 }, client));
      writing = false;
      await watching;
      await trade.checkBooks(db);

      assert.deepEqual([...await db.sql`select * from private.invariant_breaches`], []);
      assert.ok(runs > 5 && acts > 200, `${runs} runs beside ${acts} acts`);
      const [{ kinds }] = await db.sql`select count(distinct kind) as kinds from public.credit_entries`;
      assert.equal(kinds, 7, "every kind of entry but disputes was written meanwhile");
    } finally {
      await db.close();
    }
  });
});

/** Other databases of this server may have a transaction open, which closing waits for. Returns how many days it closed. */
async function closeDays(db: TestDatabase): Promise<number> {
  return await until(async () => {
    await db.asPostgres((sql) => sql`select private.close_credit_days()`);
    return (await db.sql`select count(distinct day) as days from private.credit_days`)[0].days;
  }, "days are closed");
}

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { createOperator, decideAdjustment, REASON, requestAdjustment, tamper } from "../support/operators.ts";

// deno-lint-ignore no-explicit-any -- tests look into whatever came back, and fail if it is not there
type Facts = any;

describe("what operators read", () => {
  let db: TestDatabase;
  let operator: string;
  before(async () => {
    db = await freshDatabase();
    operator = await createOperator(db, "ops@kredo.test");
  });
  after(() => db.close());

  /** As the operator: the rows of one of the functions; a single value where it returns one. */
  const read = async (call: string, who = operator): Promise<Facts[]> =>
    await db.asUser(who, (sql) => sql.unsafe(`select * from public.operator_${call}`));
  const readOne = async (call: string): Promise<Facts> => Object.values((await read(call))[0])[0];

  const grant = (user: string, amount: number, ref = `gift:${randomUUID()}`) =>
    db.asService((sql) =>
      sql`select private.grant_credits(${user}, ${amount}, 'grant', 'promo', ${ref}, '{"rule": "a gift"}', ${randomUUID()})`
    );
  const functions = () =>
    db.sql<{ name: string; call: string }[]>`
      select p.proname as name,
        format('select public.%I(%s)', p.proname, (
          select string_agg(format('null::%s', format_type(t.type, null)), ', ' order by t.n)
          from unnest(p.proargtypes) with ordinality as t (type, n))) as call
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'operator\\_%' order by 1`;

  /** A job that was made, and the entry that charged it. */
  const finishedJob = async (user: string) => {
    const [{ job_id: job }] = await db.asUser(
      user,
      (sql) => sql`select * from enqueue_job('seedream-4-5', '{"prompt": "my secret garden", "num_outputs": 2}')`,
    );
    const claimed = await db.asService((sql) => sql`select attempt_id, job_id from private.claim_jobs('worker-a', 10)`);
    const { attempt_id } = claimed.find((each) => each.job_id === job)!;
    await db.asService((sql) => sql`select private.record_prediction(${attempt_id}, ${`pred_${job}`}, 'processing')`);
    const output = {
      position: 0,
      path: `${user}/${job}/0.png`,
      content_type: "image/png",
      bytes: 5,
      sha256: "a".repeat(64),
      width: 8,
      height: 8,
    };
    await db.asService((sql) => sql`select private.complete_job(${attempt_id}, ${sql.json([output])}, '{}')`);
    return job as string;
  };
  /** A purchase that was paid, with the event that said so. */
  const paidCheckout = async (user: string) => {
    const [{ checkout_id: id, price_cents }] = await db.asWeb((sql) =>
      sql`select * from private.open_checkout(${user}, 'pack_50', null, '')`
    );
    const session = {
      id: `cs_${id}`,
      payment_intent: `pi_${id}`,
      metadata: { checkout_id: id, user_id: user },
      amount_total: price_cents,
      currency: "usd",
      payment_status: "paid",
      status: "complete",
    };
    const payload = { id: `evt_${id}`, data: { object: { id: session.id } } };
    await applyEvent(db, "checkout.session.completed", { session }, { id: payload.id, payload });
    return { id: id as string, session };
  };

  it("is not there for anybody else, whatever is asked", async () => {
    const customer = await db.createUser();
    const calls = await functions();
    assert.ok(calls.length >= 13);
    for (const { name, call } of calls) {
      assert.equal(await refusal(db.asUser(customer, (sql) => sql.unsafe(call))), "KR003", name);
      for (const as of [db.asAnon, db.asService, db.asWeb]) {
        assert.equal(await refusal(as((sql) => sql.unsafe(call))), "42501", name);
      }
    }
  });

  it("is gone for an operator who was locked out", async () => {
    const former = await createOperator(db);
    assert.equal((await read("trial_balance()", former)).length > 0, true);
    await db.sql`update public.profiles set status = 'banned' where id = ${former}`;
    assert.equal(await refusal(read("trial_balance()", former)), "KR003");
  });

  it("never writes, but for acts that are on record and a preview that is taken back", async () => {
    const volatile = await db.sql<{ proname: string }[]>`
      select proname from pg_proc
      where pronamespace = 'public'::regnamespace and proname like 'operator\\_%' and provolatile = 'v' order by 1`;
    assert.deepEqual(volatile.map(({ proname }) => proname), [
      "operator_discard_jobs",
      "operator_preview_webhook",
      "operator_replay_webhook",
      "operator_requeue_jobs",
      "operator_retry_task",
      "operator_start_reconciliation",
    ]);
  });

  describe("search", () => {
    it("finds an account by the beginning of an address or id, whatever characters they hold", async () => {
      const user = await db.createUser("Percy_%.O'Neil@kredo.test");
      await db.createUser("percyX@kredo.test");
      assert.deepEqual((await read(`search('percy_%.o''n')`)).map((row) => row.user_id), [user]);
      assert.deepEqual((await read(`search(' ${user.slice(0, 13)} ')`)).map((row) => [row.user_id, row.matched]), [
        [user, "account"],
      ]);
      assert.equal((await read("search('percy')")).length, 2);
      assert.equal((await read("search('pe')")).length, 0);
      assert.equal((await read("search('percy', 1)")).length, 1);
    });

    it("leads from a job, a purchase, a payment and an adjustment to the account and its entry", async () => {
      const user = await db.createUser();
      const job = await finishedJob(user);
      const { id: checkout, session } = await paidCheckout(user);
      const { adjustment_id } = await requestAdjustment(db, operator, { user, amount: 5 });
      for (
        const [query, matched, seq] of [
          [job, "job", 2],
          [checkout, "checkout", 3],
          [session.id, "checkout", 3],
          [session.payment_intent, "checkout", 3],
          [adjustment_id, "adjustment", 4],
        ]
      ) {
        const found = await read(`search('${query}')`);
        assert.deepEqual(found.map((row) => [row.user_id, row.matched, row.entry_seq]), [[user, matched, seq]]);
      }
    });

    it("takes an address or an id for one account, and nothing else", async () => {
      const user = await db.createUser("exact@kredo.test");
      assert.equal(await readOne("account_id(' Exact@Kredo.test ')"), user);
      assert.equal(await readOne(`account_id('${user}')`), user);
      assert.equal(await readOne("account_id('exact@kredo.tes')"), null);
      assert.equal(await readOne(`account_id('${randomUUID()}')`), null);
    });
  });

  describe("of an account", () => {
    it("is its balance, open lots and reservations, and that nobody else's is mixed in", async () => {
      const [user, other] = [await db.createUser("lots@kredo.test"), await db.createUser()];
      await grant(user, 3);
      await grant(other, 4);
      await db.asUser(user, (sql) => sql`select * from enqueue_job('seedream-4-5', '{"prompt": "x"}')`);
      const account = await readOne(`account('${user}')`);
      assert.deepEqual([account.available, account.held, account.debt, account.seq], [12, 1, 0, 2]);
      assert.equal(account.profile.email, "lots@kredo.test");
      assert.deepEqual(account.lots.map((lot: Facts) => [lot.number, lot.remaining]), [[1, 9], [2, 3]]);
      assert.deepEqual(account.holds.map((hold: Facts) => [hold.amount, hold.job.status]), [[1, "queued"]]);
      assert.deepEqual(account.breaches, []);
      assert.equal(await refusal(read(`account('${randomUUID()}')`)), "KR003");
    });

    it("says whether its chain holds, and where it breaks first", async () => {
      const user = await db.createUser();
      for (let n = 0; n < 4; n++) await grant(user, 1);
      const chain = async () => (await readOne(`account('${user}')`)).chain;
      assert.deepEqual(await chain(), {
        checked: 5,
        from_seq: 1,
        to_seq: 5,
        whole: true,
        wrong: 0,
        first_wrong: null,
        head: true,
      });
      await tamper(db.sql, user, 3);
      const { wrong, first_wrong, head } = await chain();
      assert.deepEqual([wrong, first_wrong, head], [1, 3, true]);
      // Whoever also computes the hash anew breaks the next entry; the last one breaks the head.
      await db.sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`
          update public.credit_entries e set cause = '{}', hash = private.entry_hash(
            (select p.hash from public.credit_entries p where p.user_id = e.user_id and p.seq = e.seq - 1),
            e.user_id, e.seq, e.kind, e.amount, e.counter_account, e.balance_after, e.ref, '{}', e.created_at)
          where e.user_id = ${user} and e.seq = 5`;
      });
      assert.deepEqual((await chain()).head, false);
    });

    it("comes in pages: newest, around, before and after a number, never more than a hundred", async () => {
      const user = await db.createUser();
      await db.sql`
        select private.grant_credits(${user}, 1, 'grant', 'promo', concat('gift:', n), '{}', concat(${user}::text, n))
        from generate_series(1, 149) n`;
      const seqs = async (args: string) => (await read(`entries('${user}', ${args})`)).map(({ seq }) => seq);
      const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);
      assert.deepEqual(await seqs("p_limit => 3"), [150, 149, 148]);
      assert.deepEqual(await seqs("p_before => 148, p_limit => 3"), [147, 146, 145]);
      assert.deepEqual(await seqs("p_after => 100, p_limit => 3"), [103, 102, 101]);
      assert.deepEqual(await seqs("p_around => 70, p_limit => 5"), [72, 71, 70, 69, 68]);
      assert.deepEqual(await seqs("p_around => 150, p_limit => 5"), [150, 149, 148, 147, 146]);
      assert.deepEqual(await seqs("p_around => 1, p_limit => 5"), [3, 2, 1]);
      assert.deepEqual(await seqs("p_limit => 100000"), down(150, 51));
      assert.deepEqual((await read(`entries('${user}', p_before => 4)`)).map(({ wrong }) => wrong), [[], [], []]);
    });

    it("marks the entry that was changed, also as the last of a page, and a gap", async () => {
      const user = await db.createUser();
      for (let n = 0; n < 5; n++) await grant(user, 1);
      await tamper(db.sql, user, 4);
      const wrong = async (args: string) => {
        const page = await read(`entries('${user}', ${args})`);
        return page.filter((entry) => entry.wrong.length > 0).map((entry) => [entry.seq, entry.wrong]);
      };
      assert.deepEqual(await wrong("p_limit => 100"), [[4, ["hash"]]]);
      assert.deepEqual(await wrong("p_limit => 3"), [[4, ["hash"]]]);
      assert.deepEqual(await wrong("p_limit => 2"), []);
      const [{ kept }] = await db.sql`
        select to_jsonb(e) as kept from public.credit_entries e where user_id = ${user} and seq = 2`;
      const pastEveryRule = (run: (sql: Sql) => Promise<unknown>) =>
        db.sql.begin(async (sql) => {
          await sql`set local session_replication_role = replica`;
          await run(sql);
        });
      await pastEveryRule((sql) => sql`delete from public.credit_entries where user_id = ${user} and seq = 2`);
      assert.deepEqual(await wrong("p_limit => 100"), [[4, ["hash"]], [3, ["seq", "balance", "hash"]]]);
      // Back again, for the tests that want books that agree.
      await pastEveryRule((sql) =>
        sql`insert into public.credit_entries select * from jsonb_populate_record(null::public.credit_entries, ${
          sql.json(kept)
        })`
      );
    });
  });

  describe("of an entry", () => {
    const entry = (user: string, seq: number) => readOne(`entry('${user}', ${seq})`);

    it("is the job behind a charge: attempts, outputs, reservation and price, and not the customer's words", async () => {
      const user = await db.createUser();
      const job = await finishedJob(user);
      const facts = await entry(user, 2);
      assert.deepEqual([facts.entry.kind, facts.entry.amount, facts.wrong], ["settle", -1, []]);
      assert.deepEqual([facts.job.id, facts.job.credits_reserved, facts.job.credits_charged], [job, 2, 1]);
      assert.deepEqual(
        facts.job.attempts.map((each: Facts) => [each.number, each.state, each.prediction_id, each.cost_micros]),
        [
          [1, "succeeded", `pred_${job}`, 40_000],
        ],
      );
      assert.deepEqual(facts.job.outputs.map((each: Facts) => each.sha256), ["a".repeat(64)]);
      assert.deepEqual([facts.job.hold.state, facts.job.hold.grants, facts.job.hold.grant_amounts], ["settled", [1], [
        2,
      ]]);
      assert.deepEqual([facts.price.subject, facts.price.version, facts.price.credits], ["model:seedream-4-5", 1, 1]);
      assert.doesNotMatch(JSON.stringify(facts), /secret garden/);
      // Also when the entry itself is silent about it.
      await db.sql.unsafe(`do $$ begin
        set local session_replication_role = replica;
        update public.credit_entries set cause = '{}' where user_id = '${user}' and seq = 2;
      end $$`);
      assert.deepEqual((await entry(user, 2)).price, facts.price);
    });

    it("is the purchase behind a top-up, with the events about it, also when their payload is forgotten", async () => {
      const user = await db.createUser();
      const { id, session } = await paidCheckout(user);
      await db.sql`update private.webhook_events set payload = null where event_id = ${`evt_${id}`}`;
      const { checkout, price, lots } = await entry(user, 2);
      assert.deepEqual([checkout.id, checkout.payment_intent, checkout.price_cents], [
        id,
        session.payment_intent,
        3900,
      ]);
      assert.deepEqual(checkout.events.map((each: Facts) => [each.event_id, each.verdict, each.effect]), [
        [`evt_${id}`, "applied", "credited"],
      ]);
      assert.deepEqual([price.subject, price.price_cents], ["pack:pack_50", 3900]);
      assert.deepEqual(lots.map((lot: Facts) => [lot.number, lot.amount]), [[2, 50]]);
    });

    it("is the adjustment with both operators and the reason", async () => {
      const user = await db.createUser();
      const checker = await createOperator(db, "second@kredo.test");
      const { adjustment_id: id } = await requestAdjustment(db, operator, { user, amount: 300 });
      await decideAdjustment(db, checker, id, true, "Seen");
      const { adjustment } = await entry(user, 2);
      assert.deepEqual(
        [adjustment.id, adjustment.reason, adjustment.requested_by_email, adjustment.decided_by_email, adjustment.note],
        [id, REASON, "ops@kredo.test", "second@kredo.test", "Seen"],
      );
    });

    it("is the other side of a transfer, and the lot that ended", async () => {
      const [from, to] = [await db.createUser(), await db.createUser("payee@kredo.test")];
      await db.asService((sql) =>
        sql`select private.transfer_credits(${from}, ${to}, 4, 'transfer:1', '{"rule": "a sale"}', ${randomUUID()})`
      );
      assert.deepEqual((await entry(from, 2)).transfer, { user_id: to, email: "payee@kredo.test", seq: 2 });
      assert.equal((await entry(to, 2)).transfer.user_id, from);

      await db
        .sql`update public.credit_grants set effective_at = now() - interval '2 days', expires_at = now() - interval '1 day' where user_id = ${from} and number = 1`;
      await db.sql`select private.expire_grants(10)`;
      const { entry: expiry, lots } = await entry(from, 3);
      assert.deepEqual([expiry.kind, expiry.amount, lots.map((lot: Facts) => lot.number)], ["expiry", -6, [1]]);
    });

    it("shows the hash that was stored beside the one computed now, and the neighbours", async () => {
      const user = await db.createUser();
      for (let n = 0; n < 2; n++) await grant(user, 1);
      const before = await entry(user, 2);
      assert.deepEqual([before.previous_seq, before.next_seq, before.is_head], [1, 3, false]);
      assert.equal(before.recomputed_hash, before.entry.hash);
      assert.equal(before.previous_hash, (await entry(user, 1)).entry.hash);
      assert.equal((await entry(user, 1)).previous_hash, "0".repeat(64));
      assert.equal((await entry(user, 3)).is_head, true);
      await tamper(db.sql, user, 2);
      const now = await entry(user, 2);
      assert.notEqual(now.recomputed_hash, now.entry.hash);
      assert.deepEqual(now.wrong, ["hash"]);
      assert.equal(await refusal(entry(user, 4)), "KR003");
    });
  });

  describe("of the books", () => {
    it("sums to zero, and to the same by day", async () => {
      const sides = await read("trial_balance()");
      assert.equal(sides.reduce((sum, { amount }) => sum + amount, 0), 0);
      const days = await read("totals_by_day(30)");
      const promo = (rows: Facts[], side: string) =>
        rows.filter((row) => row[side] === "promo").reduce((sum, { amount }) => sum + amount, 0);
      assert.ok(promo(days, "counter_account") > 0);
      assert.equal(promo(days, "counter_account"), -promo(sides, "account"));
    });

    it("names the breach, the account and the entry, until it is mended", async () => {
      const user = await db.createUser("victim@kredo.test");
      await grant(user, 1);
      await db.sql`select private.run_invariants(30)`;
      const chain = async () => (await read("invariants()")).find(({ name }) => name === "chain");
      const { open_breaches: before, passes } = await chain();
      const [{ cause }] = await db.sql`select cause from public.credit_entries where user_id = ${user} and seq = 2`;
      await tamper(db.sql, user, 2);
      await db.sql`select private.run_invariants(30)`;
      const after = await chain();
      assert.deepEqual([after.open_breaches - before, after.check_failed], [1, false]);
      assert.ok(after.passes > passes && after.pass_checked > 0 && after.next_run_at > after.last_run_at);
      const [breach] = (await read("breaches()")).filter(({ user_id }) => user_id === user);
      assert.deepEqual([breach.invariant, breach.seq, breach.email], ["chain", 2, "victim@kredo.test"]);
      assert.deepEqual((await readOne(`entry('${user}', 2)`)).breaches.map((each: Facts) => each.invariant), ["chain"]);
      assert.deepEqual((await readOne(`account('${user}')`)).breaches.map((each: Facts) => each.seq), [2]);

      await db.sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`update public.credit_entries set cause = ${sql.json(cause)} where user_id = ${user} and seq = 2`;
      });
      await db.sql`select private.run_invariants(30)`;
      assert.equal((await chain()).open_breaches, before);
      assert.equal((await read("breaches(true)"))[0].user_id, user);
    });

    it("tells what was mended from what was accepted, and puts the acceptance into the log", async () => {
      const user = await db.createUser();
      await tamper(db.sql, user, 1);
      await db.sql`select private.run_invariants(30)`;
      const mine = async (args: string) => (await read(`breaches(${args})`)).filter(({ user_id }) => user_id === user);
      const [{ id }] = await mine("false");
      await db.asPostgres((sql) => sql`select private.accept_breach(${id}, 'Made whole by a correction, ticket 12')`);
      assert.deepEqual(await mine("false"), []);
      assert.equal((await mine("true"))[0].accepted, "Made whole by a correction, ticket 12");
      const [act] = await read("audit_log()");
      assert.deepEqual([act.action, act.subject, act.actor, act.login], [
        "breach.accepted",
        `breach:${id}`,
        null,
        "postgres",
      ]);
    });

    it("says how far a pass has come", async () => {
      const progress = async (position: string) => {
        const [{ done }] = await db.sql`select private.pass_progress(${position}) as done`;
        return done === null ? null : Number(done);
      };
      await finishedJob(await db.createUser());
      await finishedJob(await db.createUser());
      const [{ first, last }] = await db.sql`
        select min(user_id::text) as first, max(user_id::text) as last from public.credit_accounts`;
      const [{ first_hold, last_hold }] = await db.sql`
        select min(id::text) as first_hold, max(id::text) as last_hold from public.credit_holds`;
      assert.equal(await progress(""), null);
      assert.deepEqual([await progress(first), await progress(`${last}/17`)], [0, 1]);
      assert.deepEqual([await progress(`entry/${first}/1`), await progress(`entry/${last}/3`)], [0, 0.5]);
      assert.deepEqual([await progress("hold/"), await progress(`hold/${first_hold}`)], [0.5, 0.5]);
      assert.equal(await progress(`hold/${last_hold}`), 1);
      for (const place of ["node/", "node/1/0/0", "checkpoint/3"]) await progress(place);
      const [{ middle }] = await db.sql`
        select user_id as middle from public.credit_accounts where user_id::text not in (${first}, ${last})
        order by abs(private.pass_progress(user_id::text) - 0.5) limit 1`;
      const between = await progress(middle);
      assert.ok(between !== null && between > 0 && between < 1);
    });
  });

  describe("of corrections", () => {
    it("previews what one would do, and who has to agree", async () => {
      const user = await db.createUser();
      const preview = (amount: number, whose = user) => readOne(`preview_adjustment('${whose}', ${amount})`);
      const { available, available_after, missing, second_person } = await preview(5);
      assert.deepEqual([available, available_after, missing, second_person], [10, 15, 0, null]);
      assert.equal((await preview(-12)).missing, 2);
      assert.equal((await preview(101)).second_person, "amount");
      assert.equal((await preview(1, operator)).second_person, "own_account");
      await db.asService((sql) =>
        sql`select private.claw_back_credits(${user}, 14, 'refund', 'refund:p', '{}', ${`refund:${user}`})`
      );
      const debtor = await preview(6);
      assert.deepEqual([debtor.debt, debtor.debt_after, debtor.available_after], [4, 0, 2]);
    });

    it("lists those that wait, oldest first, and those decided, latest first, on from any of them", async () => {
      const checker = await createOperator(db);
      const user = await db.createUser("listed@kredo.test");
      const ids: string[] = [];
      for (let n = 0; n < 3; n++) {
        ids.push((await requestAdjustment(db, operator, { user, amount: 500 })).adjustment_id);
      }
      const list = async (args: string) =>
        (await read(`adjustments(${args})`)).map((row) => row.operator_adjustments).filter((each) =>
          each.email === "listed@kredo.test"
        );
      assert.deepEqual((await list("true")).map(({ id }) => id), ids);
      const [first] = await list("true");
      assert.deepEqual((await list(`true, '${first.requested_at}', '${first.id}'`)).map(({ id }) => id), ids.slice(1));
      for (const id of ids) await decideAdjustment(db, checker, id, false);
      assert.deepEqual((await list("false")).map(({ id }) => id), ids.toReversed());
      const [last] = await list("false");
      assert.deepEqual(
        (await list(`false, '${last.decided_at}', '${last.id}'`)).map(({ id }) => id),
        ids.slice(0, 2).reverse(),
      );
      assert.equal((await readOne(`adjustment('${ids[0]}')`)).state, "rejected");
      assert.equal(await refusal(read(`adjustment('${randomUUID()}')`)), "KR003");
    });

    it("keeps the log of acts, of all or of one", async () => {
      const busy = await createOperator(db, "busy@kredo.test");
      const user = await db.createUser("acted-on@kredo.test");
      await requestAdjustment(db, busy, { user, amount: 7 });
      await requestAdjustment(db, operator, { user, amount: 8 });
      const [latest, before] = await read("audit_log()");
      assert.deepEqual([latest.actor_email, latest.action, latest.account_email, latest.detail.amount], [
        "ops@kredo.test",
        "adjustment.applied",
        "acted-on@kredo.test",
        8,
      ]);
      assert.deepEqual((await read(`audit_log('${busy}')`)).map(({ id }) => id), [before.id]);
      assert.equal((await read(`audit_log(null, ${latest.id}, 1)`))[0].id, before.id);
    });
  });

  it("reaches every row by an index, in books of many accounts", async () => {
    const user = await db.createUser("indexed@kredo.test");
    const job = await finishedJob(user);
    const { session } = await paidCheckout(user);
    const { adjustment_id } = await requestAdjustment(db, operator, { user, amount: 5 });
    await db.sql.begin(async (sql) => {
      // Rows that nobody asks for, past every rule: what counts is that they are not read.
      await sql`set local session_replication_role = replica`;
      await sql`create temp table people on commit drop as select gen_random_uuid() as id, n from generate_series(1, 20000) n`;
      await sql`insert into public.profiles (id, email) select id, concat('crowd', n, '@kredo.test') from people`;
      await sql`insert into public.credit_accounts (user_id) select id from people`;
      await sql`
        insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, created_at, hash)
        select id, 1, 'grant', 1, 'promo', 1, 'signup', now(), '' from people`;
      await sql`
        insert into public.credit_grants (user_id, number, source, amount, remaining, ref, effective_at, entry_seq)
        select id, 1, 'promo', 1, 1, 'signup', now(), 1 from people`;
      await sql`insert into public.credit_holds (id, user_id, amount) select gen_random_uuid(), id, 1 from people`;
      await sql`
        insert into private.webhook_events (source, event_id, type, object_id)
        select 'stripe', concat('evt_', n), 'x', concat('cs_', n) from people`;
      await sql`
        insert into private.credit_adjustments (id, user_id, amount, reason, second_person, requested_by, state, decided_by, decided_at)
        select gen_random_uuid(), id, 1, 'a reason of some length', 'amount', id, 'rejected', ${operator}, now() from people`;
      await sql`
        insert into private.audit_log (actor, action, subject) select id, 'adjustment.rejected', 'adjustment:x' from people`;
      await sql`
        insert into private.invariant_breaches (invariant, place, user_id, seq, detail, resolved_at)
        select 'chain', concat(id, '/1'), id, 1, '{}', now() from people`;
    });
    await db.sql`analyze`;
    const scans = async (call: string) =>
      await db.asUser(operator, async (sql) => {
        // The view also counts what earlier transactions of the connection have not reported yet.
        const counted = async () => {
          const rows = await sql<{ table: string; scans: number }[]>`
            select relname as table, seq_scan as scans from pg_stat_xact_user_tables
            where relname in ('profiles', 'credit_accounts', 'credit_entries', 'credit_grants', 'credit_holds',
              'webhook_events', 'credit_adjustments', 'audit_log', 'invariant_breaches')`;
          return new Map(rows.map((row) => [row.table, row.scans]));
        };
        const before = await counted();
        await sql.unsafe(`select * from public.operator_${call}`);
        return [...await counted()].filter(([table, count]) => count > (before.get(table) ?? 0)).map(([table]) =>
          table
        );
      });
    for (
      const call of [
        "account_id('indexed@kredo.test')",
        "search('indexed')",
        `search('${user.slice(0, 8)}')`,
        `search('${job}')`,
        `search('${session.id}')`,
        `search('${adjustment_id}')`,
        `account('${user}')`,
        `entries('${user}')`,
        `entries('${user}', p_around => 2)`,
        `entries('${user}', p_after => 1)`,
        `entry('${user}', 2)`,
        `entry('${user}', 3)`,
        `entry('${user}', 4)`,
        "invariants()",
        "breaches()",
        "breaches(true)",
        `preview_adjustment('${user}', -3)`,
        `adjustment('${adjustment_id}')`,
        "adjustments(true)",
        "adjustments(false)",
        "audit_log()",
        `audit_log('${operator}')`,
      ]
    ) assert.deepEqual(await scans(call), [], `operator_${call}`);
    assert.ok((await scans("trial_balance()")).includes("credit_accounts"), "a sum over all accounts is seen as one");
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { createOperator } from "../support/operators.ts";
import { journal, type Row } from "../support/webhook-journal.ts";

describe("what operators see and do of billing", () => {
  let db: TestDatabase;
  let operator: string;
  before(async () => {
    db = await freshDatabase();
    operator = await createOperator(db, "ops@kredo.test");
    await syncPrices(db);
  });
  after(() => db.close());

  const { read, readOne, list, preview, acts, failedEvent, paidPack } = journal(() => db, () => operator);

  describe("the journal", () => {
    it("keeps of an event what it is about, its mode and its time, also when its payload is forgotten", async () => {
      const id = await failedEvent({ object: "in_kept" });
      await db.sql`update private.webhook_events set payload = null where event_id = ${id}`;
      const { object_id, livemode, occurred_at, payload } = await readOne(`webhook_event('${id}')`);
      assert.deepEqual([object_id, livemode, new Date(occurred_at).getTime(), payload], [
        "in_kept",
        false,
        1_790_000_000_000,
        null,
      ]);
    });

    it("is narrowed down by verdict, type, object, event and period, and paged without a gap", async () => {
      const type = "charge.refunded";
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.push(await failedEvent({ type, object: `ch_${n}` }));
      await applyEvent(db, type, {}, { id: "evt_plain", payload: { data: { object: { id: "ch_1" } } } });
      const found = async (args: string) => (await list(args)).map(({ event_id }) => event_id);
      assert.deepEqual(await found(`p_type => '${type}', p_verdict => 'failed'`), ids.toReversed());
      assert.deepEqual(await found(`p_type => '${type}'`), ["evt_plain", ...ids.toReversed()]);
      assert.deepEqual(await found("p_object => 'ch_1'"), ["evt_plain", ids[1]]);
      assert.deepEqual(await found(`p_object => '${ids[2]}'`), [ids[2]]);
      assert.deepEqual(await found("p_object => 'ch_1', p_verdict => 'applied'"), []);
      const [newest, , third] = await list(`p_type => '${type}', p_verdict => 'failed'`);
      const on = `p_at => '${third.received_at}', p_id => '${third.event_id}'`;
      assert.deepEqual(await found(`p_type => '${type}', p_verdict => 'failed', ${on}, p_limit => 1`), [ids[1]]);
      assert.deepEqual(await found(`p_type => '${type}', p_verdict => 'failed', p_from => '${newest.received_at}'`), [
        ids[4],
      ]);
      assert.deepEqual(await found(`p_type => '${type}', p_until => '${third.received_at}'`), [ids[1], ids[0]]);
      assert.equal((await list("p_limit => 100000")).length <= 100, true);
    });

    it("is Stripe's alone: what Replicate says belongs to its jobs and cannot be replayed", async () => {
      await db.asService((sql) =>
        sql`select private.receive_webhook('replicate', 'msg_1', 'completed', '{"id": "p"}')`
      );
      assert.deepEqual(await list("p_object => 'msg_1'"), []);
      assert.equal(await refusal(read("webhook_event('msg_1')")), "KR003");
      assert.equal(await refusal(read("replay_webhook('msg_1')")), "KR003");
      assert.equal(await refusal(preview("msg_1", {})), "KR003");
    });

    it("counts what failed within the hour, what is not tried any more and what is due", async () => {
      const before = await readOne("webhook_counts()");
      const [late, over] = [await failedEvent(), await failedEvent()];
      await db
        .sql`update private.webhook_events set processed_at = now() - interval '2 hours' where event_id = ${late}`;
      await db.sql`update private.webhook_events set retry_at = null where event_id = ${over}`;
      await read(`replay_webhook('${await failedEvent()}')`);
      const counts = await readOne("webhook_counts()");
      const more = Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, Number(n) - before[key]]));
      assert.deepEqual(more, { failed_last_hour: 1, failed: 2, given_up: 1, due: 1 });
    });

    it("leads from an event to the person, to what it made of our rows and to the entries", async () => {
      const who = await createCustomer(db, await db.createUser("paid@kredo.test"));
      const plan = new Subscribed(db, who);
      const invoice = plan.invoice();
      const payload = { data: { object: { id: invoice.id, customer: who.customer } } };
      await plan.tell("invoice.paid", invoice, { id: "evt_paid", payload });
      await plan.moneyBack(invoice, { refunded: 1450 });
      const event = await readOne("webhook_event('evt_paid')");
      assert.deepEqual([event.verdict, event.email], ["applied", "paid@kredo.test"]);
      assert.deepEqual(event.objects.map((each: Row) => [each.noun, each.id]), [
        ["subscription", plan.id],
        ["invoice", invoice.id],
        ["payment", `pi_${invoice.id}`],
      ]);
      assert.deepEqual(event.entries.map((each: Row) => [each.kind, each.amount]), [["grant", 500], ["refund", -250]]);
      assert.doesNotMatch(JSON.stringify(event), /hosted|address/);
    });

    it("leads from a pack's session to purchase, payment and top-up, and to the other events about it", async () => {
      const user = await db.createUser();
      const { id, facts } = await paidPack(user);
      const payload = { data: { object: { id: `cs_${id}` } } };
      await applyEvent(db, "checkout.session.completed", facts, { id: `evt_${id}`, payload });
      await applyEvent(db, "checkout.session.async_payment_succeeded", facts, { id: `evt_2_${id}`, payload });
      const event = await readOne(`webhook_event('evt_${id}')`);
      assert.deepEqual([event.user_id, ...event.objects.map((each: Row) => each.id)], [user, id, `pi_${id}`]);
      assert.deepEqual(event.entries.map((each: Row) => [each.seq, each.amount]), [[2, 50]]);
      assert.deepEqual(event.others.map((each: Row) => [each.event_id, each.effect]), [[
        `evt_2_${id}`,
        "already_credited",
      ]]);
    });
  });

  describe("comparisons and tasks", () => {
    it("are begun once while one over as many days waits, from 1 to 30 days, and that is on record", async () => {
      for (const days of ["0", "31", "null"]) {
        assert.equal(await refusal(read(`start_reconciliation(${days})`)), "KR004", days);
      }
      const both = await Promise.all([readOne("start_reconciliation(7)"), readOne("start_reconciliation(7)")]);
      assert.deepEqual(both.toSorted(), ["already", "queued"]);
      assert.equal(await readOne("start_reconciliation(3)"), "already");
      assert.equal(await readOne("start_reconciliation(30)"), "queued");
      const log = await acts("reconciliation:stripe");
      assert.deepEqual(log.map(({ actor, detail }) => [actor, detail.days]), [[operator, 7], [operator, 30]]);
      const waiting = (await read("tasks('open')")).filter(({ kind }) => kind === "reconcile");
      assert.deepEqual(waiting.map(({ data }) => data.days), [7, 30]);
    });

    it("show what they repaired, the latest first", async () => {
      const run = (repaired: unknown[]) =>
        db.asService(async (sql) => {
          const [{ id }] = await sql`select private.begin_reconciliation(now() - interval '3 days') as id`;
          await sql`select private.finish_reconciliation(${id}, 12, ${sql.json(repaired as never)}, null)`;
          return id;
        });
      const ids = [await run([]), await run([{ kind: "session", id: "cs_1", effects: ["credited"], error: null }])];
      const runs = await read("reconciliations()");
      assert.deepEqual(runs.slice(0, 2).map(({ id }) => id), ids.toReversed());
      assert.deepEqual([runs[0].compared, runs[0].repaired[0].id], [12, "cs_1"]);
      assert.equal((await read("reconciliations(1)")).length, 1);
    });

    it("are tried again: a failed one, or one that waits; not one that is done or that is due", async () => {
      const add = async () => {
        await db.asPostgres((sql) =>
          sql`select private.add_mail(${operator}, 'grace_ended', ${randomUUID()}, '{"plan": "pro"}')`
        );
        const [{ id }] = await db.sql`select max(id) as id from private.tasks`;
        return id;
      };
      const task = await add();
      assert.equal(await readOne(`retry_task(${task})`), "already");
      await db.sql`
        update private.tasks set state = 'failed', attempts = 10, finished_at = now(), error = 'No answer.' where id = ${task}`;
      const [failed] = await read("tasks('failed')");
      assert.deepEqual([failed.id, failed.error, failed.email], [task, "No answer.", "ops@kredo.test"]);
      assert.equal(await readOne(`retry_task(${task})`), "queued");
      const claimed = await db.asService((sql) => sql`select id, attempt from private.claim_tasks(100)`);
      assert.deepEqual(claimed.filter(({ id }) => id === task).map(({ attempt }) => attempt), [11]);
      // Whoever worked on it before is still told apart.
      const finish = (attempt: number) =>
        db.asService(async (sql) => (await sql`select private.finish_task(${task}, ${attempt}, 'done') as did`)[0].did);
      assert.deepEqual([await finish(10), await finish(11)], [false, true]);
      assert.equal(await refusal(read(`retry_task(${task})`)), "KR008");
      assert.equal(await refusal(read("retry_task(0)")), "KR003");
      const [act] = await acts(`task:${task}`);
      assert.deepEqual([act.actor, act.action, act.detail.state, act.detail.error], [
        operator,
        "task.retried",
        "failed",
        "No answer.",
      ]);
    });
  });

  it("shows which prices Stripe does not know yet, for each mode by itself", async () => {
    const prices = async (livemode: boolean) =>
      (await read(`stripe_catalogue(${livemode})`)).map(({ plan, cycle, version, on_sale, stripe_id }) =>
        [plan, cycle, version, on_sale, stripe_id].join(" ")
      );
    const test = await prices(false);
    assert.ok(test.includes("pro month 1 true price_pro_month"), String(test));
    assert.ok((await prices(true)).every((line) => line.endsWith("true ")));
    await db.asPostgres((sql) => sql`select private.set_plan_price('pro', 'month', 3100)`);
    const later = await prices(false);
    assert.ok(later.includes("pro month 2 true "));
    assert.ok(later.includes("pro month 1 false price_pro_month"));
  });

  describe("readiness", () => {
    const failed = async (): Promise<number> =>
      (await db.asWeb((sql) => sql`select private.readiness() as r`))[0].r.failed_webhooks;

    it("counts an event for as long as it fails, and no longer", async () => {
      const before = await failed();
      const id = await failedEvent();
      assert.equal(await failed(), before + 1);
      await db.sql`
        update private.webhook_events set received_at = now() - interval '5 hours', processed_at = now() - interval '2 hours'
        where event_id = ${id}`;
      assert.equal(await failed(), before + 1, "a day and a half of tries is not forgotten after the first hour");
      await db.sql`update private.webhook_events set retry_at = null where event_id = ${id}`;
      assert.equal(await failed(), before, "an hour after the last try it is for the journal to show");
      await db.sql`update private.webhook_events set processed_at = now() where event_id = ${id}`;
      assert.equal(await failed(), before + 1);
      const user = await db.createUser();
      await applyEvent(db, "checkout.session.completed", (await paidPack(user)).facts, { id });
      assert.equal(await failed(), before, "with its success it is over");
    });
  });

  it("reaches every event by an index, in a journal of many", async () => {
    await db.sql`
      insert into private.webhook_events (source, event_id, type, verdict, object_id, received_at, processed_at)
      select case when n % 2 = 0 then 'stripe' else 'replicate' end, concat('evt_many_', n), concat('type_', n % 2000), 'applied',
        concat('obj_', n), now() - make_interval(secs => n), now()
      from generate_series(1, 20000) n`;
    await db.sql`
      insert into private.audit_log (action, subject) select 'webhook.replayed', concat('webhook:', n) from generate_series(1, 5000) n`;
    await db.sql`
      insert into private.tasks (kind, key, state, finished_at) select 'mail', concat('many:', n), 'done', now() from generate_series(1, 5000) n`;
    await db.sql`analyze`;
    const touched = async (call: string) =>
      await db.asUser(operator, async (sql) => {
        const counted = async () =>
          new Map((await sql`
            select relname, seq_scan + idx_tup_fetch as n, seq_scan from pg_stat_xact_user_tables
            where relname in ('webhook_events', 'audit_log', 'tasks')`).map((
            row,
          ) => [row.relname, [Number(row.seq_scan), Number(row.n)]]));
        const before = await counted();
        await sql.unsafe(`select * from public.operator_${call}`);
        return [...await counted()].map(([table, [scans, rows]]) => {
          const [scansBefore, rowsBefore] = before.get(table) ?? [0, 0];
          return { table, scans: scans - scansBefore, rows: rows - rowsBefore };
        }).filter(({ scans, rows }) => scans > 0 || rows > 200);
      });
    for (
      const call of [
        "webhook_events()",
        "webhook_events('failed')",
        "webhook_events(p_type => 'type_2')",
        "webhook_events('failed', 'type_2')",
        "webhook_events(p_object => 'obj_19000')",
        "webhook_events(p_object => 'evt_many_19000')",
        "webhook_events(p_from => now() - interval '3000 seconds', p_until => now() - interval '2900 seconds')",
        "webhook_events(p_at => now() - interval '9000 seconds', p_id => 'evt')",
        "webhook_event('evt_many_19000')",
        "webhook_counts()",
        "tasks('failed')",
        "tasks('open')",
      ]
    ) assert.deepEqual(await touched(call), [], `operator_${call}`);
  });
});

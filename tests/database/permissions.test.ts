import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createCustomer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { createOperator, requestAdjustment } from "../support/operators.ts";

type Role = "owner" | "stranger" | "operator" | "anon" | "service" | "web";

/** Tables a person sees their own rows of, with the column that names them. */
const OWN_ROWS: Record<string, string> = {
  profiles: "id",
  credit_accounts: "user_id",
  credit_entries: "user_id",
  credit_holds: "user_id",
  credit_grants: "user_id",
  jobs: "user_id",
  job_outputs: "user_id",
  job_batches: "user_id",
  job_events: "user_id",
  checkout_sessions: "user_id",
  subscriptions: "user_id",
  invoices: "user_id",
  payments: "user_id",
  auto_topups: "user_id",
  entitlement_usage: "user_id",
};
const FOR_EVERYONE = [
  "models",
  "credit_packs",
  "credit_prices",
  "credit_checkpoints",
  "plans",
  "plan_prices",
  "plan_entitlements",
];

/** Who may call what. A function that is not here may be called by nobody but its owner. */
const CALLABLE: Record<string, string[]> = {
  "public.update_profile": ["authenticated"],
  "public.enqueue_job": ["authenticated"],
  "public.enqueue_batch": ["authenticated"],
  "public.count_live_jobs": ["authenticated"],
  "public.cancel_job": ["authenticated"],
  "public.job_story": ["authenticated"],
  "public.request_adjustment": ["authenticated"],
  "public.decide_adjustment": ["authenticated"],
  "public.operator_account_id": ["authenticated"],
  "public.operator_search": ["authenticated"],
  "public.operator_account": ["authenticated"],
  "public.operator_entries": ["authenticated"],
  "public.operator_entry": ["authenticated"],
  "public.operator_invariants": ["authenticated"],
  "public.operator_breaches": ["authenticated"],
  "public.operator_trial_balance": ["authenticated"],
  "public.operator_totals_by_day": ["authenticated"],
  "public.operator_preview_adjustment": ["authenticated"],
  "public.operator_adjustment": ["authenticated"],
  "public.operator_adjustments": ["authenticated"],
  "public.operator_audit_log": ["authenticated"],
  "public.operator_webhook_events": ["authenticated"],
  "public.operator_webhook_counts": ["authenticated"],
  "public.operator_webhook_event": ["authenticated"],
  "public.operator_preview_webhook": ["authenticated"],
  "public.operator_replay_webhook": ["authenticated"],
  "public.operator_reconciliations": ["authenticated"],
  "public.operator_start_reconciliation": ["authenticated"],
  "public.operator_tasks": ["authenticated"],
  "public.operator_retry_task": ["authenticated"],
  "public.operator_stripe_catalogue": ["authenticated"],
  "public.operator_dead_letters": ["authenticated"],
  "public.operator_dead_letter_counts": ["authenticated"],
  "public.operator_requeue_jobs": ["authenticated"],
  "public.operator_discard_jobs": ["authenticated"],
  "public.operator_job": ["authenticated"],
  "public.operator_engine": ["authenticated"],
  "public.operator_model_margins": ["authenticated"],
  "public.checkpoint_proof": ["authenticated"],
  "private.take_rate_limit": ["kredo_web"],
  "private.give_back_rate_limit": ["kredo_web"],
  "private.confirm_email": ["kredo_web"],
  "private.open_checkout": ["kredo_web"],
  "private.attach_checkout": ["kredo_web"],
  "private.readiness": ["kredo_web"],
  "private.free_allowance": ["kredo_web"],
  "private.company": ["kredo_web"],
  "private.read_stream_url": ["kredo_web"],
  "private.grant_credits": ["service_role"],
  "private.claw_back_credits": ["service_role"],
  "private.transfer_credits": ["service_role"],
  "private.claim_jobs": ["service_role"],
  "private.record_prediction": ["service_role"],
  "private.complete_job": ["service_role"],
  "private.complete_jobs": ["service_role"],
  "private.fail_attempt": ["service_role"],
  "private.due_attempts": ["service_role"],
  "private.canceled_attempts": ["service_role"],
  "private.mark_cancel_sent": ["service_role"],
  "private.mark_never_created": ["service_role"],
  "private.attempt_for_prediction": ["service_role"],
  "private.extend_lease": ["service_role"],
  "private.hand_back": ["service_role"],
  "private.note_late": ["service_role"],
  "private.pause_model": ["service_role"],
  "private.take_turn": ["service_role"],
  "private.retire_worker": ["service_role"],
  "private.beat_worker": ["service_role"],
  "private.sweep_jobs": ["service_role"],
  "private.unsigned_checkpoints": ["service_role"],
  "private.checkpoint_key": ["service_role"],
  "private.sign_checkpoint": ["service_role"],
  "private.receive_webhook": ["service_role"],
  "private.finish_webhook": ["service_role"],
  "private.apply_stripe_event": ["service_role"],
  "private.reconcile_stripe_facts": ["service_role"],
  "private.take_stripe_ticket": ["service_role"],
  "private.claim_failed_events": ["service_role"],
  "private.begin_reconciliation": ["service_role"],
  "private.finish_reconciliation": ["service_role"],
  "private.unknown_at_ours": ["service_role"],
  "private.overdue_subscriptions": ["service_role"],
  "private.claim_tasks": ["service_role"],
  "private.finish_task": ["service_role"],
  "private.defer_task": ["service_role"],
  "private.awaits_topup": ["service_role"],
  "private.fail_topup": ["service_role"],
  "private.note_stripe_id": ["service_role"],
  "private.take_entitlement": ["service_role"],
  "private.give_back_entitlement": ["service_role"],
  "private.clock": ["kredo_web", "service_role"],
  "private.stripe_id_of": ["kredo_web", "service_role"],
  "private.stripe_customer_of": ["kredo_web", "service_role"],
  "private.note_stripe_customer": ["kredo_web"],
  "private.price_on_sale": ["kredo_web"],
  "private.open_plan_checkout": ["kredo_web"],
  "private.open_card_checkout": ["kredo_web"],
  "private.other_open_sessions": ["kredo_web"],
  "public.read_plan": ["authenticated"],
  "public.read_usage": ["authenticated"],
  "public.read_topups_of_month": ["authenticated"],
  "public.set_auto_topup": ["authenticated"],
  "public.stop_auto_topup": ["authenticated"],
};
const OUTSIDERS = ["anon", "authenticated", "service_role", "kredo_web"];

describe("permissions", () => {
  let db: TestDatabase;
  let owner: string;
  let stranger: string;
  let operator: string;

  before(async () => {
    db = await freshDatabase();
    owner = await db.createUser();
    stranger = await db.createUser();
    operator = await createOperator(db);
    await requestAdjustment(db, operator, { user: owner, amount: 5 });
    await db.asUser(
      owner,
      (sql) => sql`select * from enqueue_job('seedream-4-5', '{"prompt": "x", "num_outputs": 2}')`,
    );
    const [{ attempt_id, job_id }] = await db.asService((sql) =>
      sql`select attempt_id, job_id from private.claim_jobs('test', 1)`
    );
    await db.asService((sql) =>
      sql`select private.complete_job(${attempt_id}, ${
        sql.json([{
          position: 0,
          path: `${owner}/${job_id}/0.png`,
          content_type: "image/png",
          bytes: 1,
          sha256: "0".repeat(64),
          width: 1,
          height: 1,
        }])
      }, '{}')`
    );
    await db.asUser(
      owner,
      (sql) => sql`select * from enqueue_batch('seedream-4-5', '[{"prompt": "x"}, {"prompt": "y"}]')`,
    );
    await db.asWeb((sql) => sql`select * from private.open_checkout(${owner}, 'pack_10', null, '')`);
    await syncPrices(db);
    await new Subscribed(db, await createCustomer(db, owner)).pay();
    await db.asUser(owner, (sql) => sql`select set_auto_topup(5, 'pack_10', 5000)`);
    await db.asService((sql) => sql`select private.take_entitlement(${owner}, 'trainings')`);
  });
  after(() => db.close());

  const as = (role: Role, statement: string): Promise<unknown[]> => {
    const run = (sql: { unsafe: (text: string) => PromiseLike<unknown[]> }) => Promise.resolve(sql.unsafe(statement));
    switch (role) {
      case "owner":
        return db.asUser(owner, run);
      case "stranger":
        return db.asUser(stranger, run);
      case "operator":
        return db.asUser(operator, run);
      case "anon":
        return db.asAnon(run);
      case "service":
        return db.asService(run);
      case "web":
        return db.asWeb(run);
    }
  };
  const rows = async (schema: string, kinds = "rpvm") => {
    const found = await db.sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = ${schema}::regnamespace and strpos(${kinds}, relkind::text) > 0 order by 1`;
    return found.map((row) => row.name);
  };

  const firstColumn = async (table: string) => {
    const [{ column }] = await db
      .sql`select attname as column from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and attidentity = '' order by attnum limit 1`;
    return column;
  };

  it("names every public table in this test", async () => {
    assert.deepEqual(await rows("public"), [...Object.keys(OWN_ROWS), ...FOR_EVERYONE].sort());
  });

  it("shows a person their own rows and nobody else's", async () => {
    for (const [table, column] of Object.entries(OWN_ROWS)) {
      const own = await as("owner", `select ${column} as who from public.${table}`) as { who: string }[];
      assert.ok(own.length > 0, `${table} has a row of the owner`);
      assert.ok(own.every((row) => row.who === owner), `${table} shows the owner their own rows`);
      // An operator reads other people's rows through functions that begin by asking who they are, or not at all.
      for (const [role, id] of [["stranger", stranger], ["operator", operator]] as const) {
        const seen = await as(role, `select ${column} as who from public.${table}`) as { who: string }[];
        assert.ok(seen.every((row) => row.who === id), `${table} hides the owner's rows from a ${role}`);
      }
    }
  });

  it("shows a visitor the catalogue, the packs and every price, without what the provider knows, and nothing else", async () => {
    assert.ok((await as("anon", "select slug, credits from public.models")).length > 0);
    assert.ok((await as("anon", "select * from public.credit_packs")).length > 0);
    assert.ok((await as("anon", "select * from public.credit_prices")).length > 0);
    assert.equal(await refusal(as("anon", "select provider_model from public.models")), "42501");
    assert.equal(await refusal(as("owner", "select provider_input from public.models")), "42501");
    for (const table of Object.keys(OWN_ROWS)) {
      assert.equal(await refusal(as("anon", `select * from public.${table}`)), "42501", table);
    }
  });

  it("lets no role write a public table, by any verb", async () => {
    for (const table of [...Object.keys(OWN_ROWS), ...FOR_EVERYONE]) {
      const column = await firstColumn(`public.${table}`);
      for (const role of ["owner", "stranger", "operator", "anon", "service", "web"] as Role[]) {
        for (
          const statement of [
            `insert into public.${table} (${column}) values (default)`,
            `update public.${table} set ${column} = ${column}`,
            `delete from public.${table}`,
            `truncate public.${table} cascade`,
          ]
        ) {
          assert.equal(await refusal(as(role, statement)), "42501", `${role}: ${statement}`);
        }
      }
    }
  });

  it("lets no role read or write a private table, by any verb", async () => {
    const tables = await rows("private", "rp");
    assert.ok(tables.length > 5);
    for (const table of tables) {
      const column = await firstColumn(`private.${table}`);
      for (const role of ["owner", "operator", "anon", "service", "web"] as Role[]) {
        for (
          const statement of [
            `select * from private.${table}`,
            `insert into private.${table} default values`,
            `update private.${table} set ${column} = ${column}`,
            `delete from private.${table}`,
            `truncate private.${table} cascade`,
          ]
        ) {
          assert.equal(await refusal(as(role, statement)), "42501", `${role}: ${statement}`);
        }
      }
    }
  });

  it("lets no role read a private view, which runs with its reader's rights", async () => {
    const views = await rows("private", "vm");
    assert.ok(views.length > 0);
    for (const view of views) {
      for (const role of ["owner", "anon", "service", "web"] as Role[]) {
        assert.equal(await refusal(as(role, `select * from private.${view}`)), "42501", `${role}: ${view}`);
      }
    }
    const open = await db.sql`
      select relname from pg_class where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false)`;
    assert.deepEqual(open.map((row) => row.relname), []);
  });

  it("lets each function be called by exactly those named here", async () => {
    const found = await db.sql<{ name: string; role: string }[]>`
      select distinct n.nspname || '.' || p.proname as name, r.role
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      cross join unnest(${OUTSIDERS}::text[]) as r (role)
      where n.nspname in ('public', 'private') and has_function_privilege(r.role, p.oid, 'execute')
      order by 1, 2`;
    const actual: Record<string, string[]> = {};
    for (const { name, role } of found) (actual[name] ??= []).push(role);
    // kredo_web is a member of authenticated, but NOINHERIT: has_function_privilege sees only what it holds itself.
    const sorted = (record: Record<string, string[]>) => Object.fromEntries(Object.entries(record).sort());
    assert.deepEqual(sorted(actual), sorted(CALLABLE));
  });

  it("gives every definer function a stated reason and every function an empty search path", async () => {
    const functions = await db.sql<
      { name: string; definer: boolean; config: string[] | null; comment: string | null }[]
    >`
      select n.nspname || '.' || p.proname as name, p.prosecdef as definer, p.proconfig as config,
        obj_description(p.oid, 'pg_proc') as comment
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'private')`;
    assert.ok(functions.length > 20);
    for (const { name, definer, config, comment } of functions) {
      assert.ok(config?.includes('search_path=""'), `${name} sets search_path = ''`);
      assert.ok(comment, `${name} has a comment`);
      if (definer) assert.match(comment, /Definer/, `${name} says why it is a definer`);
    }
  });

  it("has row-level security and a comment on every table", async () => {
    const tables = await db.sql<{ name: string; secured: boolean; comment: string | null }[]>`
      select n.nspname || '.' || c.relname as name, c.relrowsecurity as secured, obj_description(c.oid, 'pg_class') as comment
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')`;
    for (const { name, secured, comment } of tables) {
      assert.ok(secured, `${name} has row-level security`);
      assert.ok(comment, `${name} has a comment`);
    }
  });

  it("lets a person cancel their own job and not a stranger's", async () => {
    const [{ id }] = await as("owner", "select id from public.jobs limit 1") as { id: string }[];
    assert.equal(await refusal(as("stranger", `select cancel_job('${id}')`)), "KR003");
  });

  it("keeps role and status out of a person's own reach", async () => {
    await as("owner", "select update_profile('Name', 'pl')");
    const [profile] = await as("owner", "select role, status, locale from public.profiles") as Record<string, string>[];
    assert.deepEqual({ ...profile }, { role: "customer", status: "active", locale: "pl" });
    assert.equal(await refusal(as("owner", "select update_profile(repeat('x', 81), 'en')")), "KR004");
    assert.equal(await refusal(as("owner", "select update_profile('x', 'de')")), "KR004");
  });

  it("takes a new address for unconfirmed until its own link comes back", async () => {
    const mover = await db.createUser();
    const confirmed = async () => {
      const [{ email, at }] = await db.sql<{ email: string; at: Date | null }[]>`
        select email, email_confirmed_at as at from public.profiles where id = ${mover}`;
      return [email, at !== null];
    };
    await db.asWeb((sql) => sql`select private.confirm_email(${mover})`);
    await db.sql`update auth.users set email = 'somebody.else@example.test' where id = ${mover}`;
    assert.deepEqual(await confirmed(), ["somebody.else@example.test", false]);
    await db.asWeb((sql) => sql`select private.confirm_email(${mover})`);
    await db.sql`update auth.users set raw_user_meta_data = '{}' where id = ${mover}`;
    assert.deepEqual(await confirmed(), ["somebody.else@example.test", true]);
  });

  it("shows stored files to their owner alone", async () => {
    await db.sql`insert into storage.objects (bucket_id, name) values ('outputs', ${`${owner}/job/attempt/0.png`})`;
    assert.equal((await as("owner", "select name from storage.objects")).length, 1);
    assert.equal((await as("stranger", "select name from storage.objects")).length, 0);
    assert.equal((await as("anon", "select name from storage.objects")).length, 0);
    const write = `insert into storage.objects (bucket_id, name) values ('outputs', '${owner}/x')`;
    assert.equal(await refusal(as("owner", write)), "42501");
  });

  it("does not let the web role become more than a signed-in person", async () => {
    assert.equal(await refusal(as("web", "set local role service_role")), "42501");
    assert.equal(await refusal(as("web", "set local role postgres")), "42501");
  });
});

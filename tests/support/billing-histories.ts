import assert from "node:assert/strict";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { type Delivery, tell } from "./billing-deliveries.ts";
import { type History, type Life, live, makeHistory, makeTimes, momentsOf } from "./billing-happenings.ts";
import type { Outcome } from "./billing-model.ts";
import { syncPrices } from "./billing-scene.ts";
import type { TestDatabase } from "./database.ts";
import { Tally } from "./ledger-history.ts";

/** Histories whose business time passes together. */
const BATCH = 50;
/** Statements side by side; no person is in two of them. */
const LANES = 4;

export interface Report {
  seed: number;
  histories: number;
  deliveries: number;
  /** Rules met, as the model and the news call them. */
  outcomes: Tally;
}

/** Histories that reach less than this prove less than they say. */
const OUTCOMES = [
  "a debt is paid by what comes in",
  "a later state was fetched",
  "a month of Free",
  "a period was paid for before",
  "allowance of a month",
  "allowance of a trial",
  "allowance of a year's month",
  "an allowance came too late",
  "an event came again",
  "an older fetch was written last",
  "auto: failed",
  "auto: paid",
  "buy",
  "cancel",
  "cancel at end",
  "change",
  "close dispute",
  "dispute",
  "end delayed",
  "fail refund",
  "found by a comparison",
  "grace is over",
  "in debt",
  "pack: expired",
  "pack: failed",
  "pack: paid",
  "pack: processing",
  "plan: enterprise",
  "plan: free",
  "plan: pro",
  "recover",
  "refund",
  "returned",
  "spending covered by the plan",
  "spending refused: debt",
  "spending refused: too few",
  "spent",
  "subscribe",
  "subscription: active",
  "subscription: canceled",
  "subscription: past_due",
  "subscription: trialing",
  "taken back",
  "taken back from other lots",
  "taken back, and owed",
  "what ended unspent is not taken again",
];

export const notReached = ({ outcomes }: Report) => OUTCOMES.filter((outcome) => !outcomes.counts.has(outcome));

/** What the histories need of the database, once: prices, models of round prices, and somebody who spends. */
export async function prepare(db: TestDatabase): Promise<void> {
  await syncPrices(db);
  // The provider's limit is about a minute, and here thousands of jobs pass in one.
  await db.sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
  await db.sql.unsafe(`
    insert into public.models (slug, name, kind, provider_model, credits, max_outputs, input_schema, runnable)
    select concat('costs-', price), concat('costs-', price), kind, provider_model, price, 4, input_schema, true
    from public.models cross join unnest(array[1, 10, 25, 100]) as price where slug = 'seedream-4-5';
    create schema histories;
    create function histories.spend(p_user uuid, p_price int, p_outputs int) returns text language plpgsql as $$
    begin
      perform set_config('request.jwt.claims', json_build_object('sub', p_user)::text, true);
      return (select job_id from public.enqueue_job(concat('costs-', p_price),
        jsonb_build_object('prompt', 'x', 'num_outputs', p_outputs)));
    exception when others then
      return sqlstate;
    end
    $$;`);
}

/**
 * Random histories, each told to the database in several orders, of a person each. After each phase everybody of a history
 * has to have what the model says. Throws with the shortest history that fails; the same seed does the same again.
 */
export async function compareHistories(
  db: TestDatabase,
  options: { seed: number; histories: number; orders: number; progress?: (report: Report) => void },
): Promise<Report> {
  const report: Report = { seed: options.seed, histories: 0, deliveries: 0, outcomes: new Tally() };
  for (let nth = 0; report.histories < options.histories; nth++) {
    const name = `${options.seed}/${nth}`;
    const random = seededRandom(name);
    const calm = nth % 2 === 0;
    const days = calm ? makeTimes(random, 4) : [0, 0, 0];
    const histories = Array.from({ length: BATCH }, () => makeHistory(random, calm, days.length));
    const failed = await new Batch(db, name, Array(options.orders).fill(histories).flat(), days, report).run();
    if (failed) throw await shorten(db, name, failed.history, days, failed.error);
    report.histories += BATCH;
    // Or plans made for empty tables go on being used.
    if (Math.log2(nth + 1) % 1 === 0) await db.sql`analyze`;
    options.progress?.(report);
  }
  return report;
}

/** Leaves out what the failure does not need. */
async function shorten(db: TestDatabase, name: string, history: History, days: number[], error: Error): Promise<Error> {
  const ignored: Report = { seed: 0, histories: 0, deliveries: 0, outcomes: new Tally() };
  const fails = async (candidate: History) =>
    (await new Batch(db, name, Array(24).fill(candidate), days, ignored).run())?.error;
  for (let again = true; again;) {
    again = false;
    for (const shorter of withoutOne(history)) {
      const still = await fails(shorter);
      if (!still) continue;
      [history, error, again] = [shorter, still, true];
      break;
    }
  }
  error.message = `${JSON.stringify(history, null, 1)}\nat days ${days}\n${error.message}`;
  return error;
}

function* withoutOne(history: History): Generator<History> {
  for (const [at, phase] of history.phases.entries()) {
    for (const key of ["happenings", "spendings"] as const) {
      for (let leave = 0; leave < phase[key].length; leave++) {
        const shorter = { ...phase, [key]: phase[key].toSpliced(leave, 1) };
        yield { ...history, phases: history.phases.with(at, shorter) };
      }
    }
  }
}

interface Person {
  /** Twelve digits in the place of `~`. */
  tag: string;
  user: string;
  history: History;
  life: Life;
  nextTicket: number;
}

let people = 0;

class Batch {
  readonly people: Person[];
  readonly begins = Math.floor(Date.now() / 1000) - 3600;

  constructor(
    readonly db: TestDatabase,
    readonly name: string,
    histories: readonly History[],
    readonly days: number[],
    readonly report: Report,
  ) {
    const moments = momentsOf(this.begins, days);
    const lives = new Map<History, Life>();
    this.people = histories.map((history) => {
      const life = lives.get(history) ?? live(history, this.begins, moments, report.outcomes.add);
      lives.set(history, life);
      const tag = (++people).toString(16).padStart(12, "0");
      return { tag, user: `00000000-0000-4000-8000-${tag}`, history, life, nextTicket: 1 };
    });
  }

  /** The first history that fails, or null. */
  async run(): Promise<{ history: History; error: Error } | null> {
    await this.#signUp();
    try {
      for (const [phase, day] of this.days.entries()) {
        await this.#lanes(day, (sql, people) => this.#deliver(sql, people, phase));
        await this.#at(day, (sql) =>
          sql`
          select private.expire_grants(1000000), private.end_grace(1000000), private.renew_allowances(1000000)`);
        for (const nth of [0, 1]) {
          const wrong = await this.#spend(day, phase, nth);
          if (wrong) return wrong;
        }
        const wrong = await this.#compare(day, phase);
        if (wrong) return wrong;
      }
    } finally {
      await this.#retire();
    }
    return null;
  }

  /** At a time of the business. */
  #at<T>(
    day: number,
    act: (sql: Parameters<Parameters<TestDatabase["sql"]["begin"]>[1]>[0]) => Promise<T> | PromiseLike<T>,
  ) {
    return this.db.sql.begin(async (sql) => {
      await sql`select set_config('kredo.clock_offset', ${`${day} days`}, true)`;
      return await act(sql);
    });
  }

  async #lanes(day: number, act: (sql: Sql, people: Person[]) => Promise<unknown>): Promise<void> {
    const size = Math.ceil(this.people.length / LANES);
    await Promise.all(Array.from({ length: LANES }, (_, lane) => {
      const people = this.people.slice(lane * size, (lane + 1) * size);
      return people.length > 0 && this.#at(day, (sql) => act(sql as Sql, people));
    }));
  }

  async #signUp(): Promise<void> {
    const { sql } = this.db;
    const users = this.people.map(({ user }) => user);
    await sql`
      insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data)
      select u, 'authenticated', 'authenticated', concat(u, '@example.test'), '{}', '{}' from unnest(${users}::uuid[]) u`;
    await sql`
      update public.profiles set created_at = to_timestamp(${this.begins}), free_until = to_timestamp(${this.begins}) + interval '1 month'
      where id = any(${users}::uuid[])`;
    await sql`
      insert into private.stripe_customers (livemode, user_id, customer)
      select false, u, concat('cus_', right(u::text, 12)) from unnest(${users}::uuid[]) u`;
    const purchases = this.people.flatMap(({ tag, user, life }) =>
      Object.values(life.stripe.state.purchases).map(({ checkout, kind, pack, plan, cycle }) => ({
        id: checkout.replace("~", tag),
        user_id: user,
        kind,
        pack: pack?.id ?? null,
        credits: pack?.credits ?? 0,
        plan: plan ?? null,
        cycle: cycle ?? null,
      }))
    );
    await sql`
      insert into public.checkout_sessions (id, user_id, kind, pack, credits, price_cents, price_version, plan, cycle, status)
      select c.id, c.user_id, c.kind, c.pack, c.credits, coalesce(k.price_cents, p.price_cents), 1, c.plan, c.cycle,
        case c.kind when 'auto' then 'processing' else 'creating' end
      from jsonb_to_recordset(${sql.json(purchases)}) as c
        (id uuid, user_id uuid, kind text, pack text, credits bigint, plan text, cycle text)
      left join public.credit_packs k on k.id = c.pack
      left join public.plan_prices p on p.plan = c.plan and p.cycle = c.cycle and p.version = 1`;
  }

  async #deliver(sql: Sql, people: Person[], phase: number): Promise<void> {
    const all = people.flatMap((person): Delivery[] => {
      const { versions, events } = person.life.phases[phase];
      const random = seededRandom(`${this.name}/${person.tag}/${phase}`);
      const { deliveries, nextTicket } = tell(random, versions, events, person.nextTicket, this.report.outcomes.add);
      person.nextTicket = nextTicket;
      return deliveries.map((delivery) => JSON.parse(JSON.stringify(delivery).replaceAll("~", person.tag)));
    });
    this.report.deliveries += all.length;
    if (all.length === 0) return;
    await sql`
      select case when d.event is null then (private.reconcile_stripe_facts(false, d.ticket, d.facts)).effects
        else (private.apply_stripe_event(d.event, d.ticket, d.facts)).effects end
      from (
        select nullif(e -> 'event', 'null') as event, (e ->> 'ticket')::bigint as ticket, e -> 'facts' as facts
        from jsonb_array_elements(${sql.json(all as never)}) with ordinality as l(e, at) order by at
      ) d`;
  }

  /** One job of everybody at a time, for what a job gives back the next one may draw. */
  async #spend(day: number, phase: number, nth: number) {
    const answers = new Map<Person, string>();
    const spendingOf = ({ life }: Person) => life.phases[phase].spendings.at(nth);
    await this.#lanes(day, async (sql, people) => {
      const spenders = people.filter((person) => spendingOf(person));
      const asked = spenders.map((person) => ({ user: person.user, ...spendingOf(person) }));
      const rows = await sql<{ answer: string }[]>`
        select histories.spend(e.user_id, e.price, e.outputs) as answer
        from (select (e ->> 'user')::uuid as user_id, (e ->> 'price')::int as price, (e ->> 'outputs')::int as outputs
          from jsonb_array_elements(${sql.json(asked)}) with ordinality as l(e, at) order by at) e`;
      for (const [at, { answer }] of rows.entries()) answers.set(spenders[at], answer);
    });
    const jobs = [...answers].flatMap(([person, answer]) =>
      answer.startsWith("KR") ? [] : [[answer, spendingOf(person)!.delivered] as const]
    );
    const share = Math.ceil(jobs.length / LANES);
    // Whose job a lane takes does not matter; with nobody else there it gets its share.
    await this.#lanes(day, (sql) =>
      sql`
      select case when d.delivered = 0 then private.fail_attempt(c.attempt_id, 'provider_error', 'broken', false)
        else private.complete_job(c.attempt_id, (
          select jsonb_agg(jsonb_build_object('position', n, 'path', concat(c.job_id, '/', n), 'content_type', 'image/png',
            'bytes', 1, 'sha256', repeat('0', 64), 'width', 1, 'height', 1))
          from generate_series(0, d.delivered - 1) n), '{}') end
      from private.claim_jobs('histories', ${share}::int) c
      join lateral (select (${
        sql.json(Object.fromEntries(jobs))
      }::jsonb ->> c.job_id::text)::int as delivered) d on true`);
    for (const [person, answer] of answers) {
      const found = answer.startsWith("KR") ? answer : null;
      const { refused } = spendingOf(person)!;
      if (found !== refused) return this.#wrong(person, phase, { refused: found }, { refused });
    }
    return null;
  }

  async #compare(day: number, phase: number) {
    const rows = await this.#at(day, (sql) =>
      sql<(Outcome & { user_id: string })[]>`
      select user_id, available, debt, (private.plan_in_force(user_id)).plan as plan
      from public.credit_accounts where user_id = any(${this.people.map(({ user }) => user)}::uuid[])`);
    const found = new Map(rows.map(({ user_id, available, debt, plan }) => [user_id, { available, debt, plan }]));
    for (const person of this.people) {
      const { expected } = person.life.phases[phase];
      try {
        assert.deepEqual(found.get(person.user), expected);
      } catch {
        return this.#wrong(person, phase, found.get(person.user), expected);
      }
    }
    return null;
  }

  #wrong(person: Person, phase: number, found: unknown, expected: unknown) {
    const told = person.life.phases.slice(0, phase + 1).map(({ events }) =>
      events.map(({ type, id }) => `${type} ${id}`)
    );
    const error = new Error(
      `seed ${this.name}, phase ${phase}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}\n${
        JSON.stringify(told, null, 1)
      }`,
    );
    return { history: person.history, error };
  }

  /** Later batches' sweeps have nothing to do with these people. */
  async #retire(): Promise<void> {
    const users = this.people.map(({ user }) => user);
    await this.db.sql`update public.profiles set status = 'banned' where id = any(${users}::uuid[])`;
    await this.#at(800, (sql) => sql`select private.expire_grants(1000000)`);
    await this.db
      .sql`update public.subscriptions set status = 'canceled', past_due_since = null where user_id = any(${users}::uuid[])`;
  }
}

type Sql = Parameters<Parameters<TestDatabase["asService"]>[0]>[0];

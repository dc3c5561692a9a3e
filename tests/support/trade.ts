import { randomUUID } from "node:crypto";
import { applyEvent } from "./billing-events.ts";
import type { Sql, TestDatabase } from "./database.ts";

/*
 * Trade as production does it, each step through the function that serves it: nothing here reserves without a
 * job or tops up without a payment. The books it leaves satisfy every invariant.
 */

/** Buys a pack that Stripe reports as paid. Returns the purchase's id. */
export async function buy(db: TestDatabase, user: string, pack = "pack_50"): Promise<string> {
  const checkout = await openCheckout(db, user, pack);
  const session = {
    id: `cs_test_${checkout.id}`,
    status: "complete",
    payment_status: "paid",
    amount_total: checkout.price_cents,
    currency: "usd",
    payment_intent: `pi_${checkout.id}`,
    metadata: { checkout_id: checkout.id, user_id: user },
  };
  await applyEvent(db, "checkout.session.completed", { session });
  return checkout.id;
}

/** A purchase that was begun and never paid. */
export async function openCheckout(db: TestDatabase, user: string, pack = "pack_50") {
  const [checkout] = await db.asWeb((sql) =>
    sql<{ id: string; price_cents: number }[]>`
      select checkout_id as id, price_cents from private.open_checkout(${user}, ${pack}, null, '')`
  );
  return checkout;
}

/** Asks for pictures: reserves their price and leaves the job queued. Returns the job's id. */
export async function enqueue(db: TestDatabase, user: string, outputs = 1): Promise<string> {
  const [{ job_id }] = await db.asUser(user, (sql) =>
    sql<{ job_id: string }[]>`
      select job_id from enqueue_job('seedream-4-5', ${sql.json({ prompt: "a lamp", num_outputs: outputs })})`);
  return job_id;
}

export interface Attempt {
  attempt_id: string;
  job_id: string;
  user_id: string;
  outputs_requested: number;
}

/** Takes up to `limit` jobs that are due, as a worker does. */
export function claim(db: TestDatabase, limit: number): Promise<Attempt[]> {
  return db.asService((sql) =>
    sql<Attempt[]>`
      select attempt_id, job_id, user_id, outputs_requested from private.claim_jobs(${`test ${randomUUID()}`}, ${limit}::int)`
  );
}

/** Delivers some of the pictures, which settles the reservation at their price. */
export function complete(db: TestDatabase, attempt: Attempt, delivered = attempt.outputs_requested): Promise<unknown> {
  const outputs = Array.from({ length: delivered }, (_, position) => ({
    position,
    path: `${attempt.user_id}/${attempt.job_id}/${position}.png`,
    content_type: "image/png",
    bytes: 1,
    sha256: "0".repeat(64),
    width: 1,
    height: 1,
  }));
  return db.asService((sql) => sql`select private.complete_job(${attempt.attempt_id}, ${sql.json(outputs)}, '{}')`);
}

/** Fails for good, which releases the reservation. */
export function fail(db: TestDatabase, attempt: Attempt): Promise<unknown> {
  return db.asService((sql) =>
    sql`select private.fail_attempt(${attempt.attempt_id}, 'provider_error', 'broken', false)`
  );
}

export function cancel(db: TestDatabase, user: string, job: string): Promise<unknown> {
  return db.asUser(user, (sql) => sql`select cancel_job(${job})`);
}

/** Asks for pictures and gets them. Nothing else may be queued. Returns the job's id. */
export async function generate(db: TestDatabase, user: string, outputs = 1, delivered = outputs): Promise<string> {
  const job = await enqueue(db, user, outputs);
  const attempts = await claim(db, 100);
  await complete(db, attempts.find((attempt) => attempt.job_id === job)!, delivered);
  return job;
}

/** Takes a payment back, wholly or partly. */
export function refund(db: TestDatabase, user: string, checkout: string, credits: number): Promise<unknown> {
  const ref = `refund:${randomUUID()}`;
  return db.asService((sql) =>
    sql`select private.claw_back_credits(${user}, ${credits}, 'refund', ${ref}, '{"rule": "refund of a payment"}', ${ref},
      ${`checkout:${checkout}`})`
  );
}

export function transfer(db: TestDatabase, from: string, to: string, credits: number): Promise<unknown> {
  const ref = `sale:${randomUUID()}`;
  return db.asService((sql) =>
    sql`select private.transfer_credits(${from}, ${to}, ${credits}, ${ref}, '{"rule": "a sale"}', ${ref})`
  );
}

/** As the owner of the ledger, who alone may. */
export function adjust(db: TestDatabase, user: string, credits: number): Promise<unknown> {
  const ref = `adjustment:${randomUUID()}`;
  return db.asPostgres((sql) =>
    sql`select private.adjust_credits(${user}, ${credits}, ${ref}, '{"reason": "a correction"}', ${ref})`
  );
}

/** As a superuser with triggers and foreign keys at rest: the one who could tamper with the books. */
export function tamper<T>(db: TestDatabase, act: (sql: Sql) => Promise<T>): Promise<T> {
  return db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    return await act(sql);
  }) as Promise<T>;
}

export interface Breach {
  invariant: string;
  place: string;
  user_id: string | null;
  seq: number | null;
  detail: { wrong: string[] } & Record<string, unknown>;
}

/** Runs every invariant over all of the books and returns what is wrong with them. */
export async function checkBooks(db: TestDatabase): Promise<Breach[]> {
  const [{ result }] = await db.asPostgres(async (sql) => {
    await sql`select private.restart_invariants()`;
    return await sql<{ result: { unfinished: string[] } }[]>`select private.run_invariants(60) as result`;
  });
  if (result.unfinished.length > 0) throw new Error(`not checked to the end: ${result.unfinished}`);
  return await openBreaches(db);
}

export async function openBreaches(db: TestDatabase): Promise<Breach[]> {
  return [
    ...await db.sql<Breach[]>`
    select invariant, place, user_id, seq, detail from private.invariant_breaches
    where resolved_at is null order by invariant, place`,
  ];
}

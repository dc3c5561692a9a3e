import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { type OwnStack, type StackInfo, startOwnStack } from "./stack.ts";
import { inDatabase } from "./jobs.ts";
import { brokenAccounts } from "./ledger.ts";

/** A stack to break, on ports of its own. */
export async function startFragileStack() {
  const own = await startOwnStack();
  return { ...own, info: own.info, pids: () => pidsOf(own) };
}

async function pidsOf({ stateDir }: OwnStack): Promise<StackInfo["pids"]> {
  return JSON.parse(await readFile(join(stateDir, "stack.json"), "utf8")).pids;
}

/** `kill -9`. False when there was no such process at this moment. */
export function killHard(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

export const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Does something until it works: what a client with patience does while a server is away. */
export async function insist<T>(act: () => T | Promise<T>, seconds = 120): Promise<T> {
  for (const end = Date.now() + seconds * 1_000;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100);
    }
  }
}

/** Lets the leases of killed workers be over, half a minute early, and every wait for another try. */
export async function skipLeases(info: StackInfo): Promise<void> {
  await inDatabase(async (sql) => {
    await sql`update private.job_leases set next_check_at = clock_timestamp()`;
    await sql`update private.job_line set run_at = now() where waits_for = 'time'`;
  }, info);
}

/** After everything has ended: every hold is resolved, the sums agree, nothing was charged twice, nothing runs on. */
export async function assertNothingIsLost(info: StackInfo): Promise<void> {
  await inDatabase(assertJobsAreWhole, info);
}

export async function assertJobsAreWhole(sql: postgres.Sql): Promise<void> {
  assert.deepEqual(await brokenAccounts({ sql: sql as never }), [], "sums of the ledger");
  assert.deepEqual(await sql`select id from public.credit_holds where state = 'held'`.then(rows), [], "open holds");
  assert.deepEqual(
    await sql`select id from public.jobs where status in ('queued', 'running')`.then(rows),
    [],
    "jobs without an end",
  );
  assert.deepEqual(
    await sql`
        select j.id, j.status, j.credits_charged, count(e.seq)::int as charges
        from public.jobs j left join public.credit_entries e on e.user_id = j.user_id and e.ref = concat('job:', j.id)
        group by j.id
        having count(e.seq) <> (case when j.status = 'succeeded' then 1 else 0 end)
          or coalesce(-sum(e.amount), 0) <> j.credits_charged`.then(rows),
    [],
    "charges",
  );
  assert.deepEqual(
    await sql`
        select j.id from public.jobs j where j.status = 'succeeded'
          and j.credits_charged <> j.credits_per_output * (select count(*) from public.job_outputs o where o.job_id = j.id)`
      .then(rows),
    [],
    "paid pictures that are not there",
  );
  assert.deepEqual(
    await sql`select id from private.job_attempts where state in ('starting', 'running')`.then(rows),
    [],
    "attempts without an end",
  );
  assert.deepEqual(await sql`select job_id from private.job_line`.then(rows), [], "places in line of ended jobs");
  assert.deepEqual(await sql`select job_id from private.job_leases`.then(rows), [], "leases of ended jobs");
  assert.deepEqual(
    await sql`
        select j.id, count(a.id)::int as succeeded from public.jobs j
        left join private.job_attempts a on a.job_id = j.id and a.state = 'succeeded'
        group by j.id having count(a.id) <> (case when j.status = 'succeeded' then 1 else 0 end)`.then(rows),
    [],
    "results that were taken twice, or by nobody",
  );
}

const rows = <T>(result: Iterable<T>): T[] => [...result];

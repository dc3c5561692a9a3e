import assert from "node:assert/strict";
import type { Schedule } from "./schedule.ts";
import { Provider } from "./provider.ts";
import { attemptOfWebhook } from "../../../domain/jobs/worker-services.ts";

export interface JobRow {
  id: string;
  status: string;
  attempts: number;
  attempt_id: string | null;
  credits_per_output: number;
  credits_reserved: number;
  credits_charged: number;
  error_code: string | null;
  dead: boolean;
  hold: string;
  settled: number | null;
  charges: number[];
  outputs: string[];
  seconds: number;
  events: { event: string; actor: string; attempt: number | null; reason: string | null }[];
  tries: AttemptRow[];
}

interface AttemptRow {
  id: string;
  number: number;
  state: string;
  deadline: string;
  prediction_id: string | null;
  cost_micros: number | null;
  late_result: string | null;
  error_code: string | null;
}

export interface Snapshot {
  jobs: JobRow[];
  accounts: { available: number; held: number; debt: number; entries: number; grants: number }[];
  line: number;
  leases: number;
}

/** What may be read of some people in one statement. */
export const SNAPSHOT = `
  create function sim.snapshot(p_users uuid[]) returns jsonb language plpgsql security definer as $$
  begin
    return jsonb_build_object(
      'jobs', (select coalesce(jsonb_agg(to_jsonb(s) order by s.id), '[]') from (
        select j.id, j.status, j.attempts, j.attempt_id, j.credits_per_output, j.credits_reserved, j.credits_charged, j.error_code,
          exists (select from private.dead_letters d where d.job_id = j.id) as dead,
          h.state as hold, h.settled_amount as settled, extract(epoch from j.finished_at - j.created_at)::float as seconds,
          array(select -e.amount from public.credit_entries e
            where e.user_id = j.user_id and e.ref = concat('job:', j.id)) as charges,
          array(select o.path from public.job_outputs o where o.job_id = j.id order by o.position) as outputs,
          (select jsonb_agg(jsonb_build_object('event', e.event, 'actor', e.actor, 'attempt', e.attempt, 'reason', e.reason)
            order by e.id) from public.job_events e where e.job_id = j.id) as events,
          (select coalesce(jsonb_agg(to_jsonb(a) order by a.number), '[]') from (
            select a.id, a.number, a.state, a.deadline_at as deadline, a.prediction_id, a.cost_micros, a.late_result, a.error_code
            from private.job_attempts a where a.job_id = j.id) a) as tries
        from public.jobs j left join public.credit_holds h on h.id = j.id where j.user_id = any (p_users)) s),
      'accounts', (select jsonb_agg(to_jsonb(s)) from (
        select a.available, a.held, a.debt,
          (select sum(amount) from public.credit_entries e where e.user_id = a.user_id) as entries,
          (select sum(remaining) from public.credit_grants g where g.user_id = a.user_id) as grants
        from public.credit_accounts a where a.user_id = any (p_users)) s),
      'line', (select count(*) from private.job_line where user_id = any (p_users)),
      'leases', (select count(*) from private.job_leases where user_id = any (p_users)));
  end $$;`;

const ENDS = ["succeeded", "failed", "canceled"];

/**
 * No job lives longer, seconds: the provider's patience (300), three attempts with deadline, last check and backoff
 * (75 + 60 + 40 each), and what a schedule may keep all workers stopped for.
 */
const LONGEST = 300 + 3 * (75 + 60 + 40) + 900;

/** What has to be true when a schedule is over, whatever happened in it. */
export async function check(schedule: Schedule): Promise<JobRow[]> {
  const { database, users, errors, people, scheduler, onOutcome } = schedule;
  const [{ snapshot }] = await database.ask((sql) =>
    sql<{ snapshot: Snapshot }[]>`select sim.snapshot(${users}::uuid[]) as snapshot`
  );
  const { jobs, accounts, line, leases } = snapshot;
  assert.deepEqual(errors, [], "nothing went wrong that was not made to");
  assert.equal(jobs.length, people.asked, "every job that was asked for is there once");
  assert.deepEqual({ line, leases }, { line: 0, leases: 0 }, "nobody waits or runs any more");
  for (const { available, held, debt, entries, grants } of accounts) {
    assert.deepEqual({ sum: available + held - debt, held, debt, grants }, {
      sum: entries,
      held: 0,
      debt: 0,
      grants: available,
    }, "the books add up");
  }
  for (const job of jobs) {
    checkMoney(job);
    checkTimeline(job);
    checkAttempts(job);
    assert.ok(job.seconds <= LONGEST, `a job lived for ${job.seconds} s`);
    tell(job, onOutcome);
  }
  checkProvider(schedule, jobs);
  if (scheduler.steps.get("after removal")?.passed) onOutcome("canceled while outputs were stored");
  if (scheduler.longStops > 0) onOutcome("stopped past its lease");
  checkStorage(schedule, jobs);
  return jobs;
}

/**
 * What was delivered is there. Whoever stores and dies, or cannot say whether it stored, leaves something behind that no row
 * names and nobody can read; without such a mishap nothing is left.
 */
function checkStorage(
  { storage, couldLeaveFiles, onOutcome }: Schedule,
  jobs: JobRow[],
): void {
  const outputs = jobs.flatMap((job) => job.outputs);
  for (const path of outputs) assert.ok(storage.stored.has(path), `${path} was delivered and is not in storage`);
  if (storage.stored.size === outputs.length) return;
  assert.ok(couldLeaveFiles, "nothing is stored that was not delivered");
  onOutcome("files were left behind");
}

function checkMoney({ status, hold, settled, charges, outputs, ...job }: JobRow): void {
  const charge = job.credits_per_output * outputs.length;
  assert.ok(ENDS.includes(status), `a job is still ${status}`);
  assert.equal(job.credits_charged, charge, "outputs are charged, each once");
  assert.ok(charge <= job.credits_reserved, "at most what was reserved is charged");
  if (status === "succeeded") {
    assert.ok(outputs.length > 0, "what succeeded delivered something");
    assert.deepEqual({ hold, settled, charges }, { hold: "settled", settled: charge, charges: [charge] });
  } else {
    assert.deepEqual({ hold, outputs, charges }, { hold: "released", outputs: [], charges: [] });
  }
}

function checkTimeline({ status, attempts, events, error_code, dead, tries }: JobRow): void {
  const names = events.map(({ event }) => event);
  const end = names.findIndex((name) => ENDS.includes(name));
  assert.equal(names[0], "queued");
  assert.deepEqual(names.filter((name) => ENDS.includes(name)), [status], "a story ends once, as the job did");
  assert.ok(
    names.slice(end + 1).every((name) => name === "late"),
    `nothing but late news comes after the end: ${names}`,
  );
  assert.equal(events[end].reason, error_code);
  const count = (event: string) => names.filter((name) => name === event).length;
  const handedBack = events.filter(({ reason, actor }) => reason === "provider_limited" && actor === "provider").length;
  const isGivenUp = error_code === "provider_limited" ? 1 : 0;
  assert.equal(count("started"), attempts + handedBack - isGivenUp, "each attempt is told once");
  assert.equal(tries.length, attempts, "each attempt has a row");
  assert.equal(
    count("late"),
    tries.filter(({ late_result }) => late_result !== null).length,
    "what came late is told once",
  );
  const isOurs = ["provider_rejected_input", "safety_block"].includes(error_code ?? "");
  assert.equal(dead, status === "failed" && !isOurs, "what nobody asked to fail is a dead letter");
}

function checkAttempts({ status, tries, attempt_id, outputs }: JobRow): void {
  const settled = tries.filter(({ state }) => state === "succeeded");
  assert.equal(settled.length, status === "succeeded" ? 1 : 0, "one attempt succeeds at most");
  for (const { state } of tries) assert.ok(ENDS.includes(state), `an attempt is still ${state}`);
  if (settled.length === 1) assert.equal(settled[0].id, attempt_id);
  for (const path of outputs) {
    assert.equal(path.split("/")[2], settled[0].id, "outputs are of the attempt that settled");
  }
}

function checkProvider(
  { provider, couldOversleep, onOutcome }: Schedule,
  jobs: JobRow[],
): void {
  const tries = jobs.flatMap((job) => job.tries);
  const seen = new Set<string>();
  for (const prediction of provider.predictions) {
    const attempt = attemptOfWebhook(prediction.webhook)!;
    assert.ok(!seen.has(attempt), "an attempt asks for one prediction at most");
    seen.add(attempt);
    const [noted] = tries.filter(({ prediction_id }) => prediction_id === prediction.id);
    const bill = Provider.bill(prediction);
    if (!noted) {
      // Created by somebody who was stopped until long after the deadline of its attempt, and then heard or noted nothing; and no
      // webhook came. Replicate ends it by itself.
      const [{ deadline }] = tries.filter(({ id }) => id === attempt);
      const isTooLate = prediction.createdAt.getTime() > new Date(deadline).getTime();
      assert.ok(couldOversleep && isTooLate && !prediction.isTold, `a ${prediction.status} prediction is on record`);
      onOutcome("a prediction that nobody ever knew of");
      continue;
    }
    assert.equal(noted.cost_micros ?? 0, bill, `what a ${prediction.status} prediction costs is on record`);
    if (bill > 0 && noted.state !== "succeeded") {
      onOutcome(`paid for nothing: ${prediction.status}, ${noted.error_code ?? noted.state}`);
    }
  }
}

/** What a report counts. */
function tell(job: JobRow, onOutcome: (outcome: string) => void): void {
  const { status, error_code, attempts, outputs } = job;
  onOutcome(`job ${status}${error_code ? `: ${error_code}` : ""}`);
  if (job.dead) onOutcome("a dead letter");
  if (attempts === 0) onOutcome("canceled before it began");
  if (status === "succeeded") {
    if (attempts > 1) onOutcome("succeeded after another try");
    if (outputs.length * job.credits_per_output < job.credits_reserved) onOutcome("charged for a part");
  }
  for (const { late_result, state, error_code } of job.tries) {
    if (late_result) onOutcome(`late: ${late_result} after ${error_code ?? state}`);
  }
  for (const { event, actor, reason } of job.events) {
    if (event === "retrying") onOutcome(actor === "provider" ? "handed back" : `retried: ${reason}`);
  }
}

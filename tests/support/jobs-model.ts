import { LedgerModel } from "./ledger-model.ts";

/**
 * What the job engine promises, in plain TypeScript and without a database, on top of the model of the ledger. The
 * property test runs the same random history against this and against Postgres and compares them at each step.
 */

export type JobStatus = "queued" | "running" | "succeeded" | "failed" | "canceled";

export interface ModelJob {
  /** Also its reservation's. */
  id: string;
  user: string;
  outputs: number;
  creditsPerOutput: number;
  status: JobStatus;
  attempts: number;
  /** The attempt that may still write, by its number; null while queued or ended. */
  current: number | null;
  charged: number | null;
}

export type CompleteResult = "settled" | "already" | "late";
export type FailResult = "retrying" | "failed" | "late";

const MAX_ATTEMPTS = 3;

export class JobsModel {
  readonly jobs: ModelJob[] = [];
  /** `${job}/${attempt}` of attempts that settled. */
  readonly #succeeded = new Set<string>();

  constructor(readonly ledger: LedgerModel) {}

  /** The code it is refused with, or null. */
  enqueue(user: string, id: string, outputs: number, creditsPerOutput: number): string | null {
    const answer = this.ledger.perform({ call: "reserve", user, amount: outputs * creditsPerOutput, hold: id });
    if ("refused" in answer) return answer.refused;
    const job = { id, user, outputs, creditsPerOutput, attempts: 0, current: null, charged: null };
    this.jobs.push({ ...job, status: "queued" });
    return null;
  }

  /** The number of the new attempt. */
  claim(job: number): number {
    const it = this.jobs[job];
    it.status = "running";
    it.attempts += 1;
    it.current = it.attempts;
    return it.attempts;
  }

  complete(job: number, attempt: number, delivered: number): CompleteResult {
    const it = this.jobs[job];
    if (this.#succeeded.has(`${job}/${attempt}`)) return "already";
    if (it.status !== "running" || it.current !== attempt) return "late";
    this.#succeeded.add(`${job}/${attempt}`);
    const charge = delivered * it.creditsPerOutput;
    this.ledger.perform({ call: "settle", hold: it.id, amount: charge, ref: `job:${it.id}` });
    this.#end(it, "succeeded", charge);
    return "settled";
  }

  fail(job: number, attempt: number, retry: boolean): FailResult {
    const it = this.jobs[job];
    if (it.status !== "running" || it.current !== attempt) return "late";
    if (retry && it.attempts < MAX_ATTEMPTS) {
      it.status = "queued";
      it.current = null;
      return "retrying";
    }
    this.#release(it, "failed");
    return "failed";
  }

  cancel(job: number): JobStatus {
    const it = this.jobs[job];
    if (it.status === "queued" || it.status === "running") this.#release(it, "canceled");
    return it.status;
  }

  #release(job: ModelJob, status: JobStatus): void {
    this.ledger.perform({ call: "release", hold: job.id, reason: status });
    this.#end(job, status, 0);
  }

  #end(job: ModelJob, status: JobStatus, charged: number): void {
    job.status = status;
    job.current = null;
    job.charged = charged;
  }
}

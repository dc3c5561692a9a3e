/**
 * What the ledger and the job engine promise, in plain TypeScript and without a database. The property
 * test runs the same random history against this and against Postgres and compares them at each step.
 */

export type JobStatus = "queued" | "running" | "succeeded" | "failed" | "canceled";

export interface ModelJob {
  user: number;
  outputs: number;
  creditsPerOutput: number;
  status: JobStatus;
  attempts: number;
  /** The attempt that may still write, by its number; null while queued or ended. */
  current: number | null;
  charged: number | null;
}

export interface ModelAccount {
  available: number;
  held: number;
  debt: number;
  /** Amounts of the entries, in order. */
  entries: number[];
}

export type CompleteResult = "settled" | "already" | "late";
export type FailResult = "retrying" | "failed" | "late";

const MAX_ATTEMPTS = 3;

export class LedgerModel {
  readonly accounts: ModelAccount[] = [];
  readonly jobs: ModelJob[] = [];
  readonly payments = new Set<string>();
  /** `${job}/${attempt}` of attempts that settled. */
  readonly #succeeded = new Set<string>();

  openAccount(allowance: number): number {
    this.accounts.push({ available: allowance, held: 0, debt: 0, entries: [allowance] });
    return this.accounts.length - 1;
  }

  /** A payment is credited once, however often it is reported. */
  topUp(user: number, payment: string, credits: number): void {
    if (this.payments.has(payment)) return;
    this.payments.add(payment);
    const account = this.accounts[user];
    const repaid = Math.min(account.debt, credits);
    account.debt -= repaid;
    account.available += credits - repaid;
    account.entries.push(credits);
  }

  /** The new job's index, or null when the credits do not suffice. */
  enqueue(user: number, outputs: number, creditsPerOutput: number): number | null {
    const account = this.accounts[user];
    const price = outputs * creditsPerOutput;
    if (account.debt > 0 || account.available < price) return null;
    account.available -= price;
    account.held += price;
    this.jobs.push({ user, outputs, creditsPerOutput, status: "queued", attempts: 0, current: null, charged: null });
    return this.jobs.length - 1;
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
    const account = this.accounts[it.user];
    const reserved = it.outputs * it.creditsPerOutput;
    account.held -= reserved;
    account.available += reserved - charge;
    account.entries.push(-charge);
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
    this.#release(it);
    this.#end(it, "failed", 0);
    return "failed";
  }

  cancel(job: number): JobStatus {
    const it = this.jobs[job];
    if (it.status === "queued" || it.status === "running") {
      this.#release(it);
      this.#end(it, "canceled", 0);
    }
    return it.status;
  }

  #release(job: ModelJob): void {
    const account = this.accounts[job.user];
    const reserved = job.outputs * job.creditsPerOutput;
    account.held -= reserved;
    account.available += reserved;
  }

  #end(job: ModelJob, status: JobStatus, charged: number): void {
    job.status = status;
    job.current = null;
    job.charged = charged;
  }
}

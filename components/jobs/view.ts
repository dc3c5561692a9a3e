import type { Job, JobWithStory } from "../../domain/jobs/types.ts";

/** Changes whenever what a page shows of a job changes, its story included where it has one; server and browser compare it. */
export function jobVersion(
  { status, attempts, outputs, timeline, waits }:
    & Pick<Job, "status" | "attempts">
    & { outputs: unknown[] }
    & Partial<
      Pick<JobWithStory, "timeline" | "waits">
    >,
): string {
  return [status, attempts, outputs.length, timeline?.length, waits?.for].join("/");
}

export function isLive(job: Pick<Job, "status">): boolean {
  return job.status === "queued" || job.status === "running";
}

/** In line for another try. */
export function isRetrying(job: Pick<Job, "status" | "attempts">): boolean {
  return job.status === "queued" && job.attempts > 0;
}

/** Who pays for a job: the balance, an unlimited plan, or we, for one that we had tried again. */
export function payerOf(job: Pick<Job, "covered_by_plan" | "retry_of">): "balance" | "plan" | "house" {
  return job.retry_of !== null ? "house" : job.covered_by_plan ? "plan" : "balance";
}

export function promptOf(job: Pick<Job, "input">): string {
  return typeof job.input.prompt === "string" ? job.input.prompt : "";
}

export function picturesAsked(job: Pick<Job, "input">): number {
  return typeof job.input.num_outputs === "number" ? job.input.num_outputs : 1;
}

/** Seconds since the work was asked for, or until it ended. */
export function secondsTaken(job: Pick<Job, "created_at" | "finished_at">, now = Date.now()): number {
  const end = job.finished_at ? Date.parse(job.finished_at) : now;
  return Math.max(0, Math.round((end - Date.parse(job.created_at)) / 1000));
}

/** The create page, filled in with what this job was made from. */
export function remixPath(job: Pick<Job, "input" | "model">): string {
  const query = new URLSearchParams({ model: job.model });
  for (const [name, value] of Object.entries(job.input)) query.set(name, String(value));
  return `/app/create?${query}`;
}

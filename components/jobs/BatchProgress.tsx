import type { Batch, JobStatus } from "../../domain/jobs/types.ts";
import { fill, formatNumber, type Locale, messages } from "../../locales/mod.ts";

/** What has ended stands first, so that the bar fills from the left. */
const ORDER: JobStatus[] = ["succeeded", "failed", "canceled", "running", "queued"];

const COLOUR: Record<JobStatus, string> = {
  succeeded: "text-success",
  failed: "text-danger",
  canceled: "text-line-strong",
  running: "text-info",
  queued: "text-line",
};

/** One bar for all jobs of a batch, a segment for each status, and the same in figures. */
export function BatchProgress({ batch, locale }: { batch: Batch; locale: Locale }) {
  const { job: { status: names }, batch: { page: t } } = messages(locale).app;
  const { counts, size } = batch;
  const ended = endedOf(batch);
  const shown = ORDER.filter((status) => counts[status] > 0);
  const start = (at: number) => shown.slice(0, at).reduce((sum, status) => sum + counts[status], 0);
  const text = fill(t.progress, { ended: formatNumber(ended, locale), size: formatNumber(size, locale) });
  return (
    <div>
      <p class="text-lead font-semibold tabular-nums" id="progress-text">{text}</p>
      {/* Widths as attributes: the content policy forbids inline styles. */}
      <svg
        viewBox={`0 0 ${size} 1`}
        preserveAspectRatio="none"
        class="mt-2 block h-3 w-full rounded-full border border-line-strong"
        role="progressbar"
        aria-labelledby="progress-text"
        aria-valuemin={0}
        aria-valuemax={size}
        aria-valuenow={ended}
      >
        {shown.map((status, i) => (
          <rect
            key={status}
            x={start(i)}
            y={0}
            width={counts[status]}
            height={1}
            fill="currentColor"
            class={COLOUR[status]}
          />
        ))}
      </svg>
      <ul class="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {shown.map((status) => (
          <li key={status} class="flex items-center gap-1.5">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" class={COLOUR[status]}>
              <rect x="0.5" y="0.5" width="11" height="11" rx="2" fill="currentColor" class="stroke-line-strong" />
            </svg>
            {names[status]}
            <span class="font-semibold tabular-nums">{formatNumber(counts[status], locale)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function endedOf({ counts }: Pick<Batch, "counts">): number {
  return counts.succeeded + counts.failed + counts.canceled;
}

/** Changes whenever the page of a batch does. */
export function batchVersion({ counts }: Pick<Batch, "counts">): string {
  return ORDER.map((status) => counts[status]).join("/");
}

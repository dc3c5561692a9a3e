import type { Job } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Icon } from "../ui/Icon.tsx";
import { Progress } from "../ui/Progress.tsx";
import { ASPECT, FITS_SCREEN, ratioOf } from "./ratio.ts";
import { picturesAsked, secondsTaken } from "./view.ts";

/** Where the work stands, and the room its pictures will take. */
export function JobProgress({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const retrying = job.status === "queued" && job.attempts > 0;
  const stage = retrying ? "retrying" : job.status === "queued" ? "queued" : "running";
  return (
    <>
      <div class="mb-4 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p class="font-display text-heading font-semibold">{t.live[stage]}</p>
        <p class="text-muted">
          <span class="sr-only">{t.live.since}</span>
          <span class="tabular-nums text-xl text-ink" data-elapsed={secondsTaken(job)}>{clock(secondsTaken(job))}</span>
        </p>
      </div>
      <Progress label={t.live.progress} />
      <ol class="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Stage name={t.stages.queued} done={job.status === "running"} current={job.status === "queued"} />
        <Stage name={t.stages.running} current={job.status === "running"} />
        <Stage name={t.stages.done} />
      </ol>
      <p class="mt-4 max-w-prose text-muted">
        {retrying ? t.live.retryingText : job.status === "queued" ? t.live.queuedText : t.live.runningText}
        {job.attempts > 0 && (retrying || job.attempts > 1) &&
          ` ${fill(t.live.attempt, { attempt: retrying ? job.attempts + 1 : job.attempts, max: job.max_attempts })}.`}
      </p>
      <Room job={job} />
    </>
  );
}

function Stage({ name, done, current }: { name: string; done?: boolean; current?: boolean }) {
  return (
    <li
      aria-current={current ? "step" : undefined}
      class={`flex items-center gap-1.5 ${current ? "font-semibold" : "text-muted"}`}
    >
      {done ? <Icon name="check" size={16} class="text-success" /> : <Dot filled={current} />}
      {name}
    </li>
  );
}

function Dot({ filled }: { filled?: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      class={filled ? "text-accent" : "text-line-strong"}
    >
      <circle cx="8" cy="8" r="4" fill={filled ? "currentColor" : "none"} stroke="currentColor" stroke-width="1.5" />
    </svg>
  );
}

/** Latent pictures: the same boxes that the finished ones will fill, so that nothing moves when they come. */
function Room({ job }: { job: Job }) {
  const ratio = ratioOf(job.input);
  return (
    <div class={`mt-6 ${pictureGrid(picturesAsked(job))}`} aria-hidden="true">
      {Array.from(
        { length: picturesAsked(job) },
        (_, i) => (
          <div key={i} class={`w-full rounded-sm border border-line bg-film ${ASPECT[ratio]} ${FITS_SCREEN[ratio]}`}>
            <div class="latent size-full animate-develop" />
          </div>
        ),
      )}
    </div>
  );
}

export function pictureGrid(count: number): string {
  return count === 1 ? "grid" : "grid grid-cols-2 gap-3 sm:gap-4";
}

import type { Job } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Icon } from "../ui/Icon.tsx";
import { Progress } from "../ui/Progress.tsx";
import { PictureGrid } from "./PictureGrid.tsx";
import { ASPECT, FITS_SCREEN, ratioOf } from "./ratio.ts";
import { picturesAsked, secondsTaken } from "./view.ts";

/** Latent pictures in the places of the finished ones, so that nothing moves when they come; under them, where the work stands. */
export function JobProgress({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const retrying = job.status === "queued" && job.attempts > 0;
  const stage = retrying ? "retrying" : job.status === "queued" ? "queued" : "running";
  const attempt = retrying ? job.attempts + 1 : job.attempts;
  return (
    <>
      <PictureGrid job={job}>
        {Array.from({ length: picturesAsked(job) }, (_, i) => (
          <div key={i} aria-hidden="true">
            <div class={`w-full rounded-sm border border-line bg-film ${ASPECT[ratioOf(job.input)]}`}>
              <div class="latent size-full animate-develop" />
            </div>
            {/* As high as the download under a finished picture. */}
            {picturesAsked(job) > 1 && <div class="mt-2 h-9" />}
          </div>
        ))}
      </PictureGrid>
      <div class={`mt-5 ${picturesAsked(job) === 1 ? FITS_SCREEN[ratioOf(job.input)] : ""}`}>
        <div class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
          <p class="font-display text-heading font-semibold">{t.live[stage]}</p>
          <p>
            <span class="sr-only">{t.live.since}</span>
            <span class="text-xl tabular-nums" data-elapsed={secondsTaken(job)}>{clock(secondsTaken(job))}</span>
          </p>
        </div>
        <Progress label={t.live.progress} class="mt-2 block" />
        <ol class="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
          <Stage name={t.stages.queued} done={job.status === "running"} current={job.status === "queued"} />
          <Stage name={t.stages.running} current={job.status === "running"} />
          <Stage name={t.stages.done} />
        </ol>
        <p class="mt-4 max-w-prose text-muted">
          {t.live[`${stage}Text`]}
          {attempt > 1 && ` ${fill(t.live.attempt, { attempt, max: job.max_attempts })}.`}
        </p>
      </div>
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

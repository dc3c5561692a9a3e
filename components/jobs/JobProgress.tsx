import type { Job, JobWithStory } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Icon } from "../ui/Icon.tsx";
import { Progress } from "../ui/Progress.tsx";
import { JobStatus } from "./JobStatus.tsx";
import { PictureGrid } from "./PictureGrid.tsx";
import { JobTextProgress } from "./JobText.tsx";
import { kindWords } from "./kind-words.ts";
import { ASPECT, FITS_SCREEN, ratioOf } from "./ratio.ts";
import { isLive, isRetrying, picturesAsked, secondsTaken } from "./view.ts";

/** Where the work stands, above the frames. It is as high when the picture is there, so that the frames stay where they are. */
export function JobStages({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const live = isLive(job);
  const running = job.status === "running";
  return (
    <div>
      <div class="flex min-h-8 items-center justify-between gap-4">
        <JobStatus status={job.status} locale={locale} />
        {live && (
          <p>
            <span class="sr-only">{t.live.since}</span>
            <span class="text-xl tabular-nums" data-elapsed={secondsTaken(job)}>{clock(secondsTaken(job))}</span>
          </p>
        )}
      </div>
      {(live || job.outputs.length > 0) &&
        (
          <>
            <div class="mt-2 h-1.5">
              {live ? <Progress label={t.live.progress} class="block" /> : <div class="h-1/2 border-b border-line" />}
            </div>
            <ol class="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-sm sm:gap-x-6">
              <Stage
                name={isRetrying(job) ? t.live.retrying : t.stages.queued}
                done={running || !live}
                current={job.status === "queued"}
              />
              <Stage name={t.stages.running} done={!live} current={running} />
              <Stage name={t.stages.done} done={!live} />
            </ol>
          </>
        )}
    </div>
  );
}

/** Latent pictures in the places of the finished ones, so that nothing moves when they come; under them, what to expect. */
export function JobProgress({ job, locale }: { job: JobWithStory; locale: Locale }) {
  const t = messages(locale).app.job;
  const stage = stageOf(job);
  const attempt = isRetrying(job) ? job.attempts + 1 : job.attempts;
  const isOneFrame = job.kind !== "text" && picturesAsked(job) === 1;
  return (
    <>
      {job.kind === "text" ? <JobTextProgress locale={locale} /> : <Latent job={job} />}
      <p class={`mt-5 text-muted ${isOneFrame ? FITS_SCREEN[ratioOf(job.input)] : "max-w-prose"}`}>
        {stage === "running" ? kindWords(job, locale).runningText : t.live[`${stage}Text`]}
        {attempt > 1 && ` ${fill(t.live.attempt, { attempt, max: job.max_attempts })}.`}
      </p>
    </>
  );
}

function Latent({ job }: { job: Job }) {
  return (
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
  );
}

function stageOf(job: JobWithStory): "retrying" | "turn" | "time" | "queued" | "running" {
  if (isRetrying(job)) return "retrying";
  if (job.status !== "queued") return "running";
  // The provider's limits hold it back for seconds, and its story says so.
  const last = job.timeline.at(-1);
  if (last?.event === "retrying" || !job.waits || job.waits.for === "line") return "queued";
  return job.waits.for;
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

import type { Job, JobOutput } from "../../domain/jobs/types.ts";
import { formatCredits, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Icon } from "../ui/Icon.tsx";
import { Time } from "../ui/Time.tsx";
import { ASPECT, ratioOf } from "./ratio.ts";
import { isLive, isRetrying, jobVersion, payerOf, promptOf, secondsTaken } from "./view.ts";

/** Frames that are in view when the page opens; later ones load when they come near. */
const FIRST_SEEN = 4;

/** Work as cut frames of film, newest first. What failed keeps its place: an unexposed or crossed-out frame. */
export function ContactSheet(
  { jobs, models, marked = true, locale }: {
    jobs: Job[];
    models: Record<string, string>;
    /** Whether it shows which jobs are part of a batch. */
    marked?: boolean;
    locale: Locale;
  },
) {
  return (
    <ul data-rows class="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 xl:grid-cols-4">
      {jobs.map((job, i) => (
        <li key={job.id} data-row={job.id} data-version={jobVersion(job)} class="min-w-0">
          <Frame
            job={job}
            model={models[job.model] ?? job.model}
            marked={marked}
            lazy={i >= FIRST_SEEN}
            locale={locale}
          />
        </li>
      ))}
    </ul>
  );
}

function Frame({ job, model, marked, lazy, locale }: {
  job: Job;
  model: string;
  marked: boolean;
  lazy: boolean;
  locale: Locale;
}) {
  const t = messages(locale).app;
  return (
    <a
      href={localePath(locale, `/app/jobs/${job.id}`)}
      class="group block h-full rounded-md border border-line bg-film px-2 pb-2.5 shadow-card"
    >
      <span class="film-edge block" />
      <span class="relative flex aspect-square items-center justify-center">
        {job.outputs.length > 0
          ? <Exposed job={job} lazy={lazy} locale={locale} />
          : isLive(job)
          ? <Developing job={job} locale={locale} />
          : <Spoiled job={job} locale={locale} />}
      </span>
      <span class="film-edge block" />
      <span dir="auto" class="mt-1 line-clamp-2 text-sm text-film-ink group-hover:underline">{promptOf(job)}</span>
      <span class="figures mt-0.5 flex flex-wrap justify-between gap-x-3 text-xs text-film-text">
        <span class="hidden sm:inline">{model}</span>
        {marked && job.batch_id !== null && <Icon name="copies" size={16} label={t.batch.part} />}
        <span>
          {isLive(job)
            ? t.job.status[job.status]
            : payerOf(job) !== "balance" && job.credits > 0
            ? payerOf(job) === "plan" ? t.job.costs.covered : t.job.costs.house
            : formatCredits(job.credits, locale)}
        </span>
      </span>
      <span class="sr-only">
        <Time at={job.created_at} locale={locale} />
      </span>
    </a>
  );
}

/** No `srcset`: on a fine screen a browser would take the whole picture, a hundred times as heavy, for a frame of this size. */
function Exposed({ job, lazy, locale }: { job: Job; lazy: boolean; locale: Locale }) {
  const t = messages(locale).app;
  const [first, ...more] = job.outputs;
  if (job.kind === "video" || job.kind === "text") {
    return <Unseen job={job} output={first} name={t.kinds.names[job.kind]} />;
  }
  return (
    <>
      <img
        src={first.thumb_url ?? first.url}
        width={first.width ?? undefined}
        height={first.height ?? undefined}
        loading={lazy ? "lazy" : undefined}
        decoding="async"
        alt=""
        class="max-h-full w-auto max-w-full object-contain group-hover:opacity-90"
      />
      {more.length > 0 && (
        <span class="figures absolute right-1 bottom-1 rounded-sm bg-film px-1.5 py-0.5 text-xs text-film-text">
          {plural(t.jobs.more, more.length + 1, locale)}
        </span>
      )}
    </>
  );
}

/** What has to be opened to be seen: its sign, its name, and how long it is. */
function Unseen({ job, output, name }: { job: Job; output: JobOutput; name: string }) {
  const ratio = ratioOf(job.input);
  const tall = ratio === "3:4" || ratio === "9:16";
  return (
    <span
      class={`flex items-center justify-center border border-film-line group-hover:opacity-90 ${
        tall ? "h-full" : "w-full"
      } ${ASPECT[ratio]}`}
    >
      <span class="figures flex flex-col items-center gap-1 px-2 text-center text-sm text-film-ink">
        <Icon name={job.kind === "video" ? "play" : "text"} size={32} />
        <span>{name}</span>
        {output.duration_ms !== null && (
          <span class="text-film-text">{clock(Math.round(output.duration_ms / 1000))}</span>
        )}
      </span>
    </span>
  );
}

function Developing({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app;
  const ratio = ratioOf(job.input);
  const tall = ratio === "3:4" || ratio === "9:16";
  return (
    <span class={`relative flex items-center justify-center ${tall ? "h-full" : "w-full"} ${ASPECT[ratio]}`}>
      <span class="absolute inset-0 latent animate-develop" />
      <span class="figures relative flex flex-col items-center gap-1 px-2 text-center text-sm text-film-text">
        {t.job.live[isRetrying(job) ? "retrying" : job.status === "queued" ? "queued" : "running"]}
        <span data-elapsed={secondsTaken(job)}>{clock(secondsTaken(job))}</span>
      </span>
    </span>
  );
}

function Spoiled({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app;
  const ratio = ratioOf(job.input);
  const tall = ratio === "3:4" || ratio === "9:16";
  const failed = job.status === "failed";
  const code = job.error?.code;
  return (
    <span
      class={`relative flex items-center justify-center border border-dashed border-film-line ${
        tall ? "h-full" : "w-full"
      } ${ASPECT[ratio]}`}
    >
      {!failed && (
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          class="absolute inset-0 size-full text-grease"
          aria-hidden="true"
        >
          <path d="M6 9 95 92M93 6 5 95" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke" />
        </svg>
      )}
      <span class="relative flex flex-col items-center gap-1 bg-film px-2 py-1 text-center text-sm text-film-ink">
        <Icon name={failed ? "error" : "close"} />
        {failed
          ? (
            <span>
              <span class="sr-only">{t.job.status.failed}:</span>{" "}
              {t.job.failed[code && code !== "canceled" ? code : "internal"].short}
            </span>
          )
          : t.job.status[job.status]}
      </span>
    </span>
  );
}

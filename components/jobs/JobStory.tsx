import type { JobWithStory } from "../../domain/jobs/types.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { Time } from "../ui/Time.tsx";
import { type StoryLine, storyLines } from "./story-words.ts";
import { isLive } from "./view.ts";

const LOOK: Record<StoryLine["tone"], { icon: IconName; colour: string }> = {
  plain: { icon: "check", colour: "text-muted" },
  good: { icon: "check", colour: "text-success" },
  bad: { icon: "error", colour: "text-danger" },
  stopped: { icon: "close", colour: "text-muted" },
  waiting: { icon: "clock", colour: "text-info" },
};

/** From then on a date says more than a count of minutes. Seconds. */
const LONG = 3600;

/** Who did what with this job, when and why; the last line is where it stands. */
export function JobStory({ job, locale }: { job: JobWithStory; locale: Locale }) {
  const lines = storyLines(job, locale);
  const isNow = (i: number) => isLive(job) && i === lines.length - 1;
  return (
    <section aria-labelledby="story" class="rounded-lg border border-line bg-raised shadow-card">
      <h2 id="story" class="border-b border-line px-4 py-3 font-display text-heading font-semibold">
        {messages(locale).app.job.story.title}
      </h2>
      <ol class="px-4 py-2" data-story>
        {lines.map((line, i) => (
          <li
            key={i}
            aria-current={isNow(i) ? "step" : undefined}
            class="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 border-b border-line py-2.5 last:border-b-0 aria-[current=step]:font-semibold"
          >
            <Mark tone={isNow(i) && line.tone === "plain" ? "waiting" : line.tone} />
            <p>
              <span data-words>{line.text}</span>
              <span class="mt-0.5 flex justify-between gap-x-3 text-sm font-normal text-muted">
                <span>{line.who}</span>
                {line.at && <Moment at={line.at} since={job.created_at} first={i === 0} locale={locale} />}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Mark({ tone }: { tone: StoryLine["tone"] }) {
  return <Icon name={LOOK[tone].icon} size={16} class={`mt-1 ${LOOK[tone].colour}`} />;
}

/** The first line has a date, those soon after it say how long after. */
function Moment({ at, since, first, locale }: { at: string; since: string; first: boolean; locale: Locale }) {
  // Rounded as the time that the whole took is.
  const seconds = Math.round((Date.parse(at) - Date.parse(since)) / 1000);
  if (first || seconds >= LONG) return <Time at={at} locale={locale} />;
  return <time dateTime={at} class="tabular-nums">+{clock(seconds)}</time>;
}

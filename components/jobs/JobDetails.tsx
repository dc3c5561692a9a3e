import type { ComponentChildren } from "preact";
import type { Job } from "../../domain/jobs/types.ts";
import { fill, formatCredits, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { clock } from "../live/elapsed.ts";
import { Time } from "../ui/Time.tsx";
import { ratioOf } from "./ratio.ts";
import { isLive, payerOf, picturesAsked, promptOf, secondsTaken } from "./view.ts";

/** A prompt up to this long is whole in the heading above. */
const SHORT = 60;

/** What was asked for and what it cost, as one page of a ledger. */
export function JobDetails({ job, model, locale }: { job: Job; model: string; locale: Locale }) {
  const t = messages(locale).app;
  const made = job.outputs.length;
  const asked = picturesAsked(job);
  const note = costNote(job, locale);
  return (
    <section class="rounded-lg border border-line bg-raised shadow-card">
      <h2 class="border-b border-line px-4 py-3 font-display text-heading font-semibold">{t.job.details}</h2>
      <dl class="px-4 py-2">
        {promptOf(job).length > SHORT && (
          <div class="border-b border-line py-3">
            <dt class="text-sm text-muted">{t.job.prompt}</dt>
            <dd
              dir="auto"
              class="mt-1 max-h-60 overflow-y-auto whitespace-pre-wrap"
              tabIndex={promptOf(job).length > 400 ? 0 : undefined}
            >
              {promptOf(job)}
            </dd>
          </div>
        )}
        <Line name={t.job.model}>{model}</Line>
        {job.kind !== "text" && (
          <Line name={t.job.shape}>
            {t.create.ratios[ratioOf(job.input)]} <span class="tabular-nums text-muted">{ratioOf(job.input)}</span>
          </Line>
        )}
        {job.kind === "image" && (
          <Line name={t.job.pictures}>
            <span class="tabular-nums">{made > 0 && made < asked ? `${made} / ${asked}` : asked}</span>
          </Line>
        )}
        {job.kind === "video" && typeof job.input.duration === "number" && (
          <Line name={t.kinds.video.length}>
            <span class="tabular-nums">{plural(t.kinds.seconds, job.input.duration, locale)}</span>
          </Line>
        )}
        <Line name={t.job.started}>
          <Time at={job.created_at} locale={locale} />
        </Line>
        {job.batch_id !== null && (
          <Line name={t.batch.part}>
            <a href={localePath(locale, `/app/batches/${job.batch_id}`)} class="prose-link">{t.batch.all}</a>
          </Line>
        )}
        {!isLive(job) && (
          <Line name={t.job.took}>
            <span class="tabular-nums">{clock(secondsTaken(job))}</span>
          </Line>
        )}
        <div class="flex flex-wrap items-baseline justify-between gap-x-4 py-3">
          <dt class="font-semibold">{t.job.cost}</dt>
          <dd class="total-rule font-semibold" data-cost>{cost(job, locale)}</dd>
          {note && <dd class="mt-2 basis-full text-sm text-muted">{note}</dd>}
        </div>
      </dl>
    </section>
  );
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line py-2.5">
      <dt class="text-sm text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function cost(job: Job, locale: Locale): string {
  const { costs } = messages(locale).app.job;
  const payer = payerOf(job);
  if (payer !== "balance" && (isLive(job) || job.credits > 0)) return payer === "plan" ? costs.covered : costs.house;
  if (isLive(job)) return fill(costs.reserved, { credits: formatCredits(job.credits_reserved, locale) });
  return job.credits > 0 ? fill(costs.charged, { credits: formatCredits(job.credits, locale) }) : costs.nothing;
}

function costNote(job: Job, locale: Locale): string | null {
  const { costs } = messages(locale).app.job;
  const payer = payerOf(job);
  if (payer !== "balance") {
    if (isLive(job)) return payer === "plan" ? costs.coveredLive : costs.houseLive;
    const paid = payer === "plan" ? costs.coveredText : costs.houseText;
    return job.credits > 0 ? fill(paid, { credits: formatCredits(job.credits, locale) }) : null;
  }
  if (isLive(job)) return costs.reservedText;
  const back = job.credits_reserved - job.credits;
  if (back === 0) return null;
  const returned = formatCredits(back, locale);
  return job.credits > 0
    ? fill(costs.partly, { made: job.outputs.length, asked: picturesAsked(job), returned })
    : fill(costs.returnedText, { credits: returned });
}

import type { Batch } from "../../domain/jobs/types.ts";
import { fill, formatCredits, type Locale, messages } from "../../locales/mod.ts";
import { isLive } from "./view.ts";

/** What all of it cost so far, and what went back. */
export function BatchCost({ batch, locale }: { batch: Batch; locale: Locale }) {
  const t = messages(locale).app.batch.page;
  const live = batch.jobs.filter(isLive);
  const held = live.reduce((sum, job) => sum + job.credits_reserved, 0);
  const back = batch.credits_reserved - batch.credits_charged - held;
  const covered = batch.jobs.every((job) => job.covered_by_plan);
  const credits = formatCredits(batch.credits_charged, locale);
  return (
    <div class="rounded-lg border border-line bg-raised px-4 py-3 shadow-card">
      <p class="text-sm text-muted">{t.cost}</p>
      <p class="total-rule inline-block font-semibold" data-cost>
        {covered ? t.covered : fill(batch.ended ? t.charged : t.chargedSoFar, { credits })}
      </p>
      {!covered && held > 0 && <p class="mt-2 text-sm">{fill(t.held, { credits: formatCredits(held, locale) })}</p>}
      {!covered && back > 0 && <p class="mt-2 text-sm">{fill(t.returned, { credits: formatCredits(back, locale) })}</p>}
      <p class="mt-2 text-sm text-muted">{t.rule}</p>
    </div>
  );
}

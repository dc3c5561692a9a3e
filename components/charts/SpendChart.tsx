import type { DaySpend } from "../../domain/credits/daily-spend.ts";
import { scaleBand, scaleLinear } from "d3-scale";
import { fill, formatCredits, formatTime, type Locale, messages, plural } from "../../locales/mod.ts";

// The drawing is stretched to its box, so it holds bars only; words are HTML around it and keep their size.
const WIDTH = 280;
const HEIGHT = 64;

/** Credits spent a day, oldest first. Drawn on the server; the same numbers follow as a table for screen readers. */
export function SpendChart({ days, locale }: { days: DaySpend[]; locale: Locale }) {
  const t = messages(locale).app.spend;
  const total = days.reduce((sum, { credits }) => sum + credits, 0);
  const most = days.reduce((best, each) => each.credits > best.credits ? each : best, days[0]);
  const name = (day: string) => formatTime(`${day}T00:00:00Z`, locale, { dateOnly: true });
  const x = scaleBand(days.map(({ day }) => day), [0, WIDTH]).paddingInner(0.28);
  const y = scaleLinear([0, Math.max(1, most.credits)], [0, HEIGHT - 2]);
  return (
    <figure>
      <figcaption class="flex flex-wrap items-baseline justify-between gap-x-4">
        <span class="font-display text-heading font-semibold">{t.title}</span>
        <span class="font-semibold">{plural(t.total, total, locale)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        class="mt-4 h-24 w-full border-b border-line-strong"
        aria-hidden="true"
      >
        {days.map(({ day, credits }) => {
          // A day without spending keeps a hairline, so that one can see it was counted.
          const height = credits === 0 ? 1 : Math.max(3, y(credits));
          return (
            <rect
              key={day}
              x={x(day)}
              y={HEIGHT - height}
              width={x.bandwidth()}
              height={height}
              class={credits === 0 ? "fill-line" : "fill-accent"}
            />
          );
        })}
      </svg>
      <p class="mt-1 flex justify-between text-sm text-muted" aria-hidden="true">
        <span>{name(days[0].day)}</span>
        <span>{t.today}</span>
      </p>
      <p class="mt-2 text-sm text-muted">
        {total === 0 ? t.none : fill(t.summary, {
          total: formatCredits(total, locale),
          most: formatCredits(most.credits, locale),
          day: name(most.day),
        })}
      </p>
      <div class="sr-only">
        <table>
          <caption>{t.table}</caption>
          <thead>
            <tr>
              <th scope="col">{t.day}</th>
              <th scope="col">{t.credits}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, credits }) => (
              <tr key={day}>
                <th scope="row">{name(day)}</th>
                <td>{credits}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

import { scaleBand, scaleLinear } from "d3-scale";
import type { DayTotal } from "../../domain/ops/read-books.ts";
import { fill, formatCredits, formatNumber, formatTime, type Locale, messages } from "../../locales/mod.ts";

// As in SpendChart: the drawing is stretched to its box and holds bars only.
const WIDTH = 300;
const HEIGHT = 120;

interface Day {
  day: string;
  in: number;
  out: number;
}

/**
 * Credits that customers gained a day, above the line, and lost, below it; oldest first. Drawn on the server; the same
 * numbers follow as a table for screen readers.
 *
 * @param days how many, today included; those without entries are missing from `totals`
 */
export function FlowChart({ totals, days, now, locale }: {
  totals: DayTotal[];
  days: number;
  now: Date;
  locale: Locale;
}) {
  const t = messages(locale).admin.ledger.flow;
  const list = byDay(totals, days, now);
  const [sumIn, sumOut] = [list.reduce((sum, day) => sum + day.in, 0), list.reduce((sum, day) => sum + day.out, 0)];
  const most = Math.max(1, ...list.flatMap((day) => [day.in, day.out]));
  const x = scaleBand(list.map(({ day }) => day), [0, WIDTH]).paddingInner(0.28);
  const length = scaleLinear([0, most], [0, HEIGHT / 2 - 1]);
  const bar = (value: number) => value === 0 ? 0 : Math.max(1.5, length(value));
  const name = (day: string) => formatTime(`${day}T00:00:00Z`, locale, { dateOnly: true });
  return (
    <figure>
      <figcaption class="font-display text-heading font-semibold">{fill(t.title, { n: days })}</figcaption>
      <p class="mt-2 flex flex-wrap gap-x-6 text-sm" aria-hidden="true">
        <Key class="bg-success" name={t.in} />
        <Key class="bg-accent" name={t.out} />
      </p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        class="mt-3 h-40 w-full"
        aria-hidden="true"
      >
        {list.map(({ day, ...credits }) => (
          <g key={day}>
            <rect
              x={x(day)}
              y={HEIGHT / 2 - bar(credits.in)}
              width={x.bandwidth()}
              height={bar(credits.in)}
              class="fill-success"
            />
            <rect x={x(day)} y={HEIGHT / 2} width={x.bandwidth()} height={bar(credits.out)} class="fill-accent" />
          </g>
        ))}
        <rect x="0" y={HEIGHT / 2 - 0.5} width={WIDTH} height="1" class="fill-line-strong" />
      </svg>
      <p class="mt-1 flex justify-between text-sm text-muted" aria-hidden="true">
        <span>{name(list[0].day)}</span>
        <span>{t.today}</span>
      </p>
      <p class="mt-2 text-sm text-muted">
        {sumIn === 0 && sumOut === 0
          ? t.none
          : fill(t.summary, { in: formatCredits(sumIn, locale), out: formatCredits(sumOut, locale) })}
      </p>
      <div class="sr-only">
        <table>
          <caption>{t.table}</caption>
          <thead>
            <tr>
              <th scope="col">{t.day}</th>
              <th scope="col">{t.in}</th>
              <th scope="col">{t.out}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((each) => (
              <tr key={each.day}>
                <th scope="row">{name(each.day)}</th>
                <td>{formatNumber(each.in, locale)}</td>
                <td>{formatNumber(each.out, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Key({ class: color, name }: { class: string; name: string }) {
  return (
    <span class="inline-flex items-center gap-2">
      <span class={`size-3 rounded-sm ${color}`} />
      {name}
    </span>
  );
}

function byDay(totals: DayTotal[], days: number, now: Date): Day[] {
  const list: Day[] = Array.from({ length: days }, (_, back) => {
    const at = new Date(now.getTime() - (days - 1 - back) * 86_400_000);
    return { day: at.toISOString().slice(0, 10), in: 0, out: 0 };
  });
  const found = new Map(list.map((each) => [each.day, each]));
  for (const { day, amount } of totals) {
    const each = found.get(day);
    if (each && amount > 0) each.in += amount;
    else if (each) each.out -= amount;
  }
  return list;
}

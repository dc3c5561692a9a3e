import type { ModelMargin } from "../../domain/ops/read-job-engine.ts";
import { fill, formatMoney, formatNumber, type Locale, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";

/** What each model costs us and brings. */
export function MarginTable({ margins, days, locale }: { margins: ModelMargin[]; days: number; locale: Locale }) {
  const t = messages(locale).admin.jobs.margins;
  return (
    <Card title={fill(t.title, { n: days })} padded={false}>
      {margins.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.none}</p> : (
        <>
          <p class="max-w-prose px-4 pt-4 text-sm text-muted sm:px-6">{t.text}</p>
          <Table
            caption={t.caption}
            head={
              <>
                <Th>{t.model}</Th>
                <Th numeric class="hidden lg:table-cell">{t.attempts}</Th>
                <Th numeric class="hidden md:table-cell">{t.succeeded}</Th>
                <Th numeric class="hidden sm:table-cell">{t.credits}</Th>
                <Th numeric>{t.cost}</Th>
                <Th numeric class="hidden sm:table-cell">{t.revenue}</Th>
                <Th numeric>{t.margin}</Th>
              </>
            }
          >
            {margins.map((each) => <Row key={each.model} margin={each} locale={locale} />)}
          </Table>
        </>
      )}
    </Card>
  );
}

function Row({ margin, locale }: { margin: ModelMargin; locale: Locale }) {
  const t = messages(locale).admin.jobs.margins;
  const { model, name, attempts, succeeded, credits, house_credits, cost_micros, revenue_micros } = margin;
  const left = revenue_micros - cost_micros;
  return (
    <Tr>
      <Td header>
        {name}
        <span class="block text-sm font-normal text-muted">{model}</span>
      </Td>
      <Td numeric class="hidden lg:table-cell">{formatNumber(attempts, locale)}</Td>
      <Td numeric class="hidden md:table-cell">{formatNumber(succeeded, locale)}</Td>
      <Td numeric class="hidden sm:table-cell">
        {formatNumber(credits, locale)}
        {house_credits > 0 && (
          <span class="block text-sm text-muted">
            {fill(t.house, { credits: formatNumber(house_credits, locale) })}
          </span>
        )}
      </Td>
      <Td numeric>{microMoney(cost_micros, locale)}</Td>
      <Td numeric class="hidden sm:table-cell">{microMoney(revenue_micros, locale)}</Td>
      <Td numeric>
        <span class={left < 0 ? "font-semibold text-danger" : ""}>{microMoney(left, locale)}</span>
        {revenue_micros > 0 && (
          <span class="block text-sm text-muted">
            {formatNumber(Math.round(100 * left / revenue_micros), locale)} %
          </span>
        )}
      </Td>
    </Tr>
  );
}

/** From µUSD. */
export function microMoney(micros: number, locale: Locale): string {
  return formatMoney(micros / 10_000, locale);
}

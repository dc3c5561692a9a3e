import type { CheckoutFacts } from "../../domain/ops/read-entry.ts";
import { formatCredits, formatMoney, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { effectWords, problemWords, VERDICT_TONES } from "./billing-words.ts";
import { Fact, Facts, Mono } from "./Facts.tsx";
import { wordFor } from "./words.ts";

/** The purchase behind a top-up, and what Stripe told about it. */
export function CheckoutCause({ checkout, locale }: { checkout: CheckoutFacts; locale: Locale }) {
  const t = messages(locale).admin.entry.checkout;
  const { id, pack, credits, price_cents, status, stripe_session_id, payment_intent, created_at, credited_at, events } =
    checkout;
  return (
    <>
      <Card title={t.title}>
        <Facts>
          <Fact name={t.id}>
            <Mono>{id}</Mono>
          </Fact>
          <Fact name={t.pack}>
            {formatCredits(credits, locale)} <Mono class="text-muted">{pack}</Mono>
          </Fact>
          <Fact name={t.paid}>{formatMoney(price_cents, locale)}</Fact>
          <Fact name={t.status}>{wordFor(t.statuses, status)}</Fact>
          <Fact name={t.opened}>
            <Time at={created_at} locale={locale} />
          </Fact>
          {credited_at && (
            <Fact name={t.credited}>
              <Time at={credited_at} locale={locale} />
            </Fact>
          )}
          {payment_intent && (
            <Fact name={t.payment}>
              <Mono>{payment_intent}</Mono>
            </Fact>
          )}
          {stripe_session_id && (
            <Fact name={t.session} wide>
              <Mono>{stripe_session_id}</Mono>
            </Fact>
          )}
        </Facts>
      </Card>
      <Card title={t.events} padded={false}>
        {events.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.noEvents}</p> : (
          <Table
            caption={t.eventsCaption}
            head={
              <>
                <Th>{t.event}</Th>
                <Th>{t.verdict}</Th>
                <Th class="hidden sm:table-cell">{t.received}</Th>
              </>
            }
          >
            {events.map(({ event_id, type, verdict, effect, error, received_at }) => (
              <Tr key={event_id}>
                <Td header>
                  <a
                    href={localePath(locale, `/admin/webhooks/${event_id}`)}
                    class="prose-link figures block text-sm wrap-anywhere"
                  >
                    {type}
                  </a>
                  <Mono class="block font-normal text-muted">{event_id}</Mono>
                </Td>
                <Td>
                  <Badge tone={VERDICT_TONES[verdict]}>{t.verdicts[verdict]}</Badge>
                  {effect && <span class="block text-sm text-muted">{effectWords(effect, locale).join(", ")}</span>}
                  {error && <span class="block text-sm text-danger">{problemWords(error, locale)}</span>}
                </Td>
                <Td class="hidden text-sm sm:table-cell">
                  <Time at={received_at} locale={locale} />
                </Td>
              </Tr>
            ))}
          </Table>
        )}
      </Card>
    </>
  );
}

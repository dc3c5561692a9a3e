import type { WebhookEvent } from "../../domain/ops/webhook-event.ts";
import { formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { effectWords, problemWords, VERDICT_TONES } from "./billing-words.ts";
import { Dotted, Mono } from "./Facts.tsx";

/** What Stripe told us, a line for each event. */
export function WebhookTable({ events, locale }: { events: WebhookEvent[]; locale: Locale }) {
  const t = messages(locale).admin.webhooks;
  return (
    <Table
      caption={t.caption}
      head={
        <>
          <Th>{t.event}</Th>
          <Th>{t.verdict}</Th>
          <Th numeric class="hidden md:table-cell">{t.tries}</Th>
          <Th class="hidden md:table-cell">{t.next}</Th>
          <Th class="hidden sm:table-cell">{t.received}</Th>
        </>
      }
    >
      {events.map((event) => <Row key={event.event_id} event={event} locale={locale} />)}
    </Table>
  );
}

function Row({ event, locale }: { event: WebhookEvent; locale: Locale }) {
  const { event_id, type, object_id, attempts, received_at } = event;
  return (
    <Tr>
      <Td header class="min-w-40">
        <a
          href={localePath(locale, `/admin/webhooks/${event_id}`)}
          class="prose-link figures text-sm wrap-anywhere"
        >
          <Dotted name={type} />
        </a>
        <Mono class="block font-normal text-muted">{object_id ?? event_id}</Mono>
        <Time at={received_at} locale={locale} class="block text-sm font-normal text-muted sm:hidden" />
      </Td>
      <Td>
        <Verdict event={event} locale={locale} />
        {event.verdict === "failed" && (
          <span class="mt-1 block text-sm text-muted md:hidden">
            {messages(locale).admin.webhooks.next}: <NextTry event={event} locale={locale} />
          </span>
        )}
      </Td>
      <Td numeric class="hidden md:table-cell">{formatNumber(attempts, locale)}</Td>
      <Td class="hidden text-sm md:table-cell">
        <NextTry event={event} locale={locale} />
      </Td>
      <Td class="hidden text-sm sm:table-cell">
        <Time at={received_at} locale={locale} />
      </Td>
    </Tr>
  );
}

/** What came of an event, in words. */
export function Verdict({ event: { verdict, effect, error }, locale }: { event: WebhookEvent; locale: Locale }) {
  const t = messages(locale).admin.webhooks;
  // What it did before it failed, or is tried again, is no effect of what stands.
  const effects = verdict === "applied" ? effectWords(effect, locale) : [];
  return (
    <>
      <Badge tone={VERDICT_TONES[verdict]}>{t.verdicts[verdict]}</Badge>
      {effects.length > 0 && <span class="mt-1 block text-sm text-muted">{effects.join(", ")}</span>}
      {error && (
        <span class={`mt-1 block text-sm wrap-anywhere ${verdict === "failed" ? "text-danger" : "text-muted"}`}>
          {problemWords(error, locale)}
        </span>
      )}
    </>
  );
}

/** When an event is tried again; nothing for one that had its effect. */
export function NextTry({ event: { verdict, retry_at }, locale }: { event: WebhookEvent; locale: Locale }) {
  const t = messages(locale).admin.webhooks;
  if (verdict === "received") return <span>{t.now}</span>;
  if (verdict !== "failed") return <span class="text-muted">–</span>;
  return retry_at ? <Time at={retry_at} locale={locale} /> : <span class="text-danger">{t.noMore}</span>;
}

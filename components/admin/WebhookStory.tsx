import type { WebhookStory as Story } from "../../domain/ops/read-webhook-event.ts";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Fact, Facts, Mono, Raw } from "./Facts.tsx";
import { StripeObjects } from "./StripeObjects.tsx";
import { NextTry, Verdict, WebhookTable } from "./WebhookTable.tsx";
import { personName, wordFor } from "./words.ts";

/** An event from its arrival to what it left behind. */
export function WebhookStory({ event, locale }: { event: Story; locale: Locale }) {
  const { webhooks: t } = messages(locale).admin;
  return (
    <>
      <WhatHappened event={event} locale={locale} />
      <Card title={t.one.objects} padded={false}>
        {event.objects.length > 0
          ? <StripeObjects objects={event.objects} locale={locale} />
          : <p class="px-4 py-4 text-muted sm:px-6">{t.one.noObjects}</p>}
      </Card>
      <Entries event={event} locale={locale} />
      <Card title={t.one.payload}>
        {event.payload
          ? (
            <>
              <p class="text-sm text-muted">{t.one.payloadText}</p>
              <Raw name={event.type} value={event.payload} class="mt-1" />
            </>
          )
          : <p class="text-muted">{t.one.forgotten}</p>}
      </Card>
      {event.others.length > 0 && (
        <Card title={t.one.others} padded={false}>
          <WebhookTable events={event.others} locale={locale} />
        </Card>
      )}
    </>
  );
}

function WhatHappened({ event, locale }: { event: Story; locale: Locale }) {
  const { webhooks: t } = messages(locale).admin;
  const { occurred_at, received_at, processed_at, attempts, livemode, object_id, user_id, email, replays } = event;
  return (
    <Card title={t.one.story}>
      <Facts>
        <Fact name={t.verdict} wide>
          <Verdict event={event} locale={locale} />
        </Fact>
        {occurred_at && (
          <Fact name={t.one.happened}>
            <Time at={occurred_at} locale={locale} />
          </Fact>
        )}
        <Fact name={t.one.received}>
          <Time at={received_at} locale={locale} />
        </Fact>
        {processed_at && (
          <Fact name={t.one.tried}>
            <Time at={processed_at} locale={locale} />
          </Fact>
        )}
        <Fact name={t.tries}>{plural(t.one.tries, attempts, locale)}</Fact>
        <Fact name={t.one.next}>
          <NextTry event={event} locale={locale} />
        </Fact>
        {livemode !== null && <Fact name={t.one.mode}>{livemode ? t.one.live : t.one.test}</Fact>}
        <Fact name={t.one.person}>
          {user_id
            ? (
              <a href={localePath(locale, `/admin/ledger/accounts/${user_id}`)} class="prose-link">
                {personName(email, user_id, locale)}
              </a>
            )
            : <span class="text-muted">{t.one.nobody}</span>}
        </Fact>
        {object_id && (
          <Fact name={t.one.object}>
            <Mono class="block">{object_id}</Mono>
            <a
              href={localePath(locale, `/admin/webhooks?${new URLSearchParams({ object: object_id })}`)}
              class="prose-link text-sm"
            >
              {t.one.allOfObject}
            </a>
          </Fact>
        )}
        {replays.length > 0 && (
          <Fact name={t.one.replays} wide>
            <ul>
              {replays.map(({ at, actor, email, verdict }) => (
                <li key={at}>
                  <Time at={at} locale={locale} />:{" "}
                  {fill(t.one.replay, { who: personName(email, actor, locale), verdict: t.verdicts[verdict] })}
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </Facts>
    </Card>
  );
}

function Entries({ event: { entries }, locale }: { event: Story; locale: Locale }) {
  const { webhooks: t, entry } = messages(locale).admin;
  return (
    <Card title={t.one.entries} padded={false}>
      {entries.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.one.noEntries}</p> : (
        <Table
          caption={t.one.entriesCaption}
          head={
            <>
              <Th>{t.preview.kind}</Th>
              <Th numeric>{t.preview.amount}</Th>
              <Th numeric class="hidden sm:table-cell">{t.preview.after}</Th>
              <Th class="hidden sm:table-cell">{entry.when}</Th>
            </>
          }
        >
          {entries.map(({ user_id, seq, kind, amount, balance_after, created_at }) => (
            <Tr key={`${user_id} ${seq}`}>
              <Td header>
                {wordFor(entry.kinds, kind)}
                <a
                  href={localePath(locale, `/admin/ledger/accounts/${user_id}/${seq}`)}
                  class="prose-link block font-normal"
                >
                  {fill(t.one.entry, { seq: formatNumber(seq, locale) })}
                </a>
              </Td>
              <Td numeric>{formatCredits(amount, locale, { signed: true })}</Td>
              <Td numeric class="hidden sm:table-cell">{formatNumber(balance_after, locale)}</Td>
              <Td class="hidden text-sm sm:table-cell">
                <Time at={created_at} locale={locale} />
              </Td>
            </Tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

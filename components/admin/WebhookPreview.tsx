import type { WebhookPreview as Preview } from "../../domain/ops/preview-webhook.ts";
import { fill, formatNumber, formatSigned, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { effectWords, problemWords, taskWords } from "./billing-words.ts";
import { Mono, Raw } from "./Facts.tsx";
import { ObjectChanges } from "./StripeObjects.tsx";
import { personName, wordFor } from "./words.ts";

/** What a replay would do, the answer before its details. */
export function WebhookPreview({ preview, locale }: { preview: Preview; locale: Locale }) {
  const t = messages(locale).admin.webhooks.preview;
  const { balance, user_id, email, changes, tasks, verdict, entries } = preview;
  return (
    <>
      <Answer preview={preview} locale={locale} />
      {balance && user_id && verdict !== "failed" && (
        <Card
          title={fill(t.balanceOf, { who: personName(email, user_id, locale) })}
          actions={
            <a href={localePath(locale, `/admin/ledger/accounts/${user_id}`)} class="prose-link">
              {messages(locale).admin.account.title}
            </a>
          }
          padded={false}
        >
          <Table
            caption={t.balance}
            head={
              <>
                <Th>
                  <span class="sr-only">{t.balance}</span>
                </Th>
                <Th numeric>{t.now}</Th>
                <Th numeric>{t.then}</Th>
              </>
            }
          >
            {(["available", "held", "debt"] as const).map((name) => (
              <Tr key={name}>
                <Td header>{t[name]}</Td>
                <Td numeric>{formatNumber(balance.before[name], locale)}</Td>
                <Td numeric class={balance.before[name] === balance.after[name] ? "" : "font-bold"}>
                  {formatNumber(balance.after[name], locale)}
                </Td>
              </Tr>
            ))}
          </Table>
        </Card>
      )}
      {verdict === "applied" && <Entries entries={entries} locale={locale} />}
      {changes.length > 0 && (
        <Card title={t.changes} padded={false}>
          <div class="divide-y divide-line-strong">
            {changes.map((change) => <ObjectChanges key={`${change.noun} ${change.id}`} {...change} locale={locale} />)}
          </div>
        </Card>
      )}
      {tasks.length > 0 && (
        <Card title={t.tasks}>
          <ul class="flex flex-col gap-2">
            {tasks.map((task) => (
              <li key={task.key}>
                {taskWords(task, locale)}
                <Raw name={messages(locale).admin.billing.tasks.data} value={task.data} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function Answer({ preview, locale }: { preview: Preview; locale: Locale }) {
  const t = messages(locale).admin.webhooks.preview;
  const { verdict, effects, reason, error, refusal, entries, changes, tasks } = preview;
  if (verdict === "failed") {
    return (
      <Notice tone="danger" title={t.fails}>
        {refusal ? fill(t.refusal, { reason: refusal }) : problemWords(error ?? "", locale)}
      </Notice>
    );
  }
  if (verdict === "ignored") {
    return (
      <Notice tone="neutral" title={t.ignored}>
        {reason ? t.reasons[reason] : error ? problemWords(error, locale) : t.foreign}
      </Notice>
    );
  }
  if (entries.length + changes.length + tasks.length === 0) {
    return <Notice tone="neutral" title={t.nothing}>{t.nothingText}</Notice>;
  }
  return <Notice tone="success" title={t.works}>{effectWords(effects, locale).join(", ")}</Notice>;
}

function Entries({ entries, locale }: { entries: Preview["entries"]; locale: Locale }) {
  const { webhooks: { preview: t }, entry } = messages(locale).admin;
  return (
    <Card title={t.entries} padded={false}>
      {entries.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.noEntries}</p> : (
        <Table
          caption={t.entries}
          head={
            <>
              <Th>{t.kind}</Th>
              <Th numeric>{t.amount}</Th>
              <Th numeric class="hidden sm:table-cell">{t.after}</Th>
            </>
          }
        >
          {entries.map(({ seq, kind, amount, balance_after, ref }) => (
            <Tr key={seq}>
              <Td header>
                {wordFor(entry.kinds, kind)}
                <Mono class="block font-normal text-muted">{ref}</Mono>
              </Td>
              <Td numeric>{formatSigned(amount, locale)}</Td>
              <Td numeric class="hidden sm:table-cell">{formatNumber(balance_after, locale)}</Td>
            </Tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

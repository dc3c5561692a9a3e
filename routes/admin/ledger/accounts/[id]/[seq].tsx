import { Breaches } from "../../../../../components/admin/Breaches.tsx";
import { EntryCause } from "../../../../../components/admin/EntryCause.tsx";
import { EntryProof } from "../../../../../components/admin/EntryProof.tsx";
import { Fact, Facts, Mono } from "../../../../../components/admin/Facts.tsx";
import { personName, wordFor } from "../../../../../components/admin/words.ts";
import { PageHead } from "../../../../../components/layout/PageHead.tsx";
import { Button } from "../../../../../components/ui/Button.tsx";
import { Card } from "../../../../../components/ui/Card.tsx";
import { Icon } from "../../../../../components/ui/Icon.tsx";
import { PageHeader } from "../../../../../components/ui/PageHeader.tsx";
import { Time } from "../../../../../components/ui/Time.tsx";
import { readEntry } from "../../../../../domain/ops/read-entry.ts";
import { fill, formatCredits, formatNumber, localePath, messages } from "../../../../../locales/mod.ts";
import { handler, page } from "./$[seq].ts";

export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => ({
    data: { facts: await services.db.asUser(session.claims, (sql) => readEntry(sql, params.id, params.seq)) },
  }),
});

export default page(({ data: { facts }, state: { locale } }) => {
  const t = messages(locale).admin.entry;
  const { entry, email, previous_seq, previous_balance, next_seq, breaches } = facts;
  const { user_id, seq, kind, amount, balance_after, counter_account, ref, created_at } = entry;
  const name = personName(email, user_id, locale);
  const account = localePath(locale, `/admin/ledger/accounts/${user_id}`);
  const title = fill(t.title, { seq: formatNumber(seq, locale) });
  const [before, after] = t.of.split("{account}");
  return (
    <>
      <PageHead title={`${title} · ${name} · Kredo`} />
      <PageHeader
        title={title}
        lead={
          <span class="wrap-anywhere">
            {before}
            <a href={account} class="prose-link">{name}</a>
            {after}
          </span>
        }
        actions={<Button variant="secondary" href={`${account}?around=${seq}#entries`}>{t.list}</Button>}
      />
      <div class="flex flex-col gap-8">
        <Card>
          <Facts>
            <Fact name={t.kind}>{t.kinds[kind]}</Fact>
            <Fact name={t.change}>
              <span class={`font-display text-heading font-bold ${amount > 0 ? "text-success" : ""}`}>
                {formatCredits(amount, locale, { signed: true })}
              </span>
            </Fact>
            <Fact name={t.counter}>{wordFor(t.counters, counter_account)}</Fact>
            <Fact name={t.before}>{formatNumber(previous_balance, locale)}</Fact>
            <Fact name={t.after}>{formatNumber(balance_after, locale)}</Fact>
            <Fact name={t.when}>
              <Time at={created_at} locale={locale} />
              <Mono class="block text-muted">{created_at}</Mono>
            </Fact>
            <Fact name={t.ref} wide>
              <Mono>{ref}</Mono>
            </Fact>
          </Facts>
        </Card>
        {breaches.length > 0 && (
          <Card title={t.breaches} padded={false}>
            <Breaches breaches={breaches} locale={locale} />
          </Card>
        )}
        <EntryProof facts={facts} locale={locale} />
        <EntryCause facts={facts} locale={locale} />
        <nav aria-label={t.neighbours} class="flex items-center justify-between gap-4">
          {previous_seq !== null
            ? (
              <Button variant="secondary" href={`${account}/${previous_seq}`} rel="prev">
                <Icon name="arrow-left" />
                {fill(t.title, { seq: formatNumber(previous_seq, locale) })}
              </Button>
            )
            : <span />}
          {next_seq !== null && (
            <Button variant="secondary" href={`${account}/${next_seq}`} rel="next">
              {fill(t.title, { seq: formatNumber(next_seq, locale) })}
              <Icon name="arrow-right" />
            </Button>
          )}
        </nav>
      </div>
    </>
  );
});

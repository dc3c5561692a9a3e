import type { BreachDetail } from "../../domain/ops/read-books.ts";
import { fill, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono, Raw } from "./Facts.tsx";
import { invariantWords, personName, wrongWords } from "./words.ts";

export interface ShownBreach {
  id: number;
  invariant: string;
  place: string;
  user_id?: string | null;
  email?: string | null;
  seq: number | null;
  detail: BreachDetail;
  first_seen_at: Date | string;
  last_seen_at: Date | string;
  resolved_at?: Date | null;
  accepted?: string | null;
}

/** Invariants over whole accounts: the last entry is named beside what they find, but is seldom to blame. */
const OF_ACCOUNTS = ["balance", "holds"];

/** What is wrong, where and since when; each leads to its entry, or to its account where no entry is to blame. */
export function Breaches({ breaches, locale }: { breaches: ShownBreach[]; locale: Locale }) {
  return (
    <ul class="divide-y divide-line">
      {breaches.map((breach) => <BreachItem key={breach.id} breach={breach} locale={locale} />)}
    </ul>
  );
}

function BreachItem({ breach, locale }: { breach: ShownBreach; locale: Locale }) {
  const t = messages(locale).admin.ledger;
  const { invariant, place, user_id, email, seq, detail, first_seen_at, last_seen_at, resolved_at, accepted } = breach;
  const account = user_id ? localePath(locale, `/admin/ledger/accounts/${user_id}`) : null;
  const entry = account && seq !== null ? `${account}/${seq}` : null;
  const [first, ...others] = wrongWords(detail.wrong, locale, invariant);
  const best = entry && !OF_ACCOUNTS.includes(invariant) ? entry : account;
  return (
    <li class="flex flex-col gap-3 px-4 py-4 sm:flex-row sm:items-start sm:justify-between sm:px-6">
      <div class="min-w-0">
        <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge tone={resolved_at ? "neutral" : "danger"}>{invariantWords(invariant, locale).name}</Badge>
          <span class="font-semibold">{first ?? invariantWords(invariant, locale).text}</span>
        </p>
        {others.map((words) => <p key={words} class="mt-1">{words}</p>)}
        <p class="mt-1 text-sm text-muted">
          {account
            ? <a href={account} class="prose-link wrap-anywhere">{personName(email ?? null, user_id!, locale)}</a>
            : user_id === undefined
            ? null
            : t.noAccount}
          {account && entry && best === account && (
            <>
              {", "}
              <a href={entry} class="prose-link">{fill(t.entry, { seq: seq! })}</a>
            </>
          )}
        </p>
        <p class="text-sm text-muted">
          <Sentence template={t.since} at={first_seen_at} locale={locale} />
          {", "}
          {resolved_at
            ? <Sentence template={accepted ? t.acceptedAt : t.resolvedAt} at={resolved_at} locale={locale} />
            : <Sentence template={t.seen} at={last_seen_at} locale={locale} />}
        </p>
        {accepted && <p class="mt-1 wrap-anywhere">{fill(t.accepted, { reason: accepted })}</p>}
        <p class="text-sm text-muted">
          <Mono>{fill(t.place, { place })}</Mono>
        </p>
        <Raw name={t.facts} value={detail} class="mt-1" />
      </div>
      {best && (
        <Button
          href={best}
          variant={resolved_at ? "ghost" : "secondary"}
          size="sm"
          class="shrink-0 self-start"
        >
          {best === entry ? fill(t.entry, { seq: seq! }) : t.account}
          <Icon name="arrow-right" size={18} />
        </Button>
      )}
    </li>
  );
}

/** A sentence with a moment in it. */
export function Sentence({ template, at, locale }: { template: string; at: Date | string; locale: Locale }) {
  const [before, after] = template.split("{time}");
  return (
    <>
      {before}
      <Time at={at} locale={locale} />
      {after}
    </>
  );
}

import type { Adjustment } from "../../domain/ops/adjustment.ts";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { Time } from "../ui/Time.tsx";
import { Fact, Facts, Mono } from "./Facts.tsx";
import { personName } from "./words.ts";

const TONES: Record<Adjustment["state"], Tone> = {
  pending: "info",
  applied: "success",
  rejected: "neutral",
  failed: "warning",
};

export function AdjustmentState({ state, locale }: { state: Adjustment["state"]; locale: Locale }) {
  return <Badge tone={TONES[state]}>{messages(locale).admin.adjustments.states[state]}</Badge>;
}

/** Whose account, how much, why, who asked and who decided; `brief` in a list of those that wait. */
export function AdjustmentFacts(
  { adjustment, brief, locale }: { adjustment: Adjustment; brief?: boolean; locale: Locale },
) {
  const t = messages(locale).admin.adjustments;
  const { id, user_id, email, amount, reason, second_person, state, note, failure, entry_seq } = adjustment;
  const account = localePath(locale, `/admin/ledger/accounts/${user_id}`);
  return (
    <Facts>
      <Fact name={t.who}>
        <a href={account} class="prose-link">{personName(email, user_id, locale)}</a>
      </Fact>
      <Fact name={t.effect.change}>
        <span class="font-bold">{formatCredits(amount, locale, { signed: true })}</span>
      </Fact>
      <Fact name={t.asked}>
        <Who email={adjustment.requested_by_email} id={adjustment.requested_by} locale={locale} />
        <Time at={adjustment.requested_at} locale={locale} class="block text-sm text-muted" />
        {second_person && <span class="block text-sm text-muted">{t.secondShort[second_person]}</span>}
      </Fact>
      {adjustment.decided_by && adjustment.decided_at && (
        <Fact name={t.decided}>
          <Who email={adjustment.decided_by_email} id={adjustment.decided_by} locale={locale} />
          <Time at={adjustment.decided_at} locale={locale} class="block text-sm text-muted" />
        </Fact>
      )}
      {!brief && (
        <Fact name={t.state}>
          <AdjustmentState state={state} locale={locale} />
          {entry_seq !== null && (
            <a href={`${account}/${entry_seq}`} class="prose-link ml-3 whitespace-nowrap">
              {fill(t.entry, { seq: formatNumber(entry_seq, locale) })}
            </a>
          )}
        </Fact>
      )}
      <Fact name={t.reason} wide>{reason}</Fact>
      {note && <Fact name={t.note} wide>{note}</Fact>}
      {failure && <Fact name={t.states.failed} wide>{t.failure[failure]}</Fact>}
      {!brief && (
        <Fact name={t.id} wide>
          <Mono class="text-muted">{id}</Mono>
        </Fact>
      )}
    </Facts>
  );
}

/** An operator, leading to what else they did. */
export function Who({ email, id, locale }: { email: string | null; id: string; locale: Locale }) {
  return (
    <a href={localePath(locale, `/admin/audit?${new URLSearchParams({ actor: id })}`)} class="prose-link wrap-anywhere">
      {personName(email, id, locale)}
    </a>
  );
}

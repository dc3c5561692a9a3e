import type { Adjustment } from "../../domain/ops/adjustment.ts";
import { fill, formatSigned, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { AdjustmentState, Who } from "./AdjustmentFacts.tsx";
import { personName } from "./words.ts";

/** What was decided, the latest first. */
export function AdjustmentHistory({ adjustments, locale }: { adjustments: Adjustment[]; locale: Locale }) {
  const t = messages(locale).admin.adjustments;
  return (
    <Table
      caption={t.historyCaption}
      head={
        <>
          <Th class="hidden md:table-cell">{t.when}</Th>
          <Th>{t.who}</Th>
          <Th numeric>{t.amount}</Th>
          <Th class="hidden sm:table-cell">{t.what}</Th>
          <Th>{t.state}</Th>
        </>
      }
    >
      {adjustments.map((each) => <Row key={each.id} adjustment={each} locale={locale} />)}
    </Table>
  );
}

function Row({ adjustment, locale }: { adjustment: Adjustment; locale: Locale }) {
  const t = messages(locale).admin.adjustments;
  const { id, user_id, email, amount, reason, state, entry_seq, requested_by, decided_by, decided_at } = adjustment;
  const account = localePath(locale, `/admin/ledger/accounts/${user_id}`);
  const [before, after] = t.by.split("{operator}");
  return (
    <Tr>
      <Td class="hidden text-sm text-muted md:table-cell">{decided_at && <Time at={decided_at} locale={locale} />}</Td>
      <Td header class="min-w-32">
        <a href={account} class="prose-link wrap-anywhere">{personName(email, user_id, locale)}</a>
        <span class="block text-sm font-normal text-muted wrap-anywhere">
          {before}
          <Who email={adjustment.requested_by_email} id={requested_by} locale={locale} />
          {after}
          {decided_by && decided_by !== requested_by && (
            <>
              {", "}
              <Who email={adjustment.decided_by_email} id={decided_by} locale={locale} />
            </>
          )}
        </span>
        {decided_at && <Time at={decided_at} locale={locale} class="block text-sm font-normal text-muted md:hidden" />}
      </Td>
      <Td numeric class={amount > 0 ? "font-bold text-success" : ""}>{formatSigned(amount, locale)}</Td>
      <Td class="hidden sm:table-cell">
        <a href={localePath(locale, `/admin/ledger/adjustments/${id}`)} class="prose-link line-clamp-3 wrap-anywhere">
          {reason}
        </a>
      </Td>
      <Td>
        <AdjustmentState state={state} locale={locale} />
        {entry_seq !== null && (
          <a href={`${account}/${entry_seq}`} class="prose-link block text-sm whitespace-nowrap">
            {fill(t.entry, { seq: entry_seq })}
          </a>
        )}
        <a href={localePath(locale, `/admin/ledger/adjustments/${id}`)} class="prose-link block text-sm sm:hidden">
          {t.what}
        </a>
      </Td>
    </Tr>
  );
}

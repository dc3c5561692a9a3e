import type { ChainState } from "../../domain/ops/read-account.ts";
import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";

/** Whether the chain holds, as computed for this very page, and the way to where it breaks first. */
export function ChainNotice({ chain, account, locale }: { chain: ChainState; account: string; locale: Locale }) {
  const { account: { chain: t }, ledger } = messages(locale).admin;
  const { checked, from_seq, to_seq, whole, wrong, first_wrong, head } = chain;
  if (wrong > 0) {
    return (
      <Notice tone="danger" title={plural(t.broken, wrong, locale)}>
        {fill(t.brokenText, { from: from_seq!, to: to_seq! })}{" "}
        <a href={localePath(locale, `/admin/ledger/accounts/${account}/${first_wrong}`)}>
          {fill(ledger.entry, { seq: first_wrong! })}
        </a>
      </Notice>
    );
  }
  if (!head) return <Notice tone="danger" title={t.head}>{t.headText}</Notice>;
  if (checked === 0) return <Notice tone="neutral" title={t.empty} />;
  const entries = plural(t.entries, checked, locale);
  return <Notice tone="success" title={t.holds}>{fill(whole ? t.holdsText : t.holdsPart, { entries })}</Notice>;
}

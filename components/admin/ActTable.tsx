import type { Act } from "../../domain/ops/list-acts.ts";
import { fill, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Who } from "./AdjustmentFacts.tsx";
import { Mono, Raw } from "./Facts.tsx";
import { personName, signedCredits, wordFor } from "./words.ts";

/** Where what an act was done to has a page. */
const PAGES: Record<string, (id: string) => string> = {
  adjustment: (id) => `/admin/ledger/adjustments/${id}`,
  webhook: (id) => `/admin/webhooks/${id}`,
  reconciliation: () => "/admin/billing",
  task: () => "/admin/billing",
  job: (id) => `/admin/jobs/${id}`,
};

/** Who did what, and to whom. */
export function ActTable({ acts, locale }: { acts: Act[]; locale: Locale }) {
  const t = messages(locale).admin.audit;
  return (
    <Table
      caption={t.caption}
      head={
        <>
          <Th class="hidden md:table-cell">{t.when}</Th>
          <Th class="hidden sm:table-cell">{t.who}</Th>
          <Th>{t.what}</Th>
        </>
      }
    >
      {acts.map((act) => <Row key={act.id} act={act} locale={locale} />)}
    </Table>
  );
}

function Row({ act, locale }: { act: Act; locale: Locale }) {
  const { audit: t, person } = messages(locale).admin;
  const { at, actor, actor_email, login, action, subject, detail, account_email } = act;
  const user = typeof detail.user === "string" ? detail.user : null;
  const [noun, id] = subject.split(":");
  const words = fill(wordFor(t.acts, action), { credits: signedCredits(detail.amount, locale) });
  const who = actor
    ? <Who email={actor_email} id={actor} locale={locale} />
    : <span>{fill(person.sql, { login })}</span>;
  return (
    <Tr>
      <Td class="hidden text-sm text-muted md:table-cell">
        <Time at={at} locale={locale} />
      </Td>
      <Td class="hidden min-w-52 sm:table-cell">{who}</Td>
      <Td>
        <span class="block sm:hidden">{who}</span>
        {Object.hasOwn(PAGES, noun)
          ? <a href={localePath(locale, PAGES[noun](id))} class="prose-link font-semibold">{words}</a>
          : (
            <span class="font-semibold">
              {words} <Mono>{subject}</Mono>
            </span>
          )}
        {user && (
          <a href={localePath(locale, `/admin/ledger/accounts/${user}`)} class="prose-link block wrap-anywhere">
            {personName(account_email, user, locale)}
          </a>
        )}
        {typeof detail.reason === "string" && (
          <span class="block text-sm text-muted wrap-anywhere">{detail.reason}</span>
        )}
        {typeof detail.note === "string" && <span class="block text-sm text-muted wrap-anywhere">{detail.note}</span>}
        <Time at={at} locale={locale} class="block text-sm text-muted md:hidden" />
        <Raw name={t.details} value={detail} />
      </Td>
    </Tr>
  );
}

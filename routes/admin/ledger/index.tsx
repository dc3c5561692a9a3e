import { Breaches } from "../../../components/admin/Breaches.tsx";
import { InvariantTable } from "../../../components/admin/InvariantTable.tsx";
import { SearchForm } from "../../../components/admin/SearchForm.tsx";
import { TrialBalance } from "../../../components/admin/TrialBalance.tsx";
import { VerdictSheet } from "../../../components/admin/VerdictSheet.tsx";
import { FlowChart } from "../../../components/charts/FlowChart.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { readBooks } from "../../../domain/ops/read-books.ts";
import { messages } from "../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const DAYS = 30;

export const handlers = handler({
  GET: async ({ state: { services, session } }) => ({
    data: { books: await services.db.asUser(session.claims, (sql) => readBooks(sql, DAYS)), now: new Date() },
  }),
});

export default page(({ data: { books, now }, state: { locale } }) => {
  const t = messages(locale).admin.ledger;
  const { invariants, open, resolved, sides, days } = books;
  const openCount = invariants.reduce((sum, { open_breaches }) => sum + open_breaches, 0);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <div class="flex flex-col gap-8">
        <VerdictSheet invariants={invariants} now={now} locale={locale} />
        {open.length > 0 && (
          <Card title={t.open} padded={false}>
            <Breaches breaches={open} locale={locale} />
            {openCount > open.length && <p class="px-4 py-3 text-sm text-muted sm:px-6">{t.openMore}</p>}
          </Card>
        )}
        <SearchForm locale={locale} />
        <InvariantTable invariants={invariants} now={now} locale={locale} />
        <div class="grid gap-8 xl:grid-cols-2 xl:items-start">
          <TrialBalance sides={sides} locale={locale} />
          <Card>
            <FlowChart totals={days} days={DAYS} now={now} locale={locale} />
          </Card>
        </div>
        <Card title={t.resolved} padded={false}>
          {resolved.length > 0
            ? <Breaches breaches={resolved} locale={locale} />
            : <p class="px-4 py-4 text-muted sm:px-6">{t.noResolved}</p>}
        </Card>
      </div>
    </>
  );
});

import { InvoiceTable } from "../../../../components/billing/InvoiceTable.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { EmptyState } from "../../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../../components/ui/Pagination.tsx";
import { listInvoices } from "../../../../domain/billing/list-invoices.ts";
import { pageRequest } from "../../../../domain/pages.ts";
import { localePath, messages } from "../../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const PAGE = 20;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const { cursor } = pageRequest(url.searchParams);
    const list = await services.db.asUser(session.claims, (sql) => listInvoices(sql, { limit: PAGE, cursor }));
    return { data: { ...list, isFirstPage: cursor === undefined } };
  },
});

export default page(({ data: { invoices, nextCursor, isFirstPage }, state: { locale } }) => {
  const { invoices: t, pages } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <BackLink href={to("/app/billing")}>{t.back}</BackLink>
      <PageHeader title={t.title} lead={t.lead} />
      {invoices.length > 0 ? <InvoiceTable invoices={invoices} locale={locale} /> : (
        <EmptyState
          title={t.empty.title}
          text={t.empty.text}
          action={<Button variant="secondary" href={to("/app/billing")}>{t.empty.action}</Button>}
        />
      )}
      <Pagination
        class="mt-6"
        prev={isFirstPage ? undefined : to("/app/billing/invoices")}
        next={nextCursor ? to(`/app/billing/invoices?${new URLSearchParams({ cursor: nextCursor })}`) : undefined}
        labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
      />
    </>
  );
});

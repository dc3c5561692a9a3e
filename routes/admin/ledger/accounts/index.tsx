import { FoundAccounts } from "../../../../components/admin/FoundAccounts.tsx";
import { SearchForm } from "../../../../components/admin/SearchForm.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { EmptyState } from "../../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { type FoundAccount, searchAccounts, SHORTEST_SEARCH } from "../../../../domain/ops/search-accounts.ts";
import { messages } from "../../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const MOST = 50;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const query = url.searchParams.get("q")?.trim().slice(0, 320) ?? "";
    const tooShort = query !== "" && query.length < SHORTEST_SEARCH;
    const found: FoundAccount[] | null = query === "" || tooShort
      ? null
      : await services.db.asUser(session.claims, (sql) => searchAccounts(sql, query, MOST));
    return { data: { query, tooShort, found }, status: tooShort ? 422 : 200 };
  },
});

export default page(({ data: { query, tooShort, found }, state: { locale } }) => {
  const t = messages(locale).admin.search;
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <div class="flex flex-col gap-8">
        <SearchForm query={query} error={tooShort ? t.short : undefined} locale={locale} />
        {found && found.length > 0 && <FoundAccounts found={found} query={query} locale={locale} />}
        {found?.length === 0 && <EmptyState title={t.none.title} text={t.none.text} />}
      </div>
    </>
  );
});

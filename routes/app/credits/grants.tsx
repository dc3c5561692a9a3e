import { Lots } from "../../../components/credits/Lots.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { FilterTabs } from "../../../components/ui/FilterTabs.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { listGrants, parseListGrants } from "../../../domain/credits/list-grants.ts";
import LocalTimes from "../../../islands/time/local-times.tsx";
import { localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$grants.ts";

const PAGE = 20;
const FILTERS = ["all", "active", "scheduled", "spent", "expired"] as const;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const query = { ...parseListGrants(url.searchParams), limit: PAGE };
    const list = await services.db.asUser(session.claims, (sql) => listGrants(sql, query));
    return { data: { ...list, filter: query.state ?? "all", isFirstPage: query.cursor === undefined } };
  },
});

export default page(({ data: { grants, nextCursor, filter, isFirstPage }, state: { locale } }) => {
  const { app: { lots: t }, pages } = messages(locale);
  const path = (query: Record<string, string | null>) => {
    const set = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
    return localePath(locale, `/app/credits/grants${set.length > 0 ? `?${new URLSearchParams(set)}` : ""}`);
  };
  const state = filter === "all" ? null : filter;
  const first = grants.find(({ remaining, state }) => state === "active" && remaining > 0);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <BackLink href={localePath(locale, "/app/credits")}>{t.back}</BackLink>
      <PageHeader title={t.title} lead={t.lead} />
      <p class="mb-6 max-w-prose border-l-4 border-line-strong pl-4">{t.order}</p>
      <FilterTabs
        label={t.filter}
        tabs={FILTERS.map((each) => ({
          name: t.filters[each],
          href: path({ state: each === "all" ? null : each }),
          current: each === filter,
        }))}
      />
      {grants.length > 0
        ? <Lots grants={grants} next={isFirstPage ? first?.number : undefined} locale={locale} />
        : state === null
        ? <EmptyState title={t.empty.title} text={t.empty.text} />
        : (
          <EmptyState
            title={t.emptyFilter.title}
            text={t.emptyFilter.text}
            action={<Button variant="secondary" href={path({})}>{t.emptyFilter.action}</Button>}
          />
        )}
      <Pagination
        class="mt-6"
        prev={isFirstPage ? undefined : path({ state })}
        next={nextCursor ? path({ state, cursor: nextCursor }) : undefined}
        labels={{ nav: pages.nav, prev: t.first, next: t.more }}
      />
      <LocalTimes />
    </>
  );
});

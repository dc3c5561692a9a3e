import { ContactSheet } from "../../../components/jobs/ContactSheet.tsx";
import { isLive, jobVersion } from "../../../components/jobs/view.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Region } from "../../../components/live/Region.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { FilterTabs } from "../../../components/ui/FilterTabs.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { listJobs, parseListJobs } from "../../../domain/jobs/list-jobs.ts";
import FollowList from "../../../islands/jobs/follow-list.tsx";
import { type Locale, localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const PAGE = 12;
const FILTERS = ["all", "live", "succeeded", "failed", "canceled"] as const;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const query = { ...parseListJobs(url.searchParams), limit: PAGE };
    const { models } = await readOffer(services);
    const list = await services.db.asUser(session.claims, (sql) => listJobs(sql, query));
    return { data: { ...list, models, filter: query.status ?? "all" } };
  },
});

export default page(({ data: { jobs, nextCursor, previousCursor, models, filter }, state: { locale } }) => {
  const { app: { jobs: t, job: { announce } }, pages } = messages(locale);
  const names = Object.fromEntries(models.map(({ slug, name }) => [slug, name]));
  const live = jobs.some(isLive);
  const path = (query: Record<string, string | null>) => {
    const set = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
    return localePath(locale, set.length > 0 ? `/app/jobs?${new URLSearchParams(set)}` : "/app/jobs");
  };
  const pageOf = (cursor: string | null) =>
    cursor ? path({ status: filter === "all" ? null : filter, cursor }) : undefined;

  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <FilterTabs
        label={t.filter}
        tabs={FILTERS.map((each) => ({
          name: t.filters[each],
          href: path({ status: each === "all" ? null : each }),
          current: each === filter,
        }))}
      />
      <Region
        id="work"
        live={live}
        version={jobs.map((job) => `${job.id}:${jobVersion(job)}`).join(" ")}
        announce={announce.running}
      >
        {jobs.length > 0
          ? <ContactSheet jobs={jobs} models={names} locale={locale} />
          : <Nothing filtered={filter !== "all"} locale={locale} />}
      </Region>
      <Pagination
        class="mt-6"
        prev={pageOf(previousCursor)}
        next={pageOf(nextCursor)}
        labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
      />
      <FollowList region="work" />
    </>
  );
});

function Nothing({ filtered, locale }: { filtered: boolean; locale: Locale }) {
  const t = messages(locale).app.jobs;
  const { title, text, action } = filtered ? { ...t.emptyFilter } : t.empty;
  const href = localePath(locale, filtered ? "/app/jobs" : "/app/create");
  return (
    <EmptyState
      title={title}
      text={text}
      action={<Button href={href} variant={filtered ? "secondary" : "primary"}>{action}</Button>}
    />
  );
}

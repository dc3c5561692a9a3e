import { ActTable } from "../../components/admin/ActTable.tsx";
import { personName } from "../../components/admin/words.ts";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Card } from "../../components/ui/Card.tsx";
import { EmptyState } from "../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../components/ui/PageHeader.tsx";
import { Pagination } from "../../components/ui/Pagination.tsx";
import { isUuid } from "../../domain/identifiers.ts";
import { listActs } from "../../domain/ops/list-acts.ts";
import { fill, localePath, messages } from "../../locales/mod.ts";
import { handler, page } from "./$audit.ts";

const PAGE = 50;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const asked = url.searchParams.get("actor") ?? "";
    const actor = isUuid(asked) ? asked : null;
    const cursor = url.searchParams.get("cursor") || undefined;
    const list = await services.db.asUser(session.claims, (sql) => listActs(sql, { actor, limit: PAGE, cursor }));
    return { data: { ...list, actor, isFirstPage: cursor === undefined } };
  },
});

export default page(({ data: { acts, nextCursor, actor, isFirstPage }, state: { locale } }) => {
  const { admin: { audit: t, adjustments: { newest, older } } } = messages(locale);
  const path = (query: Record<string, string | null>) => {
    const set = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
    return localePath(locale, set.length > 0 ? `/admin/audit?${new URLSearchParams(set)}` : "/admin/audit");
  };
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader
        title={t.title}
        lead={actor ? fill(t.onlyOne, { who: personName(acts.at(0)?.actor_email ?? null, actor, locale) }) : t.lead}
        actions={actor && <Button variant="secondary" href={path({})}>{t.all}</Button>}
      />
      {acts.length > 0
        ? (
          <Card padded={false}>
            <ActTable acts={acts} locale={locale} />
          </Card>
        )
        : <EmptyState title={t.none.title} text={t.none.text} />}
      <Pagination
        class="mt-6"
        prev={isFirstPage ? undefined : path({ actor })}
        next={nextCursor ? path({ actor, cursor: nextCursor }) : undefined}
        labels={{ nav: t.caption, prev: newest, next: older }}
      />
    </>
  );
});

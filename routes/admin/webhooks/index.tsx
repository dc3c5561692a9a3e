import { WebhookFilterForm, type WebhookQuery, webhooksPath } from "../../../components/admin/WebhookFilterForm.tsx";
import { WebhookHealth } from "../../../components/admin/WebhookHealth.tsx";
import { WebhookTable } from "../../../components/admin/WebhookTable.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { handledTypes } from "../../../domain/billing/stripe/subject-of-event.ts";
import { AppError } from "../../../domain/errors.ts";
import { countWebhookEvents, listWebhookEvents } from "../../../domain/ops/list-webhook-events.ts";
import { type WebhookFilter, webhookFilter, webhookFilterFields } from "../../../domain/ops/webhook-filter.ts";
import { messages } from "../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const PAGE = 50;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const cursor = url.searchParams.get("cursor") || undefined;
    const { filter, wrong } = understood(url.searchParams);
    const { counts, list } = await services.db.asUser(session.claims, async (sql) => ({
      counts: await countWebhookEvents(sql),
      list: wrong.length > 0
        ? { events: [], nextCursor: null }
        : await listWebhookEvents(sql, { ...filter, limit: PAGE, cursor }),
    }));
    // As it was written, also where it makes no sense.
    const query = Object.fromEntries(
      webhookFilterFields.map((name) => [name, url.searchParams.get(name) || undefined]),
    );
    return {
      data: { counts, ...list, query: query as WebhookQuery, wrong, isFirstPage: cursor === undefined },
      status: wrong.length > 0 ? 422 : 200,
    };
  },
});

function understood(parameters: URLSearchParams): { filter: WebhookFilter; wrong: (keyof WebhookFilter)[] } {
  try {
    return { filter: webhookFilter(parameters), wrong: [] };
  } catch (error) {
    if (!(error instanceof AppError) || !error.fields) throw error;
    return { filter: {}, wrong: Object.keys(error.fields) as (keyof WebhookFilter)[] };
  }
}

export default page(({ data: { counts, events, nextCursor, query, wrong, isFirstPage }, state: { locale } }) => {
  const { admin: { webhooks: t } } = messages(locale);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <div class="flex flex-col gap-8">
        <WebhookHealth counts={counts} locale={locale} />
        <WebhookFilterForm query={query} wrong={wrong} types={handledTypes} locale={locale} />
        {events.length > 0
          ? (
            <Card padded={false}>
              <WebhookTable events={events} locale={locale} />
            </Card>
          )
          : (
            <EmptyState
              title={t.none.title}
              text={t.none.text}
              action={Object.values(query).some(Boolean) && (
                <a href={webhooksPath({}, locale)} class="prose-link">{t.clear}</a>
              )}
            />
          )}
        <Pagination
          prev={isFirstPage ? undefined : webhooksPath(query, locale)}
          next={nextCursor ? webhooksPath({ ...query, cursor: nextCursor }, locale) : undefined}
          labels={{ nav: t.caption, prev: t.newest, next: t.older }}
        />
      </div>
    </>
  );
});

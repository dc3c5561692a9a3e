import { WebhookStory } from "../../../../components/admin/WebhookStory.tsx";
import { Dotted, Mono } from "../../../../components/admin/Facts.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { readWebhookEvent } from "../../../../domain/ops/read-webhook-event.ts";
import { localePath, messages } from "../../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => ({
    data: { event: await services.db.asUser(session.claims, (sql) => readWebhookEvent(sql, params.id)) },
  }),
});

export default page(({ data: { event }, state: { locale }, url }) => {
  const { one: t } = messages(locale).admin.webhooks;
  const path = localePath(locale, `/admin/webhooks/${event.event_id}`);
  const did = url.searchParams.get("replay");
  return (
    <>
      <PageHead title={`${event.type} · Kredo`} />
      <BackLink href={localePath(locale, "/admin/webhooks")}>{t.back}</BackLink>
      <PageHeader
        title={<Dotted name={event.type} />}
        lead={<Mono>{event.event_id}</Mono>}
        actions={<Button href={`${path}/replay`}>{t.ask}</Button>}
      />
      <div class="flex flex-col gap-8">
        {did === "queued" && <Notice tone="success" role="status" title={t.queued}>{t.queuedText}</Notice>}
        {did === "already" && <Notice tone="info" role="status" title={t.already}>{t.queuedText}</Notice>}
        <WebhookStory event={event} locale={locale} />
      </div>
    </>
  );
});

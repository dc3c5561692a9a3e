import { Mono } from "../../../../components/admin/Facts.tsx";
import { WebhookPreview } from "../../../../components/admin/WebhookPreview.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { AppError } from "../../../../domain/errors.ts";
import { previewWebhook, type WebhookPreview as Preview } from "../../../../domain/ops/preview-webhook.ts";
import { readWebhookEvent } from "../../../../domain/ops/read-webhook-event.ts";
import { replayWebhook } from "../../../../domain/ops/replay-webhook.ts";
import { localePath, messages } from "../../../../locales/mod.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$replay.ts";

export const handlers = handler({
  GET: async ({ state, params }) => {
    const seen = await look(state, params.id);
    return { data: seen, status: seen.preview ? 200 : 502 };
  },

  POST: async ({ state: { services, session, locale }, params }) => {
    const did = await replayWebhook(services, session, params.id);
    const path = localePath(locale, `/admin/webhooks/${params.id}?replay=${did}`);
    return Response.redirect(new URL(path, services.config.webUrl), 303);
  },
});

/** The preview; none while Stripe does not answer. */
async function look({ services, session }: State, id: string) {
  try {
    const { event: { event_id, type }, preview } = await previewWebhook(services, session, id);
    return { event_id, type, preview: preview as Preview | null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "provider_unavailable") throw error;
    services.log.warn("no preview: stripe does not answer", { event: id, error });
    const { event_id, type } = await services.db.asUser(session.claims, (sql) => readWebhookEvent(sql, id));
    return { event_id, type, preview: null };
  }
}

export default page(({ data: { event_id, type, preview }, state: { locale } }) => {
  const { preview: t } = messages(locale).admin.webhooks;
  const path = localePath(locale, `/admin/webhooks/${event_id}`);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <BackLink href={path}>{t.back}</BackLink>
      <PageHeader
        title={t.title}
        lead={
          <>
            <Mono class="block text-ink">{type} · {event_id}</Mono>
            {preview && t.lead}
          </>
        }
      />
      <div class="flex flex-col gap-8">
        {preview
          ? <WebhookPreview preview={preview} locale={locale} />
          : <Notice tone="danger" role="alert" title={t.unreachable}>{t.unreachableText}</Notice>}
        <form method="post" action={`${path}/replay`} class="flex flex-wrap items-center gap-x-5 gap-y-3">
          <Button type="submit">{t.apply}</Button>
          <p class="text-sm text-muted">{t.applyText}</p>
        </form>
      </div>
    </>
  );
});

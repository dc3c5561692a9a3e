import { CataloguePrices } from "../../../components/admin/CataloguePrices.tsx";
import { ReconciliationRuns } from "../../../components/admin/ReconciliationRuns.tsx";
import { TaskTable } from "../../../components/admin/TaskTable.tsx";
import { WebhookHealth } from "../../../components/admin/WebhookHealth.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { AppError } from "../../../domain/errors.ts";
import { readBilling } from "../../../domain/ops/read-billing.ts";
import { retryTask } from "../../../domain/ops/retry-task.ts";
import { startReconciliation } from "../../../domain/ops/start-reconciliation.ts";
import { type Locale, localePath, messages } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$index.ts";

/** Long enough for a weekend of which nobody knew. */
const DAYS = "3";

type Refused = "days" | "conflict" | null;

export const handlers = handler({
  GET: async ({ state }) => ({ data: { ...await read(state), days: DAYS, refused: null as Refused } }),

  /** Begins a comparison, or has a task tried again. */
  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const days = form.get("days")?.trim() ?? DAYS;
    try {
      const act = form.get("act");
      if (act !== "reconcile" && act !== "retry") throw new AppError("invalid_request");
      const did = act === "reconcile"
        ? await startReconciliation(services, session, /^\d{1,3}$/.test(days) ? Number(days) : NaN)
        : await retryTask(services, session, form.get("task") ?? "");
      const path = localePath(locale, `/admin/billing?${new URLSearchParams({ [act]: did })}`);
      return Response.redirect(new URL(path, services.config.webUrl), 303);
    } catch (error) {
      if (!(error instanceof AppError) || !["validation_failed", "conflict"].includes(error.code)) throw error;
      const refused: Refused = error.code === "conflict" ? "conflict" : "days";
      return { data: { ...await read(state), days, refused }, status: error.status };
    }
  },
});

async function read({ services, session }: State) {
  const { livemode } = services.config.stripe;
  return { livemode, ...await services.db.asUser(session.claims, (sql) => readBilling(sql, livemode)) };
}

export default page(({ data, state: { locale }, url }) => {
  const { billing: t } = messages(locale).admin;
  const { webhooks, runs, failed, waiting, prices, livemode, days, refused } = data;
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader
        title={t.title}
        lead={t.lead}
        actions={<Button variant="secondary" href={localePath(locale, "/admin/webhooks")}>{t.journal}</Button>}
      />
      <div class="flex flex-col gap-8">
        {refused
          ? (
            <Notice tone="danger" role="alert" focused title={t.problem}>
              {refused === "days" ? t.runs.daysError : t.tasks.conflict}
            </Notice>
          )
          : <Done query={url.searchParams} locale={locale} />}
        <WebhookHealth counts={webhooks} locale={locale} />
        <Card title={t.tasks.failed} padded={false}>
          {failed.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.tasks.noFailed}</p> : (
            <>
              <p class="px-4 pt-4 text-sm text-muted sm:px-6">{t.tasks.failedText}</p>
              <TaskTable tasks={failed} caption={t.tasks.failed} locale={locale} />
            </>
          )}
        </Card>
        <Card title={t.tasks.waiting} padded={false}>
          {waiting.length === 0
            ? <p class="px-4 py-4 text-muted sm:px-6">{t.tasks.noWaiting}</p>
            : <TaskTable tasks={waiting} caption={t.tasks.waiting} locale={locale} />}
        </Card>
        <ReconciliationRuns
          runs={runs}
          days={days}
          error={refused === "days" ? t.runs.daysError : undefined}
          locale={locale}
        />
        <CataloguePrices prices={prices} livemode={livemode} locale={locale} />
      </div>
    </>
  );
});

/** What the operator's own act came to, once. */
function Done({ query, locale }: { query: URLSearchParams; locale: Locale }) {
  const { runs, tasks } = messages(locale).admin.billing;
  const [reconcile, retry] = [query.get("reconcile"), query.get("retry")];
  if (reconcile === "queued") {
    return <Notice tone="success" role="status" title={runs.queued}>{runs.queuedText}</Notice>;
  }
  if (reconcile === "already") return <Notice tone="info" role="status" title={runs.already} />;
  if (retry === "queued") return <Notice tone="success" role="status" title={tasks.queued} />;
  return retry === "already" ? <Notice tone="info" role="status" title={tasks.already} /> : null;
}

import { z } from "zod";
import { ChangeSheet } from "../../../../components/billing/ChangeSheet.tsx";
import { newsPath } from "../../../../components/billing/PlanNews.tsx";
import { PortalForm } from "../../../../components/billing/PortalForm.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { changePlan } from "../../../../domain/billing/change-plan.ts";
import type { PlanChangeRefusal, PlanTarget } from "../../../../domain/billing/plan-change.ts";
import { INTERVALS, PAID_PLANS } from "../../../../domain/billing/plans.ts";
import { previewPlanChange } from "../../../../domain/billing/preview-plan-change.ts";
import { readOffer } from "../../../../domain/catalogue/read-offer.ts";
import { AppError } from "../../../../domain/errors.ts";
import { fill, formatAmount, formatTime, localePath, messages } from "../../../../locales/mod.ts";
import { readForm } from "../../../../platform/http/body.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$change.ts";

const target = z.object({ plan: z.enum(PAID_PLANS), interval: z.enum(INTERVALS) });
const confirmation = z.object({ proration_date: z.coerce.number().int().positive().optional().catch(undefined) });

/** What a change costs, and then the change. Nothing is charged but what was shown. */
export const handlers = handler({
  GET: async ({ state, url }) => {
    const wanted = target.safeParse(Object.fromEntries(url.searchParams));
    return wanted.success ? await consider(state, wanted.data) : toPlans(state);
  },

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = Object.fromEntries(await readForm(req));
    const wanted = target.safeParse(form);
    if (!wanted.success) return toPlans(state);
    try {
      const { outcome } = await changePlan(services, session, {
        ...wanted.data,
        prorationDate: confirmation.parse(form).proration_date,
        idempotencyKey: form.idempotency_key?.slice(0, 64) || undefined,
      });
      // The sum of now instead of the one that was shown, to be confirmed.
      if (outcome === "outdated") return await consider(state, wanted.data);
      if (outcome === "payment_failed") return await consider(state, wanted.data, true);
    } catch (error) {
      const refusal = refusalIn(error);
      if (!refusal) throw error;
      return { data: { wanted: wanted.data, refusal, failed: false, preview: null, cents: 0, key: "" }, status: 409 };
    }
    const path = newsPath({ kind: "changed", ...wanted.data });
    return Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
  },
});

/** The page: the sum, or why the change is not possible. */
async function consider({ services, session }: State, wanted: PlanTarget, failed = false) {
  const { plans } = await readOffer(services);
  const cents = plans.find(({ plan }) => plan === wanted.plan)?.prices[wanted.interval] ?? 0;
  const data = { wanted, cents, failed, key: crypto.randomUUID() };
  try {
    const preview = await previewPlanChange(services, session, wanted);
    return { data: { ...data, preview, refusal: null }, status: failed ? 402 : 200 };
  } catch (error) {
    const refusal = refusalIn(error);
    if (!refusal) throw error;
    return { data: { ...data, preview: null, refusal }, status: 409 };
  }
}

function refusalIn(error: unknown): PlanChangeRefusal | null {
  return error instanceof AppError && error.code === "conflict" ? error.extra?.reason as PlanChangeRefusal : null;
}

function toPlans({ services, locale }: State): Response {
  return Response.redirect(new URL(localePath(locale, "/app/billing/plan"), services.config.webUrl), 303);
}

export default page(({ data, state: { plan: { subscription }, locale } }) => {
  const { wanted, preview, refusal, failed, cents, key } = data;
  const { app: { plan: { change: t, sheet } }, plans: { names, blocked } } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const plan = names[wanted.plan];
  const title = fill(
    preview?.direction === "downgrade" ? t.downgrade : subscription?.plan === wanted.plan ? t.yearly : t.upgrade,
    { plan },
  );
  const page = (content: preact.ComponentChildren, heading: string) => (
    <>
      <PageHead title={`${heading} · Kredo`} />
      <BackLink href={to(`/app/billing/plan${wanted.interval === "year" ? "?interval=year" : ""}`)}>{t.back}</BackLink>
      <PageHeader title={heading} />
      <div class="max-w-prose">{content}</div>
    </>
  );
  if (!preview || !subscription) {
    return page(
      <>
        <p>{blocked[refusal ?? "no_plan"]}</p>
        <Button class="mt-6" href={to("/app/billing")}>{sheet.title}</Button>
      </>,
      t.refused,
    );
  }
  const notes = [
    subscription.status === "trialing" && subscription.plan !== wanted.plan ? t.endsTrial : t.atOnce,
    ...subscription.cancelAt
      ? [fill(t.canceled, { date: formatTime(subscription.cancelAt, locale, { dateOnly: true }) })]
      : [],
    ...preview.dueNowCents > 0 ? [t.card] : [],
  ];
  return page(
    <>
      {failed && (
        <Notice tone="danger" role="alert" focused title={t.failed.title} class="mb-6">{t.failed.text}</Notice>
      )}
      <ChangeSheet subscription={subscription} target={{ ...wanted, cents }} preview={preview} locale={locale} />
      <div class="mt-4 flex flex-col gap-2 text-muted">{notes.map((note) => <p key={note}>{note}</p>)}</div>
      <div class="mt-6 flex flex-col gap-3 sm:flex-row sm:flex-wrap">
        <form method="post" action={to("/app/billing/plan/change")}>
          <input type="hidden" name="plan" value={wanted.plan} />
          <input type="hidden" name="interval" value={wanted.interval} />
          <input type="hidden" name="proration_date" value={preview.prorationDate} />
          <input type="hidden" name="idempotency_key" value={key} />
          <Button type="submit" class="max-sm:w-full">
            {preview.dueNowCents > 0
              ? fill(t.confirmPay, { price: formatAmount(preview.dueNowCents, "usd", locale) })
              : t.confirm}
          </Button>
        </form>
        {failed && (
          <PortalForm variant="secondary" class="max-sm:w-full" back="/app/billing/plan" locale={locale}>
            {sheet.card}
          </PortalForm>
        )}
        <Button variant="ghost" href={to("/app/billing")}>{t.keep}</Button>
      </div>
    </>,
    title,
  );
});

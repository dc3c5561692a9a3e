import { z } from "zod";
import { intervalIn, IntervalSwitch } from "../../../../components/billing/IntervalSwitch.tsx";
import { FairUse } from "../../../../components/billing/FairUse.tsx";
import { bestSaving } from "../../../../components/billing/plan-words.ts";
import { PlanCards } from "../../../../components/billing/PlanCards.tsx";
import { isLive, standingOf } from "../../../../components/billing/standing.ts";
import { ResumeForm } from "../../../../components/billing/StepAction.tsx";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { openPlanCheckout } from "../../../../domain/billing/open-plan-checkout.ts";
import { planSteps } from "../../../../domain/billing/plan-step.ts";
import { type BillingInterval, INTERVALS, PAID_PLANS } from "../../../../domain/billing/plans.ts";
import { readOffer } from "../../../../domain/catalogue/read-offer.ts";
import { AppError, type ErrorCode, validationFailed } from "../../../../domain/errors.ts";
import { fill, formatTime, localePath, messages } from "../../../../locales/mod.ts";
import { readForm } from "../../../../platform/http/body.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$index.ts";

const order = z.object({ plan: z.enum(PAID_PLANS), interval: z.enum(INTERVALS) });

export const handlers = handler({
  GET: async ({ state, url }) => ({ data: await choice(state, intervalIn(url.searchParams)) }),

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const key = form.get("idempotency_key") || crypto.randomUUID();
    try {
      const { success, data } = order.safeParse(Object.fromEntries(form));
      if (!success) throw validationFailed({ plan: "There is no such plan." });
      const { plan, interval } = data;
      const { url } = await openPlanCheckout(services, session, {
        plan,
        interval,
        locale,
        // One key for the page and each plan, as for packs.
        idempotencyKey: `form:${key.slice(0, 64)}:${plan}:${interval}:${locale}`,
      });
      return Response.redirect(url, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      const shown = { ...await choice(state, intervalIn(form)), problem: error.code };
      return { data: shown, status: error.status };
    }
  },
});

async function choice({ services }: State, interval: BillingInterval) {
  const { plans } = await readOffer(services);
  return { plans, interval, key: crypto.randomUUID(), problem: null as ErrorCode | null };
}

export default page(({ data: { plans, interval, key, problem }, state: { plan: state, profile, locale } }) => {
  const { app: { plan: { choose: t } }, plans: { names, blocked }, errors } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const live = isLive(standingOf(state));
  const title = live ? t.change : t.title;
  const { subscription } = state;
  return (
    <>
      <PageHead title={`${title} · Kredo`} />
      <BackLink href={to("/app/billing")}>{t.back}</BackLink>
      <PageHeader
        title={title}
        lead={live ? t.changeLead : t.lead}
        actions={
          <IntervalSwitch
            path="/app/billing/plan"
            current={interval}
            savesPercent={bestSaving(plans)}
            locale={locale}
          />
        }
      />
      {problem && (
        <Notice tone="danger" role="alert" focused title={t.problem} class="mb-6">
          {problem === "conflict" ? blocked.has_plan : errors.codes[problem]}
        </Notice>
      )}
      {live && subscription?.cancelAt && (
        <Notice
          tone="warning"
          class="mb-6"
          title={fill(t.canceling, {
            plan: names[subscription.plan],
            date: formatTime(subscription.cancelAt, locale, { dateOnly: true }),
          })}
          actions={<ResumeForm name={names[subscription.plan]} size="sm" locale={locale} />}
        />
      )}
      <PlanCards
        plans={planSteps(plans, interval, { state, suspended: profile.status !== "active" })}
        interval={interval}
        idempotencyKey={key}
        locale={locale}
      />
      <FairUse offers={plans} class="mt-8" locale={locale} />
      {!live && (
        <p class="mt-6">
          {t.packs} <a href={to("/app/billing#packs")} class="prose-link font-semibold">{t.packsLink}</a>
        </p>
      )}
    </>
  );
});

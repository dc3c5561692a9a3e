import { newsPath } from "../../../../components/billing/PlanNews.tsx";
import { isLive, standingOf } from "../../../../components/billing/standing.ts";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../../components/ui/BackLink.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Card } from "../../../../components/ui/Card.tsx";
import { Icon } from "../../../../components/ui/Icon.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { cancelPlan } from "../../../../domain/billing/cancel-plan.ts";
import type { PlanState } from "../../../../domain/billing/read-plan.ts";
import { readOffer } from "../../../../domain/catalogue/read-offer.ts";
import { AppError } from "../../../../domain/errors.ts";
import { fill, formatTime, localePath, messages, plural } from "../../../../locales/mod.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$cancel.ts";

/** Says what canceling means before it is done. */
export const handlers = handler({
  GET: async ({ state }) => ({ data: await welcomeBack(state), status: cancelable(state.plan) ? 200 : 409 }),

  POST: async ({ state }) => {
    const { services, session, locale } = state;
    try {
      await cancelPlan(services, session);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict") throw error;
      return { data: await welcomeBack(state), status: error.status };
    }
    return Response.redirect(new URL(localePath(locale, newsPath({ kind: "canceled" })), services.config.webUrl), 303);
  },
});

/** What Free brings each month. */
async function welcomeBack({ services }: State): Promise<{ monthly: number | null }> {
  const { plans } = await readOffer(services);
  return { monthly: plans.find(({ plan }) => plan === "free")?.includes.generations ?? null };
}

function cancelable(state: PlanState): boolean {
  return isLive(standingOf(state)) && state.subscription?.cancelAt === null;
}

export default page(({ data: { monthly }, state: { plan: state, generations, locale } }) => {
  const { app: { plan: { cancel: t, sheet } }, plans: { names }, units } = messages(locale);
  const { subscription } = state;
  const back = localePath(locale, "/app/billing");
  if (!subscription || !cancelable(state)) {
    return (
      <>
        <PageHead title={`${t.none} · Kredo`} />
        <BackLink href={back}>{t.back}</BackLink>
        <PageHeader title={t.none} lead={t.noneText} />
        <Button href={back}>{sheet.title}</Button>
      </>
    );
  }
  const plan = names[subscription.plan];
  const title = fill(t.title, { plan });
  const date = formatTime(subscription.currentPeriodEnd, locale, { dateOnly: true });
  const facts = [
    fill(subscription.status === "trialing" ? t.untilTrial : t.until, { plan, date }),
    ...generations.limit === null ? [] : [t.allowance],
    t.bought,
    ...monthly ? [fill(t.free, { credits: plural(units.credits, monthly, locale) })] : [],
    t.back_again,
  ];
  return (
    <>
      <PageHead title={`${title} · Kredo`} />
      <BackLink href={back}>{t.back}</BackLink>
      <PageHeader title={title} />
      <Card class="max-w-prose">
        {subscription.openInvoiceUrl && <Notice tone="warning" title={t.unpaid} class="mb-5" />}
        <ul class="flex flex-col gap-2.5">
          {facts.map((fact) => (
            <li key={fact} class="flex items-start gap-2.5">
              <Icon name="check" size={18} class="mt-1 text-muted" />
              {fact}
            </li>
          ))}
        </ul>
        <form method="post" class="mt-6 flex flex-col gap-3 sm:flex-row">
          <Button type="submit" variant="danger">{t.confirm}</Button>
          <Button variant="secondary" href={back}>{fill(t.keep, { plan })}</Button>
        </form>
      </Card>
    </>
  );
});

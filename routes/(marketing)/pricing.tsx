import { FairUse } from "../../components/billing/FairUse.tsx";
import { intervalIn, IntervalSwitch } from "../../components/billing/IntervalSwitch.tsx";
import { bestSaving } from "../../components/billing/plan-words.ts";
import { PlanCards } from "../../components/billing/PlanCards.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../components/layout/SiteLayout.tsx";
import { ModelPrices } from "../../components/marketing/ModelPrices.tsx";
import { Packs } from "../../components/marketing/Packs.tsx";
import { Section } from "../../components/marketing/Section.tsx";
import { readProfile } from "../../domain/accounts/read-profile.ts";
import { planSteps } from "../../domain/billing/plan-step.ts";
import { readPlan } from "../../domain/billing/read-plan.ts";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { messages } from "../../locales/mod.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$pricing.ts";

export const handlers = handler({
  GET: async ({ state, url }) => {
    const [offer, viewer] = await Promise.all([readOffer(state.services), viewerOf(state)]);
    return { data: { ...offer, viewer, interval: intervalIn(url.searchParams), key: crypto.randomUUID() } };
  },
});

/** Whoever is signed in sees what they can do from where they are. */
async function viewerOf({ services, session }: State) {
  if (!session) return null;
  const [profile, plan] = await services.db.asUser(
    session.claims,
    (sql) => Promise.all([readProfile(sql), readPlan(sql)]),
  );
  return profile && { state: plan, suspended: profile.status !== "active" };
}

export default page(({ data: { plans, packs, models, viewer, interval, key }, state: { locale, session } }) => {
  const { pricing: p, packs: words } = messages(locale).marketing;
  return (
    <SiteLayout>
      <PageHead title={p.pageTitle} description={p.description} />
      <div class="mx-auto max-w-page px-4 pt-10 sm:px-6 sm:pt-14">
        <h1 class="max-w-[18ch] font-display text-display font-extrabold">{p.title}</h1>
        <p class="mt-5 max-w-prose text-lead text-muted">{p.lead}</p>
        <div class="mt-8 mb-6">
          <IntervalSwitch path="/pricing" current={interval} savesPercent={bestSaving(plans)} locale={locale} />
        </div>
        <PlanCards
          plans={planSteps(plans, interval, viewer)}
          interval={interval}
          idempotencyKey={key}
          locale={locale}
        />
        <FairUse offers={plans} class="mt-8" locale={locale} />
      </div>

      <Section id="packs" title={p.packsTitle} lead={p.packsText}>
        <Packs packs={packs} models={models} locale={locale} signedIn={session !== null} />
        <p class="mt-6 text-muted">{words.text}</p>
      </Section>

      <div class="border-y border-line bg-raised">
        <Section id="buys" title={p.buysTitle} lead={p.buysText}>
          <ModelPrices models={models} packs={packs} locale={locale} />
        </Section>
      </div>

      <Section id="notes" title={p.notesTitle}>
        <dl class="grid gap-x-14 gap-y-6 md:grid-cols-2">
          {p.notes.map(({ title, text }) => (
            <div key={title} class="border-t border-line-strong pt-3">
              <dt class="font-semibold">{title}</dt>
              <dd class="mt-1 max-w-prose text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </SiteLayout>
  );
});

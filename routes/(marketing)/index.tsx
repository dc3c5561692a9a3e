import { Button } from "../../components/ui/Button.tsx";
import { Icon } from "../../components/ui/Icon.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../components/layout/SiteLayout.tsx";
import { ContactSheet } from "../../components/marketing/ContactSheet.tsx";
import { Faq } from "../../components/marketing/Faq.tsx";
import { LedgerExcerpt } from "../../components/marketing/LedgerExcerpt.tsx";
import { ModelPrices } from "../../components/marketing/ModelPrices.tsx";
import { PlanTeaser } from "../../components/marketing/PlanTeaser.tsx";
import { Packs } from "../../components/marketing/Packs.tsx";
import { Section } from "../../components/marketing/Section.tsx";
import { Steps } from "../../components/marketing/Steps.tsx";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { localePath, messages } from "../../locales/mod.ts";
import { handler, page } from "./$index.ts";

export const handlers = handler({
  GET: async ({ state }) => ({ data: await readOffer(state.services) }),
});

export default page(({ data: { plans, packs, models }, state: { locale, session } }) => {
  const t = messages(locale);
  const m = t.marketing;
  const to = (path: string) => localePath(locale, path);
  const start = session
    ? (
      <Button size="lg" class="max-sm:w-full" href={to("/app")}>
        {t.nav.openStudio}
        <Icon name="arrow-right" />
      </Button>
    )
    : <Button size="lg" class="max-sm:w-full" href={to("/sign-up")}>{m.hero.start}</Button>;

  return (
    <SiteLayout>
      <PageHead title={m.home.title} description={m.home.description} />
      <section class="mx-auto grid max-w-page items-center gap-10 px-4 pt-10 pb-14 sm:px-6 sm:pt-14 sm:pb-20 lg:grid-cols-2 lg:gap-12">
        <div>
          <h1 class="font-display text-display font-extrabold">{m.hero.title}</h1>
          <p class="mt-5 max-w-prose text-lead text-muted">{m.hero.lead}</p>
          <div class="mt-8 flex flex-wrap gap-3">
            {start}
            <Button size="lg" variant="secondary" class="max-sm:w-full" href={to("/pricing")}>{m.hero.prices}</Button>
          </div>
          <p class="mt-4 text-sm text-muted">{m.hero.note}</p>
        </div>
        <ContactSheet locale={locale} models={models} />
      </section>

      <div class="border-y border-line bg-raised">
        <Section id="steps" title={m.steps.title}>
          <Steps steps={m.steps.list} />
        </Section>
      </div>

      <section
        aria-labelledby="ledger"
        class="mx-auto grid max-w-page items-start gap-10 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[2fr_3fr] lg:gap-14"
      >
        <div>
          <h2 id="ledger" class="font-display text-title font-bold">{m.ledger.title}</h2>
          {m.ledger.text.map((paragraph) => (
            <p key={paragraph} class="mt-4 max-w-prose text-lead text-muted">{paragraph}</p>
          ))}
        </div>
        <LedgerExcerpt locale={locale} />
      </section>

      <div class="border-y border-line bg-raised">
        <Section id="models" title={m.models.title} lead={m.models.text}>
          <ModelPrices models={models} locale={locale} />
        </Section>
      </div>

      <Section id="plans" title={m.plansTeaser.title} lead={m.plansTeaser.text}>
        <PlanTeaser plans={plans} locale={locale} />
        <p class="mt-6">
          <a href={to("/pricing")} class="prose-link font-semibold">{m.plansTeaser.compare}</a>
        </p>
      </Section>

      <Section id="packs" title={m.packs.title} lead={m.packs.text} class="pt-0! sm:pt-0!">
        <Packs packs={packs} models={models} locale={locale} signedIn={session !== null} />
        <p class="mt-6">
          <a href={to("/pricing")} class="prose-link font-semibold">{m.packs.all}</a>
        </p>
      </Section>

      <div class="border-t border-line bg-raised">
        <Section id="faq" title={m.faq.title}>
          <Faq list={m.faq.list} />
        </Section>
      </div>

      {!session && (
        <section aria-labelledby="closing" class="border-t border-line">
          <div class="mx-auto flex max-w-page flex-col items-start gap-6 px-4 py-14 sm:px-6 sm:py-20 md:flex-row md:items-center md:justify-between">
            <div>
              <h2 id="closing" class="font-display text-title font-bold">{m.closing.title}</h2>
              <p class="mt-2 max-w-prose text-lead text-muted">{m.closing.text}</p>
            </div>
            {start}
          </div>
        </section>
      )}
    </SiteLayout>
  );
});

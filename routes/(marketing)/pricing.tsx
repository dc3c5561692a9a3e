import { Button } from "../../components/ui/Button.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../components/layout/SiteLayout.tsx";
import { ModelPrices } from "../../components/marketing/ModelPrices.tsx";
import { Packs } from "../../components/marketing/Packs.tsx";
import { Section } from "../../components/marketing/Section.tsx";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { localePath, messages } from "../../locales/mod.ts";
import { handler, page } from "./$pricing.ts";

export const handlers = handler({
  GET: async ({ state }) => ({ data: await readOffer(state.services) }),
});

export default page(({ data: { packs, models }, state: { locale, session } }) => {
  const t = messages(locale);
  const { pricing: p, hero } = t.marketing;
  const to = (path: string) => localePath(locale, path);

  return (
    <SiteLayout>
      <PageHead title={p.pageTitle} description={p.description} />
      <div class="mx-auto max-w-page px-4 pt-10 sm:px-6 sm:pt-14">
        <h1 class="max-w-[18ch] font-display text-display font-extrabold">{p.title}</h1>
        <p class="mt-5 max-w-prose text-lead text-muted">{p.lead}</p>

        {!session && (
          <section
            aria-labelledby="free"
            class="ledger-margin mt-10 flex flex-col items-start gap-4 bg-raised py-5 pr-5 pl-6 sm:flex-row sm:items-center sm:justify-between"
          >
            <div>
              <h2 id="free" class="font-display text-heading font-semibold">{p.free.title}: {p.free.price}</h2>
              <p class="text-muted">{p.free.text}</p>
            </div>
            <Button href={to("/sign-up")}>{hero.start}</Button>
          </section>
        )}

        <div class="mt-6">
          <Packs packs={packs} models={models} locale={locale} signedIn={session !== null} />
        </div>
      </div>

      <Section id="buys" title={p.buysTitle} lead={p.buysText}>
        <ModelPrices models={models} packs={packs} locale={locale} />
      </Section>

      <div class="border-t border-line bg-raised">
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
      </div>
    </SiteLayout>
  );
});

import { PageHead } from "../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../components/layout/SiteLayout.tsx";
import { Section } from "../../components/marketing/Section.tsx";
import { FileZone } from "../../components/verify/FileZone.tsx";
import { Verdicts } from "../../components/verify/Verdicts.tsx";
// @ts-types="../../client-assets.d.ts"
import checkFile from "../../islands/verify/check-file.ts?assets=client";
import { localePath, messages } from "../../locales/mod.ts";
import { page } from "./$verify.ts";

/** Checks a statement in the browser, for everybody. */
export default page(({ state: { locale, services } }) => {
  const { verify: t } = messages(locale);
  return (
    <SiteLayout>
      <PageHead title={t.pageTitle} description={t.description} />
      <div class="mx-auto max-w-page px-4 pt-10 pb-14 sm:px-6 sm:pt-14">
        <h1 class="max-w-[18ch] font-display text-display font-extrabold">{t.title}</h1>
        <p class="mt-5 max-w-prose text-lead text-muted">{t.lead}</p>
        <div class="mt-8">
          <FileZone locale={locale} />
        </div>
        <div id="verdict" class="mt-8" />
        <Verdicts locale={locale} />
      </div>

      <div class="border-t border-line bg-raised">
        <Section id="how" title={t.how.title}>
          <ol class="grid gap-x-14 gap-y-8 md:grid-cols-3">
            {t.how.steps.map(({ title, text, link }) => (
              <li key={title} class="border-t border-line-strong pt-3">
                <h3 class="font-semibold">{title}</h3>
                <p class="mt-1 text-muted">{text}</p>
                {link && (
                  <p class="mt-2">
                    <a href={localePath(locale, "/checkpoints")} class="prose-link">{link}</a>
                  </p>
                )}
              </li>
            ))}
          </ol>
        </Section>
      </div>

      <Section id="formats" title={t.formats.title} lead={t.formats.lead}>
        <pre
          class="figures max-w-prose overflow-x-auto rounded-md border border-line bg-raised p-4 text-sm"
          tabIndex={0}
        >
          {t.formats.lines}
        </pre>
        <p class="mt-6 text-muted">{t.formats.script}</p>
        <p class="mt-2">
          <code class="figures text-sm break-words select-all">
            deno task verify-statement FILE --checkpoints {services.config.webUrl}/api/credits/checkpoints
          </code>
        </p>
      </Section>
      <script type="module" src={checkFile.entry} />
    </SiteLayout>
  );
});

import { EXAMPLES } from "../../../components/docs/credits-examples.ts";
import { DocsNav } from "../../../components/docs/DocsNav.tsx";
import { Endpoint } from "../../../components/docs/Endpoint.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../../components/layout/SiteLayout.tsx";
import { localePath, messages } from "../../../locales/mod.ts";
import { page } from "./$credits.ts";

/** The API of credits for those who write programs. */
export default page(({ state: { locale } }) => {
  const t = messages(locale).docs.credits;
  return (
    <SiteLayout>
      <PageHead title={t.pageTitle} description={t.description} />
      <div class="mx-auto max-w-page px-4 py-10 sm:px-6 sm:py-14">
        <DocsNav current="credits" locale={locale} />
        <h1 class="font-display text-title font-extrabold">{t.title}</h1>
        <p class="mt-4 max-w-prose text-lead text-muted">{t.lead}</p>
        <p class="mt-4 mb-10">
          <code class="figures rounded-md border border-line bg-raised px-3 py-2 text-sm wrap-anywhere max-sm:block sm:inline-block">
            {t.token}
          </code>
        </p>
        <Endpoint
          id="balance"
          path="/api/credits/balance"
          text={t.balance.text}
          example={EXAMPLES.balance}
          exampleLabel={t.example}
        />
        <Endpoint
          id="ledger"
          path="/api/credits/ledger"
          text={t.ledger.text}
          parameters={named(t.ledger.parameters)}
          example={EXAMPLES.ledger}
          exampleLabel={t.example}
        >
          <h3 class="mt-6 font-semibold">{t.ledger.causes}</h3>
          <dl class="mt-2">
            {named(t.ledger.kinds).map(({ name, text }) => (
              <div key={name} class="border-t border-line py-2 sm:grid sm:grid-cols-[9rem_minmax(0,1fr)] sm:gap-4">
                <dt>
                  <code class="figures text-sm font-semibold">{name}</code>
                </dt>
                <dd class="text-sm text-muted wrap-anywhere">{text}</dd>
              </div>
            ))}
          </dl>
        </Endpoint>
        <Endpoint
          id="grants"
          path="/api/credits/grants"
          text={t.grants.text}
          parameters={named(t.grants.parameters)}
          example={EXAMPLES.grants}
          exampleLabel={t.example}
        />
        <Endpoint
          id="statement"
          path="/api/credits/statement?format=jsonl"
          text={t.statement.text}
          parameters={named(t.statement.parameters)}
        >
          <p class="mt-3">
            <a href={localePath(locale, "/verify")} class="prose-link">{t.statement.verify}</a>
          </p>
        </Endpoint>
        <Endpoint
          id="checkpoints"
          path="/api/credits/checkpoints"
          text={t.checkpoints.text}
          parameters={named(t.checkpoints.parameters)}
        >
          <p class="mt-3">
            <a href={localePath(locale, "/checkpoints")} class="prose-link">{t.checkpoints.link}</a>
          </p>
        </Endpoint>
        <Endpoint
          id="jobs"
          method="POST"
          path="/api/jobs"
          text={t.jobs.text}
          parameters={named(t.jobs.parameters)}
          example={EXAMPLES.conflict}
          exampleLabel={t.example}
        />
      </div>
    </SiteLayout>
  );
});

const named = (texts: Record<string, string>) => Object.entries(texts).map(([name, text]) => ({ name, text }));

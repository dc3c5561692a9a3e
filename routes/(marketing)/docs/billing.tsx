import { EXAMPLES } from "../../../components/docs/billing-examples.ts";
import { DocsNav } from "../../../components/docs/DocsNav.tsx";
import { Endpoint } from "../../../components/docs/Endpoint.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../../components/layout/SiteLayout.tsx";
import { localePath, messages } from "../../../locales/mod.ts";
import { page } from "./$billing.ts";

/** The API of billing for those who write programs. */
export default page(({ state: { locale } }) => {
  const { docs, errors } = messages(locale);
  const t = docs.billing;
  const example = (name: keyof typeof EXAMPLES) => ({
    id: name,
    example: EXAMPLES[name],
    exampleLabel: docs.credits.example,
  });
  return (
    <SiteLayout>
      <PageHead title={t.pageTitle} description={t.description} />
      <div class="mx-auto max-w-page px-4 py-10 sm:px-6 sm:py-14">
        <DocsNav current="billing" locale={locale} />
        <h1 class="font-display text-title font-extrabold">{t.title}</h1>
        <p class="mt-4 max-w-prose text-lead text-muted">{t.lead}</p>
        <p class="mt-4 mb-10">
          <code class="figures rounded-md border border-line bg-raised px-3 py-2 text-sm wrap-anywhere max-sm:block sm:inline-block">
            {docs.credits.token}
          </code>
        </p>
        <Endpoint
          {...example("checkout")}
          method="POST"
          path="/api/billing/checkout-session"
          text={t.checkout.text}
          parameters={named(t.checkout.parameters)}
        />
        <Endpoint
          {...example("portal")}
          method="POST"
          path="/api/billing/portal-session"
          text={t.portal.text}
        />
        <Endpoint
          {...example("subscription")}
          path="/api/billing/subscription"
          text={t.subscription.text}
          parameters={named(t.subscription.members)}
        />
        <Endpoint
          {...example("invoices")}
          path="/api/billing/invoices"
          text={t.invoices.text}
          parameters={named(t.invoices.parameters)}
        />
        <Endpoint
          {...example("usage")}
          path="/api/usage"
          text={t.usage.text}
          parameters={named(t.usage.entitlements)}
        >
          <p class="mt-3">
            {t.usage.limit}{" "}
            <a href={localePath(locale, "/docs/errors#plan_limit_reached")} class="prose-link">
              {errors.reference.title}
            </a>
          </p>
        </Endpoint>
      </div>
    </SiteLayout>
  );
});

const named = (texts: Record<string, string>) => Object.entries(texts).map(([name, text]) => ({ name, text }));

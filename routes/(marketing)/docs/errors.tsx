import { DocsNav } from "../../../components/docs/DocsNav.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../../components/layout/SiteLayout.tsx";
import { AppError, errorCodes } from "../../../domain/errors.ts";
import { messages } from "../../../locales/mod.ts";
import { page } from "./$errors.ts";

/** Where the `type` of every problem document points: `/docs/errors#<code>`. */
export default page(({ state: { locale } }) => {
  const { reference, codes } = messages(locale).errors;
  return (
    <SiteLayout>
      <PageHead title={reference.pageTitle} description={reference.lead} />
      <div class="mx-auto max-w-page px-4 py-10 sm:px-6 sm:py-14">
        <DocsNav current="errors" locale={locale} />
        <h1 class="font-display text-title font-extrabold">{reference.title}</h1>
        <p class="mt-4 max-w-prose text-lead text-muted">{reference.lead}</p>
        <dl class="mt-8 divide-y divide-line rounded-md border border-line bg-raised">
          {errorCodes.map((code) => (
            <div
              key={code}
              id={code}
              class="px-4 py-3 sm:grid sm:grid-cols-[20rem_1fr] sm:gap-8 sm:px-6 target:bg-stripe"
            >
              <dt class="flex items-baseline justify-between gap-4">
                <code class="figures font-semibold">{code}</code>
                <span class="text-muted tabular-nums">{new AppError(code).status}</span>
              </dt>
              <dd class="mt-1 sm:mt-0">{codes[code]}</dd>
            </div>
          ))}
        </dl>
      </div>
    </SiteLayout>
  );
});

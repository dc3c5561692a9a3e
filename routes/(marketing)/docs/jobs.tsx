import { DocsNav } from "../../../components/docs/DocsNav.tsx";
import { Endpoint } from "../../../components/docs/Endpoint.tsx";
import { EXAMPLES } from "../../../components/docs/jobs-examples.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../../components/layout/SiteLayout.tsx";
import { type FailureCode, FAILURES } from "../../../domain/jobs/failures.ts";
import { type Locale, messages } from "../../../locales/mod.ts";
import { page } from "./$jobs.ts";

/** The API of jobs for those who write programs. */
export default page(({ state: { locale } }) => {
  const { docs } = messages(locale);
  const t = docs.jobs;
  const example = (name: keyof typeof EXAMPLES) => ({
    id: name,
    example: EXAMPLES[name],
    exampleLabel: docs.credits.example,
  });
  return (
    <SiteLayout>
      <PageHead title={t.pageTitle} description={t.description} />
      <div class="mx-auto max-w-page px-4 py-10 sm:px-6 sm:py-14">
        <DocsNav current="jobs" locale={locale} />
        <h1 class="font-display text-title font-extrabold">{t.title}</h1>
        <p class="mt-4 max-w-prose text-lead text-muted">{t.lead}</p>
        <p class="mt-4 mb-10">
          <code class="figures rounded-md border border-line bg-raised px-3 py-2 text-sm wrap-anywhere max-sm:block sm:inline-block">
            {docs.credits.token}
          </code>
        </p>
        <Endpoint
          {...example("create")}
          method="POST"
          path="/api/jobs"
          text={t.create.text}
          parameters={named(t.create.parameters)}
        />
        <Endpoint
          {...example("read")}
          path="/api/jobs/{id}"
          text={t.read.text}
          parameters={named(t.read.parameters)}
        />
        <Endpoint {...example("list")} path="/api/jobs" text={t.list.text} parameters={named(t.list.parameters)} />
        <Endpoint {...example("cancel")} method="POST" path="/api/jobs/{id}/cancel" text={t.cancel.text} />
        <Endpoint id="events" path="/api/jobs/{id}/events, /api/jobs/events" text={t.events.text} />
        <Endpoint
          {...example("batch")}
          method="POST"
          path="/api/jobs/batch"
          text={t.batch.text}
          parameters={named(t.batch.parameters)}
        />
        <Endpoint
          {...example("progress")}
          path="/api/jobs/batch/{id}"
          text={t.progress.text}
          parameters={named(t.progress.parameters)}
        />
        <Endpoint id="cancel-batch" method="POST" path="/api/jobs/batch/{id}/cancel" text={t.cancelBatch.text} />
        <Failures locale={locale} />
      </div>
    </SiteLayout>
  );
});

function Failures({ locale }: { locale: Locale }) {
  const { docs: { jobs: { failures: t } }, app: { job: { failed, story: { outcome: { faults } } } } } = messages(
    locale,
  );
  return (
    <section aria-labelledby="failures" class="border-t border-line-strong py-8">
      <h2 id="failures" class="font-display text-heading font-semibold">{t.title}</h2>
      <p class="mt-2 max-w-prose">{t.text}</p>
      <div class="mt-4 overflow-x-auto" tabIndex={0} role="group" aria-labelledby="failures">
        <table class="w-full min-w-[44rem] border-collapse text-left">
          <thead>
            <tr class="border-b border-line-strong text-sm text-muted">
              <th scope="col" class="py-2 pr-4 font-semibold">{t.code}</th>
              <th scope="col" class="py-2 pr-4 font-semibold">{t.meaning}</th>
              <th scope="col" class="py-2 pr-4 font-semibold">{t.fault}</th>
              <th scope="col" class="py-2 font-semibold">{t.retried}</th>
            </tr>
          </thead>
          <tbody>
            {(Object.keys(FAILURES) as FailureCode[]).map((code) => (
              <tr key={code} class="border-b border-line align-top">
                <th scope="row" class="py-2 pr-4 font-normal">
                  <code class="figures text-sm font-semibold">{code}</code>
                </th>
                <td class="py-2 pr-4">{failed[code].text}</td>
                <td class="py-2 pr-4">{faults[FAILURES[code].fault]}</td>
                <td class="py-2">{FAILURES[code].retry ? t.yes : t.no}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const named = (texts: Record<string, string>) => Object.entries(texts).map(([name, text]) => ({ name, text }));

import { EngineNow, ProviderLimits, WorkerTable } from "../../../components/admin/JobEngineFacts.tsx";
import { MarginTable } from "../../../components/admin/MarginTable.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Field } from "../../../components/ui/Field.tsx";
import { Icon } from "../../../components/ui/Icon.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { AppError } from "../../../domain/errors.ts";
import { countDeadLetters } from "../../../domain/ops/list-dead-letters.ts";
import { MARGIN_DAYS, readJobEngine } from "../../../domain/ops/read-job-engine.ts";
import { readJobStory } from "../../../domain/ops/read-job-story.ts";
import { type Locale, localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

export const handlers = handler({
  GET: async ({ state: { services, session, locale }, url }) => {
    const id = url.searchParams.get("id")?.trim().toLowerCase() ?? "";
    const { found, ...seen } = await services.db.asUser(session.claims, async (sql) => ({
      ...await readJobEngine(sql),
      letters: await countDeadLetters(sql),
      found: id === "" ? null : await readJobStory(sql, id).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== "not_found") throw error;
        return null;
      }),
    }));
    if (found) return Response.redirect(new URL(localePath(locale, `/admin/jobs/${id}`), services.config.webUrl), 303);
    return { data: { ...seen, id, now: new Date() }, status: id === "" ? 200 : 404 };
  },
});

export default page(({ data: { engine, margins, letters, id, now }, state: { locale } }) => {
  const t = messages(locale).admin.jobs;
  const names = Object.fromEntries(margins.map(({ model, name }) => [model, name]));
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader
        title={t.title}
        lead={t.lead}
        actions={<Button variant="secondary" href={localePath(locale, "/admin/dead-letters")}>{t.toLetters}</Button>}
      />
      <div class="flex flex-col gap-8">
        <EngineNow engine={engine} letters={letters} locale={locale} />
        <FindJob id={id} locale={locale} />
        <WorkerTable workers={engine.workers} now={now} locale={locale} />
        <ProviderLimits engine={engine} names={names} locale={locale} />
        <MarginTable margins={margins} days={MARGIN_DAYS} locale={locale} />
      </div>
    </>
  );
});

function FindJob({ id, locale }: { id: string; locale: Locale }) {
  const t = messages(locale).admin.jobs;
  return (
    <form
      method="get"
      action={localePath(locale, "/admin/jobs")}
      role="search"
      class="flex flex-col gap-3 sm:flex-row sm:items-start"
    >
      <Field
        label={t.find}
        name="id"
        type="search"
        value={id}
        hint={t.findHint}
        error={id === "" ? undefined : t.findError}
        autocomplete="off"
        spellcheck={false}
        maxLength={36}
        class="min-w-0 flex-1"
      />
      <Button type="submit" variant="secondary" class="sm:mt-8">
        <Icon name="search" />
        {t.findSubmit}
      </Button>
    </form>
  );
}

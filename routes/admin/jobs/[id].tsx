import { JobCause } from "../../../components/admin/JobCause.tsx";
import { JobMoney, JobStanding } from "../../../components/admin/JobStanding.tsx";
import { JobEntries, JobPredictions, JobTimeline } from "../../../components/admin/JobTimeline.tsx";
import { OUTCOME_TONES, shortId } from "../../../components/admin/letter-words.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { Field } from "../../../components/ui/Field.tsx";
import { Icon } from "../../../components/ui/Icon.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { AppError } from "../../../domain/errors.ts";
import { saidBeyond } from "../../../domain/ops/dead-letter.ts";
import { discardJobs, requeueJobs } from "../../../domain/ops/handle-dead-letters.ts";
import { type JobStory, readJobStory } from "../../../domain/ops/read-job-story.ts";
import { hasEnded } from "../../../domain/jobs/types.ts";
import { type Locale, localePath, messages } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import { handler, page } from "./$[id].ts";

export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => ({
    data: {
      job: terse(await services.db.asUser(session.claims, (sql) => readJobStory(sql, params.id))),
      reason: "",
      refused: false,
    },
  }),

  /** Tries it again on us, or discards it. */
  POST: async ({ state: { services, session, locale }, req, params }) => {
    const job = await services.db.asUser(session.claims, (sql) => readJobStory(sql, params.id));
    const form = await readForm(req);
    const act = form.get("act");
    const reason = form.get("reason")?.trim() ?? "";
    if (act !== "requeue" && act !== "discard") throw new AppError("invalid_request");
    try {
      const [done] = act === "requeue"
        ? await requeueJobs(services, session, [job.id])
        : await discardJobs(services, session, { jobs: [job.id], reason });
      const path = `/admin/jobs/${job.id}?${new URLSearchParams({ did: done.outcome, why: done.reason ?? "" })}`;
      return Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
    } catch (error) {
      if (!(error instanceof AppError) || !error.fields?.reason) throw error;
      return { data: { job: terse(job), reason, refused: true }, status: error.status };
    }
  },
});

/** Without sentences that only repeat the reason. */
function terse(job: JobStory): JobStory {
  const codes = new Map(job.attempts.map(({ number, error_code }) => [number, error_code]));
  return {
    ...job,
    error_message: saidBeyond(job.error_code, job.error_message),
    predictions: job.predictions.map((prediction) => ({
      ...prediction,
      error_message: saidBeyond(codes.get(prediction.number) ?? null, prediction.error_message),
    })),
  };
}

export default page(({ data: { job, reason, refused }, state: { locale }, url }) => {
  const { jobs: { one: t }, entry: { job: { title } } } = messages(locale).admin;
  return (
    <>
      <PageHead title={`${title} ${shortId(job.id)} · Kredo`} />
      <BackLink href={localePath(locale, "/admin/jobs")}>{t.back}</BackLink>
      <PageHeader title={`${title} ${shortId(job.id)}`} />
      <div class="flex flex-col gap-8">
        {!refused && <Did query={url.searchParams} locale={locale} />}
        <JobStanding job={job} locale={locale} />
        <Acts job={job} reason={reason} refused={refused} locale={locale} />
        <JobTimeline events={job.events} locale={locale} />
        <JobMoney job={job} locale={locale} />
        <JobCause job={job} locale={locale} />
        <JobPredictions predictions={job.predictions} locale={locale} />
        <JobEntries job={job} locale={locale} />
      </div>
    </>
  );
});

/** What the operator's own act came to, once. */
function Did({ query, locale }: { query: URLSearchParams; locale: Locale }) {
  const { outcomes, reasons } = messages(locale).admin.deadLetters.done;
  const did = query.get("did") as keyof typeof outcomes | null;
  const why = query.get("why") as keyof typeof reasons | null;
  if (!did || !Object.hasOwn(outcomes, did)) return null;
  return (
    <Notice tone={OUTCOME_TONES[did]} role="status" title={outcomes[did]}>
      {why && Object.hasOwn(reasons, why) && reasons[why]}
    </Notice>
  );
}

/** A job that lives can be stopped; one that died can be tried again or closed. */
function Acts({ job, reason, refused, locale }: { job: JobStory; reason: string; refused: boolean; locale: Locale }) {
  const { jobs: { one: t }, deadLetters: { act } } = messages(locale).admin;
  const live = !hasEnded(job.status);
  const dead = job.dead_letter?.state === "open";
  if (!live && !dead) return null;
  const path = localePath(locale, `/admin/jobs/${job.id}`);
  return (
    <Card title={t.act}>
      <div class="grid gap-x-10 gap-y-8 lg:grid-cols-2">
        {dead && (
          <form method="post" action={path}>
            <p class="max-w-prose text-muted">{t.requeueText}</p>
            <Button type="submit" name="act" value="requeue" class="mt-4">
              <Icon name="retry" />
              {t.requeue}
            </Button>
          </form>
        )}
        <form method="post" action={path}>
          <p class="max-w-prose text-muted">{live ? t.stopText : t.discardText}</p>
          <Field
            label={act.reason}
            name="reason"
            value={reason}
            hint={act.reasonHint}
            error={refused ? act.reasonError : undefined}
            autocomplete="off"
            maxLength={500}
            class="mt-4"
          />
          <Button type="submit" name="act" value="discard" variant="danger" class="mt-4">
            {live ? t.stop : t.discard}
          </Button>
        </form>
      </div>
    </Card>
  );
}

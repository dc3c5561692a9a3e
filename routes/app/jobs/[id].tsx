import { Head } from "fresh/runtime";
import { NotFoundError } from "fresh/errors";
import { JobDetails } from "../../../components/jobs/JobDetails.tsx";
import { JobOutcome } from "../../../components/jobs/JobOutcome.tsx";
import { JobPictures } from "../../../components/jobs/JobPictures.tsx";
import { JobProgress, JobStages } from "../../../components/jobs/JobProgress.tsx";
import { JobText } from "../../../components/jobs/JobText.tsx";
import { JobStory } from "../../../components/jobs/JobStory.tsx";
import { JobVideos } from "../../../components/jobs/JobVideos.tsx";
import { kindWords } from "../../../components/jobs/kind-words.ts";
import { isLive, jobVersion, promptOf, remixPath } from "../../../components/jobs/view.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Region } from "../../../components/live/Region.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Icon } from "../../../components/ui/Icon.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { cancelJob } from "../../../domain/jobs/cancel-job.ts";
import { readJob } from "../../../domain/jobs/read-job.ts";
import { readText } from "../../../domain/jobs/read-text.ts";
import type { Job } from "../../../domain/jobs/types.ts";
import FollowJob from "../../../islands/jobs/follow-job.tsx";
import FollowText from "../../../islands/jobs/follow-text.tsx";
import LocalTimes from "../../../islands/time/local-times.tsx";
import { type Locale, localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$[id].ts";

/** How often the page reloads itself where there is no JavaScript, in seconds. */
const RELOAD = 3;

export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => {
    const { models } = await readOffer(services);
    const job = await services.db.asUser(session.claims, (sql) => readJob(sql, params.id));
    if (!job) throw new NotFoundError();
    const text = job.kind === "text" && job.outputs.length > 0 ? await readText(services, session, job.id) : null;
    return { data: { job, text, model: models.find(({ slug }) => slug === job.model)?.name ?? job.model } };
  },

  /** The only act on a job: to cancel it. */
  POST: async ({ state: { services, session, locale }, params }) => {
    const job = await cancelJob(services, session, params.id);
    const path = `/app/jobs/${job.id}${job.status === "canceled" ? "" : "?late"}`;
    return Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
  },
});

export default page(({ data: { job, text, model }, state: { locale }, url }) => {
  const t = messages(locale).app.job;
  const live = isLive(job);
  const words = kindWords(job, locale);
  return (
    <>
      <PageHead title={`${promptOf(job).slice(0, 60)} · Kredo`} />
      {live && (
        <Head>
          {/* As text: Fresh would lift a <meta> element out of the <noscript> and reload the page for everybody. */}
          <noscript dangerouslySetInnerHTML={{ __html: `<meta http-equiv="refresh" content="${RELOAD}">` }} />
        </Head>
      )}
      <BackLink href={localePath(locale, "/app/jobs")}>{messages(locale).app.jobs.title}</BackLink>
      <Region id="job" version={jobVersion(job)} live={live} announce={words.announcement}>
        <header class="mb-6">
          <h1 dir="auto" class="mb-2 line-clamp-2 max-w-[32ch] min-w-0 pb-[0.15em] font-display text-title font-bold">
            {promptOf(job)}
          </h1>
          <JobStages job={job} locale={locale} />
        </header>
        {url.searchParams.has("again") && <Notice class="mb-6" title={t.replayed.title}>{t.replayed.text}</Notice>}
        {url.searchParams.has("late") && !live && (
          <Notice class="mb-6" title={t.endedFirst.title}>{t.endedFirst.text}</Notice>
        )}
        {job.retried_as && <Linked texts={t.retriedAs} id={job.retried_as} locale={locale} />}
        {job.retry_of && <Linked texts={t.retryOf} id={job.retry_of} locale={locale} />}
        <div class="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10">
          <div class="min-w-0">
            {live
              ? <JobProgress job={job} locale={locale} />
              : job.outputs.length > 0
              ? <Outputs job={job} text={text} locale={locale} />
              : (
                <>
                  <JobOutcome job={job} locale={locale} />
                  <Again job={job} locale={locale} />
                  <div class="mt-8">
                    <JobStory job={job} locale={locale} />
                  </div>
                </>
              )}
          </div>
          <div class="flex flex-col gap-4">
            <JobDetails job={job} model={model} locale={locale} />
            {live && <Cancel job={job} locale={locale} />}
            {job.outputs.length > 0 && <Again job={job} locale={locale} />}
            {(live || job.outputs.length > 0) && <JobStory job={job} locale={locale} />}
          </div>
        </div>
      </Region>
      {live && <FollowJob job={job.id} region="job" texts={{ polling: t.live.polling, offline: t.live.offline }} />}
      {job.kind === "text" && (
        <FollowText job={job.id} region="job" live={live} copied={messages(locale).app.kinds.text.copied} />
      )}
      {live && (
        <noscript>
          <p class="mt-4 text-sm text-muted">{words.noScript}</p>
        </noscript>
      )}
      <LocalTimes />
    </>
  );
});

function Outputs({ job, text, locale }: { job: Job; text: string | null; locale: Locale }) {
  switch (job.kind) {
    case "video":
      return <JobVideos job={job} locale={locale} />;
    case "text":
      return <JobText job={job} text={text} locale={locale} />;
    default:
      return <JobPictures job={job} locale={locale} />;
  }
}

/** The other try of the same, before or after this one. */
function Linked({ texts, id, locale }: {
  texts: { title: string; text: string; link: string };
  id: string;
  locale: Locale;
}) {
  const link = <a href={localePath(locale, `/app/jobs/${id}`)} class="prose-link">{texts.link}</a>;
  return <Notice class="mb-6" title={texts.title} actions={link}>{texts.text}</Notice>;
}

function Cancel({ job, locale }: { job: Job; locale: Locale }) {
  return (
    <form method="post" action={localePath(locale, `/app/jobs/${job.id}`)}>
      <Button type="submit" variant="danger" class="w-full">{messages(locale).app.job.cancel}</Button>
    </form>
  );
}

/** The next step: the same again, changed or not. It is the main one where there is no picture. */
function Again({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const made = job.outputs.length > 0;
  // A prompt that was refused will be refused again.
  const refused = job.error?.code === "safety_block" || job.error?.code === "provider_rejected_input";
  return (
    <div class={`flex flex-col gap-3 ${made ? "" : "mt-5 sm:flex-row"}`}>
      <Button href={localePath(locale, remixPath(job))} variant={made ? "secondary" : "primary"}>
        <Icon name={refused ? "wand" : "retry"} />
        {refused ? t.rephrase : job.status === "failed" ? t.retry : t.again}
      </Button>
      <Button href={localePath(locale, "/app/create")} variant="ghost">{kindWords(job, locale).another}</Button>
    </div>
  );
}

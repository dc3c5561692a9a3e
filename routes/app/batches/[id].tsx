import { Head } from "fresh/runtime";
import { NotFoundError } from "fresh/errors";
import { BatchCost } from "../../../components/jobs/BatchCost.tsx";
import { BatchProgress, batchVersion, endedOf } from "../../../components/jobs/BatchProgress.tsx";
import { ContactSheet } from "../../../components/jobs/ContactSheet.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Region } from "../../../components/live/Region.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Time } from "../../../components/ui/Time.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { cancelBatch } from "../../../domain/jobs/cancel-batch.ts";
import { readBatch } from "../../../domain/jobs/read-batch.ts";
import FollowList from "../../../islands/jobs/follow-list.tsx";
import LocalTimes from "../../../islands/time/local-times.tsx";
import { fill, localePath, messages, plural } from "../../../locales/mod.ts";
import { handler, page } from "./$[id].ts";

/** How often the page reloads itself where there is no JavaScript, in seconds. */
const RELOAD = 5;

export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => {
    const { models } = await readOffer(services);
    const batch = await services.db.asUser(session.claims, (sql) => readBatch(sql, params.id));
    if (!batch) throw new NotFoundError();
    return { data: { batch, models: Object.fromEntries(models.map(({ slug, name }) => [slug, name])) } };
  },

  /** The only act on a batch: to cancel what lives of it. */
  POST: async ({ state: { services, session, locale }, params }) => {
    const { id } = await cancelBatch(services, session, params.id);
    return Response.redirect(new URL(localePath(locale, `/app/batches/${id}`), services.config.webUrl), 303);
  },
});

export default page(({ data: { batch, models }, state: { locale }, url }) => {
  const { batch: { page: t }, jobs } = messages(locale).app;
  const { id, size, counts, ended } = batch;
  const live = !ended;
  const announce = ended
    ? plural(t.done, counts.succeeded, locale)
    : fill(t.live, { ended: endedOf(batch), size: batch.size });
  return (
    <>
      <PageHead title={`${t.head} · Kredo`} />
      {live && (
        <Head>
          {/* As text: Fresh would lift a <meta> element out of the <noscript> and reload the page for everybody. */}
          <noscript dangerouslySetInnerHTML={{ __html: `<meta http-equiv="refresh" content="${RELOAD}">` }} />
        </Head>
      )}
      <BackLink href={localePath(locale, "/app/jobs")}>{jobs.title}</BackLink>
      <PageHeader
        title={plural(t.title, size, locale)}
        lead={
          <>
            {models[batch.model] ?? batch.model} · <Time at={batch.created_at} locale={locale} />
          </>
        }
      />
      <Region id="batch" version={batchVersion(batch)} live={live} announce={announce}>
        {url.searchParams.has("again") && <Notice class="mb-6" title={t.replayed.title}>{t.replayed.text}</Notice>}
        <div class="mb-8 grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10">
          <BatchProgress batch={batch} locale={locale} />
          <div class="flex flex-col gap-4">
            <BatchCost batch={batch} locale={locale} />
            {live
              ? (
                <form method="post" action={localePath(locale, `/app/batches/${id}`)}>
                  <Button type="submit" variant="danger" class="w-full">{t.cancel}</Button>
                </form>
              )
              : <Button href={localePath(locale, "/app/batches/new")} variant="secondary">{t.more}</Button>}
          </div>
        </div>
        <ContactSheet jobs={batch.jobs} models={models} marked={false} locale={locale} />
      </Region>
      {live ? <FollowList region="batch" /> : <LocalTimes />}
      {live && (
        <noscript>
          <p class="mt-4 text-sm text-muted">{t.noScript}</p>
        </noscript>
      )}
    </>
  );
});

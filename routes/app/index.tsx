import { isUsedUp } from "../../components/accounts/banners.ts";
import { SpendChart } from "../../components/charts/SpendChart.tsx";
import { BalanceSheet } from "../../components/credits/BalanceSheet.tsx";
import { ContactSheet } from "../../components/jobs/ContactSheet.tsx";
import { FirstPicture } from "../../components/jobs/FirstPicture.tsx";
import { jobVersion } from "../../components/jobs/view.ts";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Region } from "../../components/live/Region.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Card } from "../../components/ui/Card.tsx";
import { EmptyState } from "../../components/ui/EmptyState.tsx";
import { Icon } from "../../components/ui/Icon.tsx";
import { Notice } from "../../components/ui/Notice.tsx";
import { PageHeader } from "../../components/ui/PageHeader.tsx";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { dailySpend } from "../../domain/credits/daily-spend.ts";
import { countLiveJobs } from "../../domain/jobs/count-live-jobs.ts";
import { listJobs } from "../../domain/jobs/list-jobs.ts";
import FollowList from "../../islands/jobs/follow-list.tsx";
import { fill, formatMoney, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { handler, page } from "./$index.ts";

/** Below this many credits the page offers more. */
const LOW_BALANCE = 3;
const LATEST = 8;
/** Finished ones that are shown however much is in progress: one row. */
const MADE_AT_LEAST = 4;
const SPEND_DAYS = 14;

export const handlers = handler({
  GET: async ({ state: { services, session } }) => {
    const offer = readOffer(services);
    const [live, liveCount, made, newest, spend] = await services.db.asUser(session.claims, (sql) =>
      Promise.all([
        listJobs(sql, { status: "live", limit: LATEST }),
        countLiveJobs(sql),
        listJobs(sql, { status: "succeeded", limit: LATEST }),
        listJobs(sql, { limit: 1 }),
        dailySpend(sql, SPEND_DAYS),
      ]));
    const latest = { live: live.jobs, more: Math.max(0, liveCount - live.jobs.length), made: made.jobs };
    return { data: { ...await offer, latest, isNew: newest.jobs.length === 0, spend } };
  },
});

export default page(({ data: { latest, isNew, models, packs, spend }, state }) => {
  const { profile, balance, plan, generations, locale } = state;
  const t = messages(locale).app.dashboard;
  const { live, more, made } = latest;
  const finished = made.slice(0, Math.max(LATEST - live.length, MADE_AT_LEAST));
  const work = [...live, ...finished];
  const to = (path: string) => localePath(locale, path);
  const names = Object.fromEntries(models.map(({ slug, name }) => [slug, name]));
  const first = models.find(({ runnable, kind }) => runnable && kind === "image");
  const covered = generations.limit === null;
  const canStart = isNew && first && (covered || balance.available >= first.credits) && profile.status === "active";
  const cheapest = Math.min(...packs.map(({ price_cents }) => price_cents));

  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      {canStart
        ? (
          <PageHeader
            title={t.first.title}
            lead={covered
              ? fill(t.balance.covered, { plan: messages(locale).plans.names[plan.plan] })
              : plural(t.first.text, balance.available, locale)}
            actions={
              <Button href={to("/app/create")}>
                <Icon name="wand" />
                {t.first.own}
              </Button>
            }
          />
        )
        : (
          <PageHeader
            title={profile.displayName ? fill(t.greeting, { name: profile.displayName }) : t.title}
            actions={
              <Button href={to("/app/create")}>
                <Icon name="wand" />
                {t.create}
              </Button>
            }
          />
        )}
      <Region
        id="studio"
        live={live.length > 0}
        version={`${balance.available} ${more} ${work.map((job) => `${job.id}:${jobVersion(job)}`).join(" ")}`}
        announce={announcement(live.length, made, locale)}
      >
        {canStart && (
          <div class="mb-8">
            <FirstPicture model={first.slug} price={first.credits} locale={locale} />
          </div>
        )}
        <div class="grid gap-4 lg:grid-cols-2">
          <BalanceSheet balance={balance} coveredBy={covered ? plan.plan : null} locale={locale} />
          <Card>
            <SpendChart days={spend} locale={locale} />
          </Card>
        </div>
        {!covered && balance.debt === 0 && balance.available < LOW_BALANCE && !isUsedUp(state) && packs.length > 0 && (
          <Notice
            class="mt-4"
            tone="warning"
            title={balance.available === 0 ? t.low.none : plural(t.low.title, balance.available, locale)}
            actions={<Button size="sm" href={to("/app/billing#packs")}>{t.low.buy}</Button>}
          >
            {fill(t.low.text, { price: formatMoney(cheapest, locale) })}
          </Notice>
        )}
        {work.length > 0 && (
          <section class="mt-8">
            <div class="mb-3 flex items-baseline justify-between gap-4">
              <h2 class="font-display text-heading font-semibold">{t.latest}</h2>
              <a href={to("/app/jobs")} class="prose-link">{t.all}</a>
            </div>
            {more > 0
              ? (
                <>
                  <ContactSheet jobs={live} models={names} locale={locale} />
                  <p class="my-3">
                    <a href={to("/app/jobs?status=live")} class="prose-link inline-flex min-h-9 items-center">
                      {plural(t.moreLive, more, locale)}
                    </a>
                  </p>
                  {finished.length > 0 && <ContactSheet jobs={finished} models={names} locale={locale} />}
                </>
              )
              : <ContactSheet jobs={work} models={names} locale={locale} />}
          </section>
        )}
        {!isNew && work.length === 0 && (
          <EmptyState
            class="mt-8"
            title={t.nothingStored.title}
            text={t.nothingStored.text}
            action={<Button href={to("/app/create")}>{t.nothingStored.action}</Button>}
          />
        )}
      </Region>
      {live.length > 0 && <FollowList region="studio" />}
    </>
  );
});

function announcement(live: number, made: { outputs: unknown[] }[], locale: Locale): string {
  const { announce } = messages(locale).app.job;
  return live > 0 || made.length === 0 ? announce.running : plural(announce.succeeded, made[0].outputs.length, locale);
}

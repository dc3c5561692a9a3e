import { PackCards } from "../../../components/billing/PackCards.tsx";
import { PlanNews, readNews } from "../../../components/billing/PlanNews.tsx";
import { PlanSheet } from "../../../components/billing/PlanSheet.tsx";
import { Purchases } from "../../../components/billing/Purchases.tsx";
import { TopupSummary } from "../../../components/billing/TopupSummary.tsx";
import { UsageMeters } from "../../../components/billing/UsageMeters.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { listCheckouts } from "../../../domain/billing/list-checkouts.ts";
import { openCheckout } from "../../../domain/billing/open-checkout.ts";
import { readAutoTopup } from "../../../domain/billing/read-auto-topup.ts";
import { readUsage } from "../../../domain/billing/entitlements/read-usage.ts";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { AppError, type ErrorCode } from "../../../domain/errors.ts";
import { pageRequest } from "../../../domain/pages.ts";
import LocalTimes from "../../../islands/time/local-times.tsx";
import { localePath, messages } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$index.ts";

const PAGE = 10;

export const handlers = handler({
  GET: async ({ state, url }) => ({
    data: { ...await overview(state, pageRequest(url.searchParams).cursor), news: readNews(url.searchParams) },
  }),

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const pack = form.get("pack") ?? "";
    const key = form.get("idempotency_key") || crypto.randomUUID();
    try {
      const { url } = await openCheckout(services, session, {
        pack,
        locale,
        // One key for the page and each pack: pressing twice, or going back and pressing again, finds the same
        // payment. (The form posts to `?send` for the reason given on the create page.)
        idempotencyKey: `form:${key.slice(0, 64)}:${pack.slice(0, 64)}:${locale}`,
      });
      return Response.redirect(url, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      return { data: { ...await overview(state), news: null, problem: error.code }, status: error.status };
    }
  },
});

async function overview({ services, session }: State, cursor?: string) {
  const { models, packs, plans } = await readOffer(services);
  const [purchases, usage, topup] = await services.db.asUser(
    session.claims,
    (sql) => Promise.all([listCheckouts(sql, { limit: PAGE, cursor }), readUsage(sql), readAutoTopup(sql)]),
  );
  const pricePerPicture = Math.min(
    ...models.filter(({ runnable, kind }) => runnable && kind === "image").map(({ credits }) => credits),
  );
  return {
    ...purchases,
    usage,
    topup,
    plans,
    packs,
    pricePerPicture,
    isFirstPage: cursor === undefined,
    problem: null as ErrorCode | null,
    key: crypto.randomUUID(),
  };
}

export default page(({ data, state: { services, profile, plan, locale } }) => {
  const { app: { billing: t }, errors, invoices, pages } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader
        title={t.title}
        actions={<Button variant="secondary" href={to("/app/billing/invoices")}>{invoices.link}</Button>}
      />
      {data.problem && (
        <Notice tone="danger" role="alert" focused title={t.problem} class="mb-6">{errors.codes[data.problem]}</Notice>
      )}
      {data.news && <PlanNews news={data.news} state={plan} class="mb-6" locale={locale} />}
      <div class="grid gap-4 lg:grid-cols-2">
        <PlanSheet state={plan} offers={data.plans} locale={locale} />
        <UsageMeters usage={data.usage} locale={locale} />
      </div>
      <section aria-labelledby="packs" class="mt-12">
        <h2 id="packs" class="font-display text-title font-bold">{t.packs}</h2>
        <p class="mt-2 mb-5 max-w-prose text-muted">{t.lead}</p>
        <PackCards
          packs={data.packs}
          pricePerPicture={data.pricePerPicture}
          idempotencyKey={data.key}
          disabled={profile.status === "banned"}
          locale={locale}
        />
        {!services.config.production && <p class="mt-4 text-sm text-muted">{t.test}</p>}
      </section>
      <div class="mt-10 flex flex-col gap-4">
        <TopupSummary topup={data.topup} packs={data.packs} locale={locale} />
        {data.checkouts.length > 0
          ? <Purchases checkouts={data.checkouts} locale={locale} />
          : <p class="mt-2 text-muted">{t.none}</p>}
        <Pagination
          class="mt-2"
          prev={data.isFirstPage ? undefined : to("/app/billing")}
          next={data.nextCursor ? to(`/app/billing?${new URLSearchParams({ cursor: data.nextCursor })}`) : undefined}
          labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
        />
      </div>
      <LocalTimes />
    </>
  );
});

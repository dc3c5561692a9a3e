import { PackCards } from "../../../components/billing/PackCards.tsx";
import { Purchases } from "../../../components/billing/Purchases.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { listCheckouts } from "../../../domain/billing/list-checkouts.ts";
import { listPacks } from "../../../domain/billing/list-packs.ts";
import { openCheckout } from "../../../domain/billing/open-checkout.ts";
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
  GET: async ({ state, url }) => ({ data: await shelf(state, pageRequest(url.searchParams).cursor) }),

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
      return { data: { ...await shelf(state), problem: error.code }, status: error.status };
    }
  },
});

async function shelf({ services, session }: State, cursor?: string) {
  const { models } = await readOffer(services);
  const [packs, purchases] = await services.db.asUser(
    session.claims,
    (sql) => Promise.all([listPacks(sql), listCheckouts(sql, { limit: PAGE, cursor })]),
  );
  const pricePerPicture = Math.min(
    ...models.filter(({ runnable, kind }) => runnable && kind === "image").map(({ credits }) => credits),
  );
  return {
    ...purchases,
    packs,
    pricePerPicture,
    isFirstPage: cursor === undefined,
    problem: null as ErrorCode | null,
    key: crypto.randomUUID(),
  };
}

export default page(({ data, state: { services, profile, locale } }) => {
  const { app: { billing: t }, errors, invoices, pages } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader
        title={t.title}
        lead={t.lead}
        actions={<Button variant="secondary" href={to("/app/billing/invoices")}>{invoices.link}</Button>}
      />
      {data.problem && (
        <Notice tone="danger" role="alert" focused title={t.problem} class="mb-6">{errors.codes[data.problem]}</Notice>
      )}
      <PackCards
        packs={data.packs}
        pricePerPicture={data.pricePerPicture}
        idempotencyKey={data.key}
        disabled={profile.status === "banned"}
        locale={locale}
      />
      {!services.config.production && <p class="mt-4 text-sm text-muted">{t.test}</p>}
      <div class="mt-10">
        {data.checkouts.length > 0
          ? <Purchases checkouts={data.checkouts} locale={locale} />
          : <p class="text-muted">{t.none}</p>}
        <Pagination
          class="mt-6"
          prev={data.isFirstPage ? undefined : to("/app/billing")}
          next={data.nextCursor ? to(`/app/billing?${new URLSearchParams({ cursor: data.nextCursor })}`) : undefined}
          labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
        />
      </div>
      <LocalTimes />
    </>
  );
});

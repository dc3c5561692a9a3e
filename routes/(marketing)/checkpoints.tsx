import { CheckpointList } from "../../components/checkpoints/CheckpointList.tsx";
import { HowToCheck } from "../../components/checkpoints/HowToCheck.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { SiteLayout } from "../../components/layout/SiteLayout.tsx";
import { Section } from "../../components/marketing/Section.tsx";
import { EmptyState } from "../../components/ui/EmptyState.tsx";
import { Pagination } from "../../components/ui/Pagination.tsx";
import { listCheckpoints } from "../../domain/credits/checkpoints/list-checkpoints.ts";
import { keyFingerprint } from "../../domain/credits/checkpoints/verify-proof.ts";
import { pageRequest } from "../../domain/pages.ts";
import { localePath, messages } from "../../locales/mod.ts";
import { handler, page } from "./$checkpoints.ts";

const PAGE = 30;

export const handlers = handler({
  GET: async ({ state: { services }, url }) => {
    const { cursor } = pageRequest(url.searchParams);
    const { checkpoints, nextCursor } = await services.db.asAnon((sql) =>
      listCheckpoints(sql, { limit: PAGE, cursor })
    );
    const listed = checkpoints.map((each) => ({ ...each, fingerprint: keyFingerprint(each.public_key) ?? "" }));
    return {
      data: { checkpoints: listed, nextCursor, isFirstPage: cursor === undefined, origin: services.config.webUrl },
    };
  },
});

/** What anchors the ledger, for people; the same as data is GET /api/credits/checkpoints. */
export default page(({ data: { checkpoints, nextCursor, isFirstPage, origin }, state: { locale } }) => {
  const { checkpoints: t, pages } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  return (
    <SiteLayout>
      <PageHead title={t.pageTitle} description={t.description} />
      <div class="mx-auto max-w-page px-4 pt-10 sm:px-6 sm:pt-14">
        <h1 class="max-w-[18ch] font-display text-display font-extrabold">{t.title}</h1>
        <p class="mt-5 max-w-prose text-lead text-muted">{t.lead}</p>
      </div>

      <Section id="list" title={t.list} class="pt-8 sm:pt-10">
        {checkpoints.length > 0
          ? <CheckpointList checkpoints={checkpoints} locale={locale} />
          : <EmptyState title={t.empty.title} text={t.empty.text} />}
        <Pagination
          class="mt-6"
          prev={isFirstPage ? undefined : to("/checkpoints")}
          next={nextCursor ? to(`/checkpoints?${new URLSearchParams({ cursor: nextCursor })}`) : undefined}
          labels={{ nav: pages.nav, prev: t.newest, next: pages.older }}
        />
      </Section>

      <div class="border-t border-line bg-raised">
        <Section id="check" title={t.check.title}>
          <HowToCheck fingerprint={checkpoints[0]?.fingerprint} origin={origin} locale={locale} />
        </Section>
      </div>

      <Section id="formats" title={t.formats.title} lead={t.formats.lead}>
        <div class="grid gap-8 lg:grid-cols-3">
          {[t.formats.leaf, t.formats.node, t.formats.message].map(({ title, text, lines }) => (
            <div key={title}>
              <h3 class="font-semibold">{title}</h3>
              <p class="mt-1 text-muted">{text}</p>
              <pre class="figures mt-3 overflow-x-auto rounded-md border border-line bg-raised p-4 text-sm">{lines}</pre>
            </div>
          ))}
        </div>
      </Section>
    </SiteLayout>
  );
});

import { NotFoundError } from "fresh/errors";
import { entryWords } from "../../../components/credits/entry-words.ts";
import { EntryLots } from "../../../components/credits/EntryLots.tsx";
import { EntryProof } from "../../../components/credits/EntryProof.tsx";
import { EntryWhy } from "../../../components/credits/EntryWhy.tsx";
import { knownModels } from "../../../components/credits/made-words.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { Time } from "../../../components/ui/Time.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { readAnchor } from "../../../domain/credits/read-anchor.ts";
import { readEntry } from "../../../domain/credits/read-entry.ts";
import LocalTimes from "../../../islands/time/local-times.tsx";
import { fill, formatNumber, formatSigned, localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$[seq].ts";

/** Why one line of the ledger is there. */
export const handlers = handler({
  GET: async ({ state: { services, session }, params }) => {
    if (!/^[1-9]\d{0,14}$/.test(params.seq)) throw new NotFoundError();
    const { models } = await readOffer(services);
    const [details, anchor] = await services.db.asUser(
      session.claims,
      (sql) => Promise.all([readEntry(sql, Number(params.seq)), readAnchor(sql)]),
    );
    if (!details) throw new NotFoundError();
    return { data: { ...details, anchor, models } };
  },
});

export default page(({ data, state: { locale } }) => {
  const { entry, hash, previousHash, intact, hasNewer, lots, price, anchor } = data;
  const t = messages(locale).app.entry;
  const models = knownModels(data.models);
  const { what } = entryWords(entry, models, locale);
  const to = (path: string) => localePath(locale, path);
  const title = fill(t.title, { seq: entry.seq });
  const beside = (seq: number) => ({ href: to(`/app/credits/${seq}`), name: fill(t.title, { seq }) });
  return (
    <>
      <PageHead title={`${title}: ${what} · Kredo`} />
      <BackLink href={to("/app/credits")}>{t.back}</BackLink>
      <header class="ledger-margin mb-8 flex flex-wrap items-end justify-between gap-x-10 gap-y-4 rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:pl-9">
        <div class="min-w-0">
          <p class="text-sm text-muted">
            {title} · <Time at={entry.created_at} locale={locale} />
          </p>
          <h1 class="mt-1 font-display text-title font-bold">{what}</h1>
        </div>
        <dl class="flex gap-x-10">
          <div>
            <dt class="text-sm text-muted">{t.change}</dt>
            <dd class={`font-display text-title font-bold ${entry.amount > 0 ? "text-success" : ""}`}>
              {formatSigned(entry.amount, locale)}
            </dd>
          </div>
          <div>
            <dt class="text-sm text-muted">{t.balance}</dt>
            <dd class="font-display text-title font-bold">
              <span class="total-rule inline-block">{formatNumber(entry.balance_after, locale)}</span>
            </dd>
          </div>
        </dl>
      </header>
      <div class="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:gap-8">
        <EntryWhy entry={entry} price={price} models={models} locale={locale} />
        <div class="flex min-w-0 flex-col gap-6">
          <EntryLots entry={entry} lots={lots} locale={locale} />
          <EntryProof
            entry={entry}
            hash={hash}
            previousHash={previousHash}
            intact={intact}
            anchor={anchor}
            locale={locale}
          />
        </div>
      </div>
      <Pagination
        class="mt-8"
        prev={hasNewer ? beside(entry.seq + 1).href : undefined}
        next={entry.seq > 1 ? beside(entry.seq - 1).href : undefined}
        labels={{ nav: t.nav, prev: beside(entry.seq + 1).name, next: beside(entry.seq - 1).name }}
      />
      <LocalTimes />
    </>
  );
});

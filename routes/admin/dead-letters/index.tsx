import { DeadLetterActs } from "../../../components/admin/DeadLetterActs.tsx";
import { DeadLetterFilterForm, DeadLetterGroups } from "../../../components/admin/DeadLetterFilterForm.tsx";
import { DeadLetterTable } from "../../../components/admin/DeadLetterTable.tsx";
import { HandledJobs } from "../../../components/admin/HandledJobs.tsx";
import { type DeadLetterQuery, deadLettersPath, type Handled } from "../../../components/admin/letter-words.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { AppError } from "../../../domain/errors.ts";
import { type DeadLetter, LETTER_CODES, saidBeyond } from "../../../domain/ops/dead-letter.ts";
import {
  type DeadLetterFilter,
  deadLetterFilter,
  deadLetterFilterFields,
} from "../../../domain/ops/dead-letter-filter.ts";
import { discardJobs, requeueJobs } from "../../../domain/ops/handle-dead-letters.ts";
import { countDeadLetters, listDeadLetters } from "../../../domain/ops/list-dead-letters.ts";
import { localePath, messages } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$index.ts";

const PAGE = 50;

/** What an operator's form came to: `handled` is null when it was not understood, and `problem` says why. */
interface Act {
  handled: Handled[] | null;
  problem: "nothing" | "reason" | null;
  chosen: string[];
  reason: string;
}
const NO_ACT: Act = { handled: null, problem: null, chosen: [], reason: "" };

export const handlers = handler({
  GET: async ({ state, url }) => {
    const seen = await read(state, url);
    return { data: { ...seen, act: NO_ACT }, status: seen.wrong.length > 0 ? 422 : 200 };
  },

  /** Answers with what became of each. To send it again does it once: both acts are done once for each job. */
  POST: async ({ state, req, url }) => {
    const act = await handle(state, await readForm(req));
    return { data: { ...await read(state, url), act }, status: act.problem ? 422 : 200 };
  },
});

async function handle({ services, session }: State, form: URLSearchParams): Promise<Act> {
  const [what, which] = (form.get("act") ?? "").split("-");
  if ((what !== "requeue" && what !== "discard") || (which !== undefined && which !== "page")) {
    throw new AppError("invalid_request");
  }
  const chosen = form.getAll(which ?? "job");
  const reason = form.get("reason")?.trim() ?? "";
  const act = { handled: null, chosen: form.getAll("job"), reason };
  if (chosen.length === 0) return { ...act, problem: "nothing" };
  try {
    const handled = what === "requeue"
      ? await requeueJobs(services, session, chosen)
      : await discardJobs(services, session, { jobs: chosen, reason });
    return { ...NO_ACT, handled };
  } catch (error) {
    if (!(error instanceof AppError) || !error.fields?.reason) throw error;
    return { ...act, problem: "reason" };
  }
}

async function read({ services, session }: State, url: URL) {
  const cursor = url.searchParams.get("cursor") || undefined;
  const { filter, wrong } = understood(url.searchParams);
  const { models } = await readOffer(services);
  const { counts, list } = await services.db.asUser(session.claims, async (sql) => ({
    counts: await countDeadLetters(sql),
    list: wrong.length > 0
      ? { letters: [] as DeadLetter[], nextCursor: null }
      : await listDeadLetters(sql, { ...filter, limit: PAGE, cursor }).catch((error: unknown) => {
        if (!(error instanceof AppError) || !error.fields?.user) throw error;
        wrong.push("user");
        return { letters: [] as DeadLetter[], nextCursor: null };
      }),
  }));
  // As it was written, also where it makes no sense.
  const query = Object.fromEntries(
    deadLetterFilterFields.map((name) => [name, url.searchParams.get(name) || undefined]),
  ) as DeadLetterQuery;
  const letters = list.letters.map((letter) => ({
    ...letter,
    error_message: saidBeyond(letter.error_code, letter.error_message),
  }));
  return { counts, letters, nextCursor: list.nextCursor, query, wrong, cursor, models, now: new Date() };
}

function understood(parameters: URLSearchParams): { filter: DeadLetterFilter; wrong: (keyof DeadLetterFilter)[] } {
  try {
    return { filter: deadLetterFilter(parameters), wrong: [] };
  } catch (error) {
    if (!(error instanceof AppError) || !error.fields) throw error;
    return { filter: {}, wrong: Object.keys(error.fields) as (keyof DeadLetterFilter)[] };
  }
}

export default page(({ data, state: { locale } }) => {
  const { admin: { deadLetters: t } } = messages(locale);
  const { counts, letters, nextCursor, query, wrong, cursor, models, now, act } = data;
  const names = Object.fromEntries(models.map(({ slug, name }) => [slug, name]));
  const open = letters.filter(({ state }) => state === "open");
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <BackLink href={localePath(locale, "/admin/jobs")}>{t.back}</BackLink>
      <PageHeader title={t.title} lead={t.lead} />
      <div class="flex flex-col gap-8">
        {act.problem && (
          <Notice tone="danger" role="alert" focused title={t.act.problem}>
            {act.problem === "nothing" ? t.act.nothing : t.act.reasonError}
          </Notice>
        )}
        {act.handled && <HandledJobs handled={act.handled} locale={locale} />}
        <DeadLetterGroups counts={counts} names={names} locale={locale} />
        <DeadLetterFilterForm query={query} wrong={wrong} codes={LETTER_CODES} models={models} locale={locale} />
        {letters.length > 0
          ? (
            <form method="post" action={deadLettersPath({ ...query, cursor }, locale)}>
              <Card padded={false}>
                <DeadLetterTable letters={letters} chosen={act.chosen} names={names} now={now} locale={locale} />
              </Card>
              {open.length > 0 && (
                <DeadLetterActs
                  open={open}
                  reason={act.reason}
                  reasonError={act.problem === "reason" ? t.act.reasonError : undefined}
                  locale={locale}
                />
              )}
            </form>
          )
          : (
            <EmptyState
              title={t.none.title}
              text={t.none.text}
              action={Object.values(query).some(Boolean) && (
                <a href={deadLettersPath({}, locale)} class="prose-link">{t.clear}</a>
              )}
            />
          )}
        <Pagination
          prev={cursor === undefined ? undefined : deadLettersPath(query, locale)}
          next={nextCursor ? deadLettersPath({ ...query, cursor: nextCursor }, locale) : undefined}
          labels={{ nav: t.caption, prev: t.newest, next: t.older }}
        />
      </div>
    </>
  );
});

import {
  type AdjustmentField,
  type AdjustmentRequest,
  type AdjustmentValues,
  checkAdjustment,
  readAdjustment,
} from "../../../../components/admin/adjustment-form.ts";
import { AdjustmentConfirmation, AdjustmentForm } from "../../../../components/admin/AdjustmentForm.tsx";
import { AdjustmentHistory } from "../../../../components/admin/AdjustmentHistory.tsx";
import { AdjustmentQueue } from "../../../../components/admin/AdjustmentQueue.tsx";
import { FormProblem } from "../../../../components/auth/FormProblem.tsx";
import { type FormFailure, formFailure } from "../../../../components/auth/form-failure.ts";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { Card } from "../../../../components/ui/Card.tsx";
import { EmptyState } from "../../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../../components/ui/Pagination.tsx";
import { AppError, validationFailed } from "../../../../domain/errors.ts";
import { requestHash } from "../../../../domain/idempotency.ts";
import { findAccount } from "../../../../domain/ops/find-account.ts";
import { listAdjustments } from "../../../../domain/ops/list-adjustments.ts";
import { type AdjustmentPreview, previewAdjustment } from "../../../../domain/ops/preview-adjustment.ts";
import { requestAdjustment } from "../../../../domain/ops/request-adjustment.ts";
import { fill, formatCredits, localePath, messages } from "../../../../locales/mod.ts";
import { readForm } from "../../../../platform/http/body.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$index.ts";

const PAGE = 20;

/** Not the page's own address, so that going back and sending again comes with the same key: as in app/create. */
const SEND = "/admin/ledger/adjustments?send";

interface Draft {
  values: AdjustmentValues;
  failure: FormFailure | null;
  /** What a refusal says in numbers. */
  facts: Record<string, unknown>;
  preview: { request: AdjustmentRequest; effect: AdjustmentPreview; key: string } | null;
}

const blank = (values: AdjustmentValues): Draft => ({ values, failure: null, facts: {}, preview: null });

export const handlers = handler({
  GET: async ({ state, url }) => {
    const values = readAdjustment(url.searchParams);
    const { draft, status } = url.searchParams.has("preview")
      ? await preview(state, values)
      : { draft: blank(values), status: 200 };
    return { data: { draft, ...await lists(state, url) }, status };
  },

  POST: async ({ state, req, url }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const values = readAdjustment(form);
    try {
      const request = understood(values);
      const key = form.get("idempotency_key") || crypto.randomUUID();
      const { id } = await requestAdjustment(services, session, {
        ...request,
        // With the request in it: a double click finds the first one, and a form gone back to and changed is another.
        idempotencyKey: `form:${key.slice(0, 64)}:${await requestHash(request)}`,
      });
      const path = localePath(locale, `/admin/ledger/adjustments/${id}?done`);
      return Response.redirect(new URL(path, services.config.webUrl), 303);
    } catch (error) {
      const { failure, status } = formFailure(error);
      const facts = error instanceof AppError ? error.extra ?? {} : {};
      return { data: { draft: { ...blank(values), failure, facts }, ...await lists(state, url) }, status };
    }
  },
});

function understood(values: AdjustmentValues): AdjustmentRequest {
  const checked = checkAdjustment(values);
  if ("request" in checked) return checked.request;
  throw validationFailed(Object.fromEntries(checked.wrong.map((field) => [field, "is not valid"])));
}

async function preview(
  { services, session }: State,
  values: AdjustmentValues,
): Promise<{ draft: Draft; status: number }> {
  try {
    const request = understood(values);
    const effect = await services.db.asUser(session.claims, async (sql) => {
      const account = await findAccount(sql, request.user);
      if (!account) throw validationFailed({ user: "There is no such account." });
      return await previewAdjustment(sql, account, request.amount);
    });
    return { draft: { ...blank(values), preview: { request, effect, key: crypto.randomUUID() } }, status: 200 };
  } catch (error) {
    const { failure, status } = formFailure(error);
    return { draft: { ...blank(values), failure }, status };
  }
}

async function lists({ services, session }: State, url: URL) {
  const cursor = (name: string) => url.searchParams.get(name) || undefined;
  const [waiting, decided] = await services.db.asUser(session.claims, (sql) =>
    Promise.all([
      listAdjustments(sql, { pending: true, limit: PAGE, cursor: cursor("waiting") }),
      listAdjustments(sql, { pending: false, limit: PAGE, cursor: cursor("cursor") }),
    ]));
  return { waiting, decided };
}

export default page(({ data: { draft, waiting, decided }, state: { locale, session }, url }) => {
  const { admin: { adjustments: t }, pages } = messages(locale);
  const { values, failure, facts, preview } = draft;
  const wrong = (failure?.fields ?? []).filter((field): field is AdjustmentField => field in values);
  const path = (query: Record<string, string> = {}) =>
    localePath(
      locale,
      `/admin/ledger/adjustments${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ""}`,
    );
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      {failure && (
        <FormProblem
          failure={failure}
          labels={{ user: t.user, amount: t.amount, reason: t.reason }}
          locale={locale}
          title={failure.code === "insufficient_credits" ? t.problem : undefined}
        >
          {failure.code === "insufficient_credits" && fill(t.tooFew, {
            available: formatCredits(Number(facts.available ?? 0), locale),
            missing: formatCredits(Number(facts.missing ?? 0), locale),
          })}
        </FormProblem>
      )}
      <div class="flex flex-col gap-8">
        <div class={`grid gap-8 ${preview ? "xl:grid-cols-2 xl:items-start" : ""}`}>
          <AdjustmentForm values={values} wrong={wrong} locale={locale} />
          {preview && (
            <AdjustmentConfirmation
              request={preview.request}
              preview={preview.effect}
              idempotencyKey={preview.key}
              send={SEND}
              locale={locale}
            />
          )}
        </div>
        <Card title={t.queue} padded={false}>
          {waiting.adjustments.length > 0
            ? <AdjustmentQueue adjustments={waiting.adjustments} operator={session.userId} locale={locale} />
            : <p class="px-4 py-4 text-muted sm:px-6">{t.nothingWaits}</p>}
        </Card>
        <Pagination
          prev={url.searchParams.has("waiting") ? path() : undefined}
          next={waiting.nextCursor ? path({ waiting: waiting.nextCursor }) : undefined}
          labels={{ nav: t.queue, prev: pages.older, next: pages.newer }}
        />
        <Card title={t.history} padded={false}>
          {decided.adjustments.length > 0
            ? <AdjustmentHistory adjustments={decided.adjustments} locale={locale} />
            : <EmptyState title={t.none.title} text={t.none.text} class="m-4 sm:m-6" />}
        </Card>
        <Pagination
          prev={url.searchParams.has("cursor") ? path() : undefined}
          next={decided.nextCursor ? path({ cursor: decided.nextCursor }) : undefined}
          labels={{ nav: t.history, prev: t.newest, next: t.older }}
        />
      </div>
    </>
  );
});

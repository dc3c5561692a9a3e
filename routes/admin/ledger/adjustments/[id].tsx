import { AdjustmentFacts } from "../../../../components/admin/AdjustmentFacts.tsx";
import { DecisionForm } from "../../../../components/admin/DecisionForm.tsx";
import { EffectTable } from "../../../../components/admin/EffectTable.tsx";
import { type FormFailure, formFailure } from "../../../../components/auth/form-failure.ts";
import { PageHead } from "../../../../components/layout/PageHead.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Card } from "../../../../components/ui/Card.tsx";
import { Notice } from "../../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../../components/ui/PageHeader.tsx";
import { AppError } from "../../../../domain/errors.ts";
import type { Adjustment } from "../../../../domain/ops/adjustment.ts";
import { decideAdjustment } from "../../../../domain/ops/decide-adjustment.ts";
import { previewAdjustment } from "../../../../domain/ops/preview-adjustment.ts";
import { readAdjustment } from "../../../../domain/ops/read-adjustment.ts";
import { fill, formatCredits, type Locale, localePath, messages } from "../../../../locales/mod.ts";
import { readForm } from "../../../../platform/http/body.ts";
import type { State } from "../../_middleware.ts";
import { handler, page } from "./$[id].ts";

interface Refused {
  failure: FormFailure;
  note: string;
  facts: Record<string, unknown>;
}

export const handlers = handler({
  GET: async ({ state, params }) => ({ data: { ...await read(state, params.id), refused: null as Refused | null } }),

  /** The only act on a correction: to decide it. */
  POST: async ({ state, req, params }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const note = form.get("note") ?? "";
    try {
      const decision = form.get("decision");
      if (decision !== "approve" && decision !== "reject") throw new AppError("invalid_request");
      await decideAdjustment(services, session, { id: params.id, approve: decision === "approve", note });
      const path = localePath(locale, `/admin/ledger/adjustments/${params.id}?decided`);
      return Response.redirect(new URL(path, services.config.webUrl), 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "not_found") throw error;
      const { failure, status } = formFailure(error);
      return {
        data: { ...await read(state, params.id), refused: { failure, note, facts: error.extra ?? {} } },
        status,
      };
    }
  },
});

/** The correction and, while it waits, what it would do. */
async function read({ services, session }: State, id: string) {
  return await services.db.asUser(session.claims, async (sql) => {
    const adjustment = await readAdjustment(sql, id);
    const effect = adjustment.state === "pending"
      ? await previewAdjustment(sql, adjustment.user_id, adjustment.amount)
      : null;
    return { adjustment, effect };
  });
}

export default page(({ data: { adjustment, effect, refused }, state: { locale, session }, url }) => {
  const { adjustments: t } = messages(locale).admin;
  const title = `${t.title} ${formatCredits(adjustment.amount, locale, { signed: true })}`;
  const back = localePath(locale, "/admin/ledger/adjustments");
  return (
    <>
      <PageHead title={`${title} · Kredo`} />
      <PageHeader
        title={formatCredits(adjustment.amount, locale, { signed: true })}
        lead={t.title}
        actions={<Button variant="secondary" href={back}>{t.queue}</Button>}
      />
      <div class="flex flex-col gap-8">
        {refused
          ? <Refusal refused={refused} adjustment={adjustment} locale={locale} />
          : <Done adjustment={adjustment} query={url.searchParams} locale={locale} />}
        <Card>
          <AdjustmentFacts adjustment={adjustment} locale={locale} />
        </Card>
        {effect && (
          <Card title={t.effect.title}>
            <div class="flex flex-col gap-5">
              <EffectTable preview={effect} locale={locale} />
              <DecisionForm
                adjustment={adjustment}
                operator={session.userId}
                note={refused?.note}
                error={refused?.failure.fields.includes("note") ? t.errors.note : undefined}
                locale={locale}
              />
            </div>
          </Card>
        )}
      </div>
    </>
  );
});

/** What the operator's own act came to, once. */
function Done({ adjustment: { state, failure }, query, locale }: {
  adjustment: Adjustment;
  query: URLSearchParams;
  locale: Locale;
}) {
  const t = messages(locale).admin.adjustments;
  if (query.has("done")) {
    if (state === "applied") return <Notice tone="success" role="status" title={t.doneApplied} />;
    return state === "pending" ? <Notice tone="info" role="status" title={t.donePending} /> : null;
  }
  if (!query.has("decided")) return null;
  if (state === "applied") return <Notice tone="success" role="status" title={t.doneApproved} />;
  if (state === "rejected") return <Notice tone="neutral" role="status" title={t.doneRejected} />;
  return failure && <Notice tone="warning" role="status" title={t.doneFailed}>{t.failure[failure]}</Notice>;
}

function Refusal({ refused: { failure, facts }, adjustment, locale }: {
  refused: Refused;
  adjustment: Adjustment;
  locale: Locale;
}) {
  const { admin: { adjustments: t }, errors } = messages(locale);
  if (failure.code === "insufficient_credits") {
    return (
      <Notice tone="danger" role="alert" focused title={t.problem}>
        {fill(t.tooFew, {
          available: formatCredits(Number(facts.available ?? 0), locale),
          missing: formatCredits(Number(facts.missing ?? 0), locale),
        })}
      </Notice>
    );
  }
  if (failure.code === "validation_failed") {
    return <Notice tone="danger" role="alert" focused title={t.problem}>{t.errors.note}</Notice>;
  }
  if (failure.code !== "conflict") {
    return <Notice tone="danger" role="alert" focused title={errors.codes[failure.code]} />;
  }
  return (
    <Notice tone="warning" role="alert" focused title={adjustment.state === "pending" ? t.problem : t.decidedBefore}>
      {adjustment.state === "pending" ? t.yours : null}
    </Notice>
  );
}

import { CreateTabs } from "../../../components/create/CreateTabs.tsx";
import { priceShown } from "../../../components/create/form.ts";
import { inputsOf, LINES_ID, MANY_FORM_ID, ratiosOf, refusedLine } from "../../../components/create/many.ts";
import { ManyFields, type ManyValues } from "../../../components/create/ManyFields.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button, buttonLook } from "../../../components/ui/Button.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { AppError, type ErrorCode, type FieldErrors } from "../../../domain/errors.ts";
import { requestHash } from "../../../domain/idempotency.ts";
import { BATCH_LIMIT, enqueueBatch } from "../../../domain/jobs/enqueue-batch.ts";
import { inputFromForm } from "../../../domain/jobs/input.ts";
import { listModels } from "../../../domain/jobs/list-models.ts";
import type { Model } from "../../../domain/jobs/types.ts";
import Many from "../../../islands/create/many.tsx";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages } from "../../../locales/mod.ts";
import { units } from "../../../locales/units.ts";
import { readForm } from "../../../platform/http/body.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$new.ts";

/** Not the page's own address, as on the page for one prompt. */
const SEND = "/app/batches/new?send";

const LOOKS = {
  buy: buttonLook({ class: "mt-4 w-full" }),
  submit: buttonLook({ size: "lg", class: "mt-4 w-full" }),
  submitLesser: buttonLook({ variant: "secondary", class: "mt-4 w-full" }),
};

interface Refusal {
  code: ErrorCode;
  fields: FieldErrors;
  /** What the refusal says in numbers. */
  facts: Record<string, unknown>;
}

export const handlers = handler({
  GET: async ({ state, url }) => {
    const models = await offered(state);
    const values = readValues(url.searchParams, models);
    return { data: { models, values, refusal: null as Refusal | null, key: crypto.randomUUID() } };
  },

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const models = await offered(state);
    const model = models.find(({ slug }) => slug === form.get("model"));
    const inputs = model ? inputsOf(form, (line) => inputFromForm(model, line)) : [{}];
    const each = model && priceShown(form, model.slug);
    const request = {
      model: form.get("model") ?? "",
      inputs,
      expectedCredits: each && each * inputs.length || undefined,
    };
    const key = form.get("idempotency_key") || crypto.randomUUID();
    try {
      const { id, replayed } = await enqueueBatch(services, session, {
        ...request,
        // With what was asked for in it, as on the page for one prompt.
        idempotencyKey: `form:${key.slice(0, 64)}:${await requestHash(request)}`,
      });
      const path = `/app/batches/${id}${replayed ? "?again" : ""}`;
      return Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const values = readValues(form, models);
      const refusal: Refusal = { code: error.code, fields: error.fields ?? {}, facts: error.extra ?? {} };
      return { data: { models, values, refusal, key: crypto.randomUUID() }, status: error.status };
    }
  },
});

async function offered({ services, session }: State): Promise<Model[]> {
  const models = await services.db.asUser(session.claims, listModels);
  return models.filter(({ runnable }) => runnable);
}

function readValues(fields: URLSearchParams, models: Model[]): ManyValues {
  const model = models.find(({ slug }) => slug === fields.get("model")) ?? models.at(0);
  const ratios = model ? ratiosOf(model) : [];
  const ratio = fields.get("aspect_ratio");
  return {
    model: model?.slug ?? "",
    prompts: fields.get("prompts") ?? "",
    ratio: ratios.find((each) => each === ratio) ?? ratios[0] ?? "",
  };
}

export default page(({ data: { models, values, refusal, key }, state }) => {
  const { profile, balance, plan, generations, locale } = state;
  const { app: { create, batch: { form: t } }, plans: { names } } = messages(locale);
  const covered = generations.limit === null;
  const available = formatCredits(balance.available, locale);
  const errors = refusal ? errorsOf(refusal, values, models, locale) : {};
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <CreateTabs current="many" locale={locale} />
      {refusal && <RefusalNotice refusal={refusal} error={Object.values(errors).at(0)} locale={locale} />}
      <form
        id={MANY_FORM_ID}
        method="post"
        action={localePath(locale, SEND)}
        class="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10"
      >
        <input type="hidden" name="idempotency_key" value={key} />
        <ManyFields models={models} values={values} errors={errors} limit={BATCH_LIMIT} locale={locale} />
        <div>
          <Card class="lg:sticky lg:top-10">
            <Many
              form={MANY_FORM_ID}
              field={LINES_ID}
              prices={Object.fromEntries(models.map(({ slug, credits }) => [slug, credits]))}
              ratios={Object.fromEntries(models.map((model) => [model.slug, ratiosOf(model)]))}
              available={covered ? null : balance.available}
              limit={BATCH_LIMIT}
              tag={locale === "pl" ? "pl-PL" : "en-US"}
              buyHref={localePath(locale, "/app/billing#packs")}
              blocked={profile.status !== "active"
                ? create.price.blocked
                : balance.debt > 0
                ? fill(create.price.owed, { credits: formatCredits(balance.debt, locale) })
                : null}
              looks={LOOKS}
              texts={{
                title: create.price.title,
                credits: units[locale].credits,
                count: t.count,
                tooMany: t.tooMany,
                missing: create.price.short,
                short: fill(t.short, { credits: available }),
                after: create.price.after,
                covered: create.price.covered,
                noCount: t.noCount,
                hold: covered ? fill(create.price.holdCovered, { plan: names[plan.plan] }) : create.price.hold,
                buy: create.price.buy,
                submit: t.submit,
                sending: create.sending,
              }}
            />
          </Card>
        </div>
      </form>
    </>
  );
});

/** What is wrong, at the field where it can be mended; of many wrong lines the first. */
function errorsOf({ fields }: Refusal, { prompts, model: slug }: ManyValues, models: Model[], locale: Locale) {
  const { create, batch: { form: { errors: t } } } = messages(locale).app;
  const errors: { prompts?: string; model?: string; ratio?: string } = {};
  const prompt = models.find((model) => model.slug === slug)?.input_schema.properties.prompt;
  const max = formatNumber(prompt?.type === "string" ? prompt.maxLength ?? 0 : 0, locale);
  for (const field of Object.keys(fields)) {
    const refused = refusedLine(field, prompts);
    if (field === "model") errors.model ??= create.errors.model;
    else if (!refused) errors.prompts ??= fill(t.lines, { max: BATCH_LIMIT });
    else if (refused.field === "aspect_ratio") errors.ratio ??= t.ratio;
    else if (refused.field === "prompt") errors.prompts ??= fill(t.line, { line: refused.line, max });
    else errors.prompts ??= fill(t.other, { line: refused.line });
  }
  return errors;
}

function RefusalNotice(
  { refusal: { code, facts }, error, locale }: { refusal: Refusal; error?: string; locale: Locale },
) {
  const { app: { create: t }, errors } = messages(locale);
  if (code === "conflict" && typeof facts.credits === "number" && typeof facts.expected_credits === "number") {
    const [now, shown] = [facts.credits, facts.expected_credits].map((credits) => formatCredits(credits, locale));
    return (
      <Notice tone="warning" role="alert" focused title={t.priceChanged.title} class="mb-6">
        {fill(t.priceChanged.text, { now, shown })}
      </Notice>
    );
  }
  const buys = code === "account_in_debt" || code === "insufficient_credits";
  return (
    <Notice
      tone="danger"
      role="alert"
      focused
      title={t.problem}
      class="mb-6"
      actions={buys && <Button size="sm" href={localePath(locale, "/app/billing#packs")}>{t.price.buy}</Button>}
    >
      {error ?? errors.codes[code]}
    </Notice>
  );
}

import { CreateFields, PriceTable } from "../../components/create/CreateFields.tsx";
import { CreateTabs } from "../../components/create/CreateTabs.tsx";
import { type CreateValues, FORM_ID, limitsOf, priceShown, readValues } from "../../components/create/form.ts";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button, buttonLook } from "../../components/ui/Button.tsx";
import { Card } from "../../components/ui/Card.tsx";
import { Notice } from "../../components/ui/Notice.tsx";
import { PageHeader } from "../../components/ui/PageHeader.tsx";
import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { Plan } from "../../domain/billing/plans.ts";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { AppError, type ErrorCode } from "../../domain/errors.ts";
import { requestHash } from "../../domain/idempotency.ts";
import { enqueueJob } from "../../domain/jobs/enqueue-job.ts";
import { inputFromForm } from "../../domain/jobs/input.ts";
import { listModels } from "../../domain/jobs/list-models.ts";
import { quote } from "../../domain/jobs/quote.ts";
import type { JobInput, Model } from "../../domain/jobs/types.ts";
import Price, { type Quote } from "../../islands/create/price.tsx";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { handler, page } from "./$create.ts";
import type { State } from "./_middleware.ts";

/**
 * Not the page's own address: a browser forgets the page it has of an address that it posts to, and would come
 * back to one with a new key. So going back and sending again finds the job that is there.
 */
const SEND = "/app/create?send";

const LOOKS = {
  buy: buttonLook({ class: "mt-4 w-full" }),
  submit: buttonLook({ size: "lg", class: "mt-4 w-full" }),
  submitLesser: buttonLook({ variant: "secondary", class: "mt-4 w-full" }),
};

export const handlers = handler({
  GET: async ({ state, url }) => {
    const [models, { plans }] = await Promise.all([offered(state), readOffer(state.services)]);
    return {
      data: {
        models,
        plans,
        values: readValues(url.searchParams, models),
        refusal: null as Refusal | null,
        key: crypto.randomUUID(),
      },
    };
  },

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const models = await offered(state);
    const model = models.find(({ slug }) => slug === form.get("model"));
    const input = model ? inputFromForm(model, form) : {};
    const credits = model && priceShown(form, model.slug);
    const request = {
      model: form.get("model") ?? "",
      input,
      expectedCredits: credits && quote({ credits }, input as JobInput),
    };
    const key = form.get("idempotency_key") || crypto.randomUUID();
    try {
      const { job, replayed } = await enqueueJob(services, session, {
        ...request,
        // With what was asked for in it: a double click finds the first job, and a form that was gone
        // back to, changed and sent again is a new one.
        idempotencyKey: `form:${key.slice(0, 64)}:${await requestHash(request)}`,
      });
      return Response.redirect(
        new URL(localePath(locale, `/app/jobs/${job.id}${replayed ? "?again" : ""}`), services.config.webUrl),
        303,
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const values = readValues(form, models);
      const refusal: Refusal = { code: error.code, fields: Object.keys(error.fields ?? {}), facts: error.extra ?? {} };
      const { plans } = await readOffer(services);
      return { data: { models, plans, values, refusal, key: crypto.randomUUID() }, status: error.status };
    }
  },
});

interface Refusal {
  code: ErrorCode;
  /** Names of the fields that were refused. */
  fields: string[];
  /** What the refusal says in numbers. */
  facts: Record<string, unknown>;
}

async function offered({ services, session }: State): Promise<Model[]> {
  const models = await services.db.asUser(session.claims, listModels);
  return models.filter(({ runnable }) => runnable);
}

export default page(({ data: { models, values, refusal, key, plans }, state }) => {
  const { profile, balance, plan, generations, locale } = state;
  const { app: { create: t }, plans: { names } } = messages(locale);
  const covered = generations.limit === null;
  const most = models.find(({ slug }) => slug === values.model) ?? models;
  const fields = Object.fromEntries((refusal?.fields ?? []).map((field) => {
    const text = t.errors[field as keyof typeof t.errors] ?? t.errors.input;
    return [field, fill(text, { max: formatNumber(limitsOf(most).prompt, locale) })];
  }));
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} />
      <CreateTabs current="one" locale={locale} />
      {refusal && refusal.code !== "insufficient_credits" && (
        <RefusalNotice refusal={refusal} field={Object.values(fields).at(0)} locale={locale} />
      )}
      <form
        id={FORM_ID}
        method="post"
        action={localePath(locale, SEND)}
        class="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10"
      >
        <input type="hidden" name="idempotency_key" value={key} />
        <CreateFields models={models} values={values} errors={fields} locale={locale} />
        <div>
          <Card class="lg:sticky lg:top-10">
            <Price
              form={FORM_ID}
              quotes={quotes(models, covered ? null : balance.available, locale)}
              credits={priceOf(models, values)}
              buyHref={localePath(locale, "/app/billing#packs")}
              larger={covered ? null : largerPlan(plans, plan.plan, locale)}
              blocked={profile.status !== "active"
                ? { text: t.price.blocked, buy: false }
                : balance.debt > 0
                ? { text: fill(t.price.owed, { credits: formatCredits(balance.debt, locale) }), buy: true }
                : null}
              looks={LOOKS}
              texts={{
                title: t.price.title,
                shortText: fill(t.price.shortText, { credits: formatCredits(balance.available, locale) }),
                buy: t.price.buy,
                hold: covered ? fill(t.price.holdCovered, { plan: names[plan.plan] }) : t.price.hold,
                submit: t.submit,
                sending: t.sending,
              }}
            />
            <noscript>
              <PriceTable models={models} locale={locale} />
            </noscript>
          </Card>
        </div>
      </form>
    </>
  );
});

/** What went wrong and what to do about it. */
function RefusalNotice(
  { refusal: { code, facts }, field, locale }: { refusal: Refusal; field?: string; locale: Locale },
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
  return (
    <Notice
      tone="danger"
      role="alert"
      focused
      title={t.problem}
      class="mb-6"
      actions={code === "account_in_debt" && (
        <Button size="sm" href={localePath(locale, "/app/billing#packs")}>{t.price.buy}</Button>
      )}
    >
      {field ?? errors.codes[code]}
    </Notice>
  );
}

/** The next plan up, for whoever lacks credits: null where there is none. */
function largerPlan(offers: PlanOffer[], current: Plan, locale: Locale): { text: string; href: string } | null {
  const { app: { create: { price: t } }, plans: { names } } = messages(locale);
  const next = offers.at(offers.findIndex(({ plan }) => plan === current) + 1);
  if (!next || next.plan === "free") return null;
  const { generations } = next.includes;
  const values = { plan: names[next.plan], credits: formatCredits(generations ?? 0, locale) };
  return {
    text: fill(generations === null ? t.planUnlimited : t.plan, values),
    href: localePath(locale, "/app/billing/plan"),
  };
}

/** What the page's choice costs as it is shown first. */
function priceOf(models: Model[], { model: slug, count }: CreateValues): number {
  const model = models.find((each) => each.slug === slug);
  return model ? quote(model, { num_outputs: Math.min(count, limitsOf(model).pictures) }) : 0;
}

/** Of each price that a choice may come to. Where the plan pays, the balance is no matter. */
function quotes(models: Model[], available: number | null, locale: Locale): Record<number, Quote> {
  const t = messages(locale).app.create.price;
  const prices = models.flatMap((model) =>
    Array.from({ length: limitsOf(model).pictures }, (_, i) => quote(model, { num_outputs: i + 1 }))
  );
  return Object.fromEntries(prices.map((price) => [
    price,
    available === null ? { price: t.covered, after: t.coveredText, short: null } : {
      price: formatCredits(price, locale),
      after: fill(t.after, { credits: formatCredits(available - price, locale) }),
      short: price > available ? plural(t.short, price - available, locale) : null,
    },
  ]));
}

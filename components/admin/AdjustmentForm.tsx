import type { AdjustmentPreview } from "../../domain/ops/preview-adjustment.ts";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { type AdjustmentField, type AdjustmentRequest, type AdjustmentValues, isPossible } from "./adjustment-form.ts";
import { EffectTable } from "./EffectTable.tsx";
import { Fact, Facts } from "./Facts.tsx";
import { personName } from "./words.ts";

/** Asks for a preview and nothing more, so it is a search: it can be reloaded, and sending it twice does nothing. */
export function AdjustmentForm({ values, wrong, locale }: {
  values: AdjustmentValues;
  wrong: AdjustmentField[];
  locale: Locale;
}) {
  const t = messages(locale).admin.adjustments;
  const error = (field: AdjustmentField) => wrong.includes(field) ? t.errors[field] : undefined;
  return (
    <Card title={t.new}>
      <form
        id="new"
        method="get"
        action={localePath(locale, "/admin/ledger/adjustments") + "#preview"}
        class="flex flex-col gap-5"
      >
        <input type="hidden" name="preview" value="1" />
        <div class="grid gap-5 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] sm:items-start">
          <Field
            label={t.user}
            name="user"
            value={values.user}
            hint={t.userHint}
            error={error("user")}
            required
            maxLength={320}
            autocomplete="off"
            spellcheck={false}
          />
          <Field
            label={t.amount}
            name="amount"
            value={values.amount}
            hint={t.amountHint}
            error={error("amount")}
            required
            autocomplete="off"
          />
        </div>
        <Field
          label={t.reason}
          name="reason"
          value={values.reason}
          hint={t.reasonHint}
          error={error("reason")}
          required
          minLength={10}
          maxLength={500}
          multiline
          rows={3}
        />
        <Button type="submit" variant="secondary" class="self-start">{t.preview}</Button>
      </form>
    </Card>
  );
}

/** What it would do, and the button that does it. */
export function AdjustmentConfirmation({ request, preview, idempotencyKey, send, locale }: {
  request: AdjustmentRequest;
  preview: AdjustmentPreview;
  idempotencyKey: string;
  /** Where the form goes. */
  send: string;
  locale: Locale;
}) {
  const t = messages(locale).admin.adjustments;
  const { second_person, checker_above, alone_per_day } = preview;
  const limit = second_person === "day" ? alone_per_day : checker_above;
  return (
    <Card title={t.effect.title}>
      <div id="preview" class="flex flex-col gap-5">
        <Facts narrow>
          <Fact name={t.effect.account}>
            <a href={localePath(locale, `/admin/ledger/accounts/${preview.user_id}`)} class="prose-link">
              {personName(preview.email, preview.user_id, locale)}
            </a>
          </Fact>
          <Fact name={t.effect.change}>
            <span class="font-bold">{formatCredits(request.amount, locale, { signed: true })}</span>
          </Fact>
          <Fact name={t.reason} wide>{request.reason}</Fact>
        </Facts>
        <EffectTable preview={preview} locale={locale} />
        {second_person && (
          <Notice tone="info" title={t.second.title}>
            {fill(t.second[second_person], { n: formatNumber(limit, locale) })}
          </Notice>
        )}
        {isPossible(preview) && (
          <form method="post" action={localePath(locale, send)} class="flex flex-wrap items-center gap-x-5 gap-y-3">
            <input type="hidden" name="user" value={preview.user_id} />
            <input type="hidden" name="amount" value={request.amount} />
            <input type="hidden" name="reason" value={request.reason} />
            <input type="hidden" name="idempotency_key" value={idempotencyKey} />
            <Button type="submit">{second_person ? t.send : t.apply}</Button>
            {!second_person && <p class="text-sm text-muted">{t.effect.alone}</p>}
          </form>
        )}
      </div>
    </Card>
  );
}

import type { Pack } from "../../domain/billing/list-packs.ts";
import { formatCredits, formatMoney, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { RadioCards } from "../ui/RadioCards.tsx";

/** The form as it was sent, or as it stands. */
export interface TopupValues {
  threshold: string;
  pack: string;
  /** In dollars. */
  cap: string;
}

export type TopupField = keyof TopupValues;

/** A number of dollars as somebody writes it, in cents; null for what is none. "1 000", "1000,50" and "$1000" will do. */
export function centsIn(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0$]/g, "").replace(",", ".");
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

/** A whole number as somebody writes it; null for what is none. */
export function wholeIn(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0]/g, "");
  return /^\d{1,9}$/.test(plain) ? Number(plain) : null;
}

export function TopupForm({ values, packs, errors, on, locale }: {
  values: TopupValues;
  packs: Pack[];
  errors: TopupField[];
  /** Whether it is on already. */
  on: boolean;
  locale: Locale;
}) {
  const t = messages(locale).app.topup;
  const errorOf = (field: TopupField) => errors.includes(field) ? t.errors[field] : undefined;
  return (
    <form method="post" action={localePath(locale, "/app/billing/auto-topup")} noValidate class="flex flex-col gap-6">
      <Field
        label={t.threshold}
        name="threshold"
        inputMode="numeric"
        autocomplete="off"
        required
        class="max-w-xs"
        value={values.threshold}
        hint={t.thresholdHint}
        error={errorOf("threshold")}
      />
      <RadioCards
        legend={t.pack}
        name="pack"
        value={values.pack}
        error={errorOf("pack")}
        options={packs.map((pack) => ({
          value: pack.id,
          label: formatCredits(pack.credits, locale),
          aside: formatMoney(pack.price_cents, locale),
        }))}
      />
      <Field
        label={t.cap}
        name="cap"
        inputMode="decimal"
        autocomplete="off"
        required
        class="max-w-xs"
        value={values.cap}
        hint={t.capHint}
        error={errorOf("cap")}
      />
      <div>
        <Button type="submit" class="max-sm:w-full">{on ? t.save : t.on}</Button>
        <p class="mt-3 text-sm text-muted">{t.consent}</p>
      </div>
    </form>
  );
}

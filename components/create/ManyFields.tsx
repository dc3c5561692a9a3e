import type { Model } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";
import { type Ratio, RATIOS } from "../jobs/ratio.ts";
import { RatioDrawing } from "../jobs/RatioDrawing.tsx";
import { Field } from "../ui/Field.tsx";
import { RadioCards } from "../ui/RadioCards.tsx";
import { priceField } from "./form.ts";
import { LINES_ID, ratiosOf } from "./many.ts";

export interface ManyValues {
  model: string;
  prompts: string;
  ratio: string;
}

/** The choices of many prompts at once: the prompts, and what is for all of them. */
export function ManyFields({ models, values, errors, limit, locale }: {
  models: Model[];
  values: ManyValues;
  errors: { prompts?: string; model?: string; ratio?: string };
  /** Lines. */
  limit: number;
  locale: Locale;
}) {
  const { create, kinds, batch: { form: t } } = messages(locale).app;
  const ratios: Ratio[] = RATIOS.filter((ratio) => models.some((model) => ratiosOf(model).includes(ratio)));
  return (
    <div class="flex min-w-0 flex-col gap-6">
      <Field
        label={t.prompts}
        id={LINES_ID}
        name="prompts"
        multiline
        rows={10}
        dir="auto"
        required
        value={values.prompts}
        placeholder={t.placeholder}
        hint={fill(t.hint, { max: limit })}
        error={errors.prompts}
      />
      <RadioCards
        legend={create.model}
        name="model"
        value={values.model}
        error={errors.model}
        options={models.map(({ slug, name, kind, credits }) => ({
          value: slug,
          label: name,
          kind,
          aside: plural(kinds.perOne[kind === "training" ? "image" : kind], credits, locale),
        }))}
      />
      <RadioCards
        class="for-image for-video"
        legend={create.ratio}
        name="aspect_ratio"
        compact
        columns={5}
        value={values.ratio}
        error={errors.ratio}
        options={ratios.map((ratio) => ({
          value: ratio,
          label: ratio,
          media: (
            <>
              <RatioDrawing ratio={ratio} size={26} />
              <span class="sr-only">{create.ratios[ratio]}</span>
            </>
          ),
        }))}
      />
      {/* The prices that this page shows: if one of them is another by the time it is sent, the server asks again. */}
      {models.map(({ slug, credits }) => <input key={slug} type="hidden" name={priceField(slug)} value={credits} />)}
    </div>
  );
}

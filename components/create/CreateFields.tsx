import Prompt from "../../islands/create/prompt.tsx";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import type { Model } from "../../domain/jobs/types.ts";
import { RatioDrawing } from "../jobs/RatioDrawing.tsx";
import { samples } from "../marketing/samples.ts";
import { Field } from "../ui/Field.tsx";
import { RadioCards } from "../ui/RadioCards.tsx";
import { type CreateValues, EXAMPLES_ID, limitsOf, priceField, PROMPT_ID, takersOf } from "./form.ts";

export interface CreateFieldsProps {
  models: Model[];
  values: CreateValues;
  /** By field name. */
  errors: Record<string, string>;
  locale: Locale;
}

/** The choices: prompt, shape, number, model. */
export function CreateFields({ models, values, errors, locale }: CreateFieldsProps) {
  const { create: t } = messages(locale).app;
  const { kinds } = messages(locale).app;
  const { model, ratio, count } = values;
  const { ratios, pictures, seconds, lengths } = limitsOf(models);
  const query = new URLSearchParams({ model, aspect_ratio: ratio, num_outputs: String(count) });
  return (
    <div class="flex min-w-0 flex-col gap-6">
      <div class="relative">
        <Field
          label={t.prompt}
          id={PROMPT_ID}
          name="prompt"
          multiline
          rows={5}
          dir="auto"
          required
          value={values.prompt}
          placeholder={t.promptPlaceholder}
          hint={t.promptHint}
          error={errors.prompt}
        />
        <p class="absolute top-0 right-0">
          <Prompt
            field={PROMPT_ID}
            examples={EXAMPLES_ID}
            text={t.left}
            tag={locale === "pl" ? "pl-PL" : "en-US"}
          />
        </p>
        <div class="mt-4">
          <p class="mb-2 text-sm font-semibold">{t.examples}</p>
          <ul id={EXAMPLES_ID} class="-mx-4 flex gap-2 overflow-x-auto px-4 pb-1 sm:mx-0 sm:flex-wrap sm:px-0">
            {samples.map(({ file, prompt: { [locale]: prompt } }) => (
              <li key={file}>
                <a
                  href={localePath(locale, `/app/create?${query}&prompt=${encodeURIComponent(prompt)}`)}
                  class="inline-flex min-h-9 items-center rounded-full border border-line-strong bg-raised px-3 text-sm whitespace-nowrap hover:border-ink"
                >
                  {prompt}
                </a>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <RadioCards
        legend={t.model}
        name="model"
        value={values.model}
        error={errors.model}
        options={models.map((model) => ({
          value: model.slug,
          label: model.name,
          kind: model.kind,
          max: limitsOf(model).prompt,
          detail: detailOf(model, locale),
          aside: plural(kinds.perOne[model.kind === "training" ? "image" : model.kind], model.credits, locale),
        }))}
      />
      {/* Which of these are asked depends on what the model makes; app.css hides the others, without JavaScript too. */}
      <RadioCards
        class="for-image for-video"
        legend={t.ratio}
        name="aspect_ratio"
        compact
        columns={5}
        value={values.ratio}
        error={errors.aspect_ratio}
        options={ratios.map((ratio) => ({
          value: ratio,
          label: ratio,
          models: takersOf(models, "aspect_ratio", ratio),
          media: (
            <>
              <RatioDrawing ratio={ratio} size={26} />
              <span class="sr-only">{t.ratios[ratio]}</span>
            </>
          ),
        }))}
      />
      <RadioCards
        class="for-image"
        legend={t.count}
        name="num_outputs"
        compact
        columns={4}
        value={String(values.count)}
        error={errors.num_outputs}
        options={Array.from({ length: pictures }, (_, i) => ({
          value: `${i + 1}`,
          label: `${i + 1}`,
          models: takersOf(models, "num_outputs", i + 1),
        }))}
      />
      {seconds.length > 0 && (
        <RadioCards
          class="for-video"
          legend={kinds.duration}
          name="duration"
          compact
          columns={5}
          value={String(values.seconds)}
          error={errors.duration}
          options={seconds.map((number) => ({
            value: `${number}`,
            label: `${number}`,
            models: takersOf(models, "duration", number),
          }))}
        />
      )}
      {lengths.length > 0 && (
        <RadioCards
          class="for-text"
          legend={kinds.length}
          name="max_output_tokens"
          compact
          columns={2}
          value={String(values.length)}
          error={errors.max_output_tokens}
          options={lengths.map((number) => ({
            value: `${number}`,
            label: fill(kinds.words, { n: formatNumber(aboutWords(number), locale) }),
            models: takersOf(models, "max_output_tokens", number),
          }))}
        />
      )}
      {/* The prices that this page shows: if one of them is another by the time it is sent, the server asks again. */}
      {models.map(({ slug, credits }) => <input key={slug} type="hidden" name={priceField(slug)} value={credits} />)}
    </div>
  );
}

/** What one job of a model makes. */
function detailOf(model: Model, locale: Locale): string {
  const { create: t, kinds } = messages(locale).app;
  const { pictures, seconds } = limitsOf(model);
  if (model.kind === "text") return kinds.does.text;
  if (model.kind !== "video") return plural(t.upTo, pictures, locale);
  return fill(kinds.does.video, { seconds: [...new Set([seconds.at(0), seconds.at(-1)])].join("–") });
}

/** Round figures: a token is about three quarters of a word. */
function aboutWords(tokens: number): number {
  return Math.round(tokens * 0.75 / 100) * 100;
}

/** Every price there is, for those whose browser does not count along. */
export function PriceTable({ models, locale }: { models: Model[]; locale: Locale }) {
  const t = messages(locale).app.create;
  const counts = Array.from({ length: limitsOf(models).pictures }, (_, i) => i + 1);
  return (
    <table class="mt-4 w-full border-collapse text-sm">
      <caption class="pb-1 text-left font-semibold">{t.price.table}</caption>
      <thead>
        <tr class="border-b border-line-strong text-muted">
          <th scope="col" class="py-1 text-left font-semibold">{t.price.pictures}</th>
          {counts.map((count) => <th key={count} scope="col" class="tabular-nums py-1 text-right">{count}</th>)}
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.slug} class="border-b border-line">
            <th scope="row" class="py-1 text-left font-normal">{model.name}</th>
            {counts.map((count) => (
              <td key={count} class="tabular-nums py-1 text-right">
                {count > limitsOf(model).pictures ? "–" : (
                  <>
                    <span aria-hidden="true">{model.credits * count}</span>
                    <span class="sr-only">{formatCredits(model.credits * count, locale)}</span>
                  </>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

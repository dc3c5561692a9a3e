import { fill, formatCredits, formatNumber, formatSigned, type Locale, messages } from "../../locales/mod.ts";
import type { OfferedModel } from "../../domain/catalogue/read-offer.ts";
import { type Sample, samples } from "./samples.ts";

/** The frame the grease pencil has circled, and the first number on the roll. */
const CHOSEN = 1;
const FIRST_FRAME = 11;
/** The welcome credits of the account whose line is shown under the sheet. */
const BALANCE_BEFORE = 10;

/** Sample pictures as a photographer's contact sheet; under it, the ledger line of the chosen frame. */
export function ContactSheet({ locale, models }: { locale: Locale; models: OfferedModel[] }) {
  const t = messages(locale).marketing.samples;
  const chosen = samples[CHOSEN];
  const model = models.find(({ slug }) => slug === chosen.model);
  return (
    <figure aria-label={t.label} class="rounded-md border border-film bg-film p-2 shadow-print sm:p-3">
      <div class="grid grid-cols-2 sm:grid-cols-3">
        {samples.map((sample, index) => (
          <Frame
            key={sample.file}
            sample={sample}
            locale={locale}
            number={FIRST_FRAME + index}
            chosen={index === CHOSEN}
          />
        ))}
      </div>
      <figcaption class="mt-2 grid grid-cols-[1fr_auto] items-end gap-4 rounded-sm bg-raised px-3 py-3 sm:px-4">
        <span class="min-w-0">
          <span class="block font-display font-semibold">
            {fill(messages(locale).quoted, { text: chosen.prompt[locale] })}
          </span>
          {model && (
            <span class="mt-0.5 block text-sm text-muted">
              {fill(t.chosen, { frame: FIRST_FRAME + CHOSEN })} ·{" "}
              {fill(t.by, { model: model.name, credits: formatCredits(model.credits, locale) })}
            </span>
          )}
        </span>
        {model && (
          <span class="figures text-right text-sm leading-tight" aria-hidden="true">
            <span class="block text-muted">{formatNumber(BALANCE_BEFORE, locale)}</span>
            <span class="block">{formatSigned(-model.credits, locale)}</span>
            <span class="total-rule block border-t border-ink pt-0.5 font-bold">
              {formatNumber(BALANCE_BEFORE - model.credits, locale)}
            </span>
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function Frame(
  { sample, locale, number, chosen }: { sample: Sample; locale: Locale; number: number; chosen: boolean },
) {
  return (
    <div class="relative">
      <div class="film-edge" />
      <img
        src={`/samples/${sample.file}`}
        alt={sample.prompt[locale]}
        width={sample.width}
        height={sample.height}
        // The first frames are the largest paint of the page.
        fetchpriority={chosen ? "high" : undefined}
        class="aspect-4/3 w-full border-x-[3px] border-film object-cover"
      />
      <div class="film-edge" />
      <span class="figures block px-1 pb-1 text-[0.6875rem] leading-none text-film-text" aria-hidden="true">
        {number}&ensp;▸&ensp;{number}A
      </span>
      {chosen && <GreasePencil />}
    </div>
  );
}

/** A ring drawn by hand: it overshoots where it closes. */
function GreasePencil() {
  return (
    <svg
      viewBox="0 0 200 170"
      preserveAspectRatio="none"
      class="pointer-events-none absolute -inset-x-[4%] -top-[3%] h-[102%] w-[108%] text-grease"
      aria-hidden="true"
    >
      <path
        d="M128 12C92 4 42 12 20 46 2 76 8 118 44 140c40 22 104 20 134-10 26-28 20-78-14-102C140 12 104 8 74 16"
        fill="none"
        stroke="currentColor"
        stroke-width="5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

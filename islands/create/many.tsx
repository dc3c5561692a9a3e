import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { linesOf } from "../../components/create/lines.ts";
import type { Plural } from "../../locales/text.ts";

interface Props {
  form: string;
  field: string;
  /** Credits a prompt, by model. */
  prices: Record<string, number>;
  /** Shapes that each model makes. */
  ratios: Record<string, string[]>;
  /** Credits; null where a plan pays. */
  available: number | null;
  limit: number;
  /** BCP 47, for numbers and their words. */
  tag: string;
  buyHref: string;
  /** Why nothing can be made at all. */
  blocked: string | null;
  /** Classes of the buttons. */
  looks: { buy: string; submit: string; submitLesser: string };
  texts: {
    title: string;
    credits: Plural;
    count: Plural;
    tooMany: Plural;
    missing: Plural;
    short: string;
    after: string;
    covered: string;
    noCount: string;
    hold: string;
    buy: string;
    submit: string;
    sending: string;
  };
}

/** Counts the prompts and their price before you press; once pressed, the button stays pressed until the answer is there. */
export default function Many(
  { form: id, field, prices, ratios, available, limit, tag, buyHref, blocked, looks, texts }: Props,
) {
  // Null until it counts: without JavaScript nobody does.
  const chosen = useSignal<{ count: number; price: number } | null>(null);
  const sending = useSignal(false);
  const missing = useComputed(() => available === null ? 0 : Math.max(0, (chosen.value?.price ?? 0) - available));

  useSignalEffect(() => {
    const form = document.getElementById(id) as HTMLFormElement;
    const area = document.getElementById(field) as HTMLTextAreaElement;
    const read = () => {
      const model = (form.elements.namedItem("model") as RadioNodeList).value;
      offerShapes(form, ratios[model]);
      const count = linesOf(area.value).length;
      chosen.value = { count, price: count * prices[model] };
    };
    const send = (event: Event) => {
      if (sending.peek()) event.preventDefault();
      sending.value = true;
    };
    // A page brought back by the back button is shown as it was left, with the button pressed.
    const wake = () => sending.value = false;
    form.addEventListener("input", read);
    form.addEventListener("submit", send);
    addEventListener("pageshow", wake);
    read();
    return () => {
      form.removeEventListener("input", read);
      form.removeEventListener("submit", send);
      removeEventListener("pageshow", wake);
    };
  });

  // The server's `plural` brings every format of the product along.
  const say = (forms: Plural, n: number) =>
    (forms[new Intl.PluralRules(tag).select(n)] ?? forms.other).replace("{n}", n.toLocaleString(tag));
  const { count, price } = chosen.value ?? { count: 0, price: 0 };
  const tooMany = count - limit;
  const short = missing.value > 0 && !blocked;
  const impossible = blocked !== null || (chosen.value !== null && (count === 0 || tooMany > 0 || short));
  return (
    <>
      <div aria-live="polite" aria-atomic="true">
        <p class="text-sm text-muted">{texts.title}</p>
        {chosen.value === null ? <p class="mt-1">{texts.noCount}</p> : (
          <>
            <p class="total-rule inline-block font-display text-title font-bold">
              {available === null ? texts.covered : say(texts.credits, price)}
            </p>
            <p class="mt-2 tabular-nums">{say(texts.count, count)}</p>
            {tooMany > 0
              ? <Warning title={say(texts.tooMany, tooMany)} />
              : short
              ? <Warning title={say(texts.missing, missing.value)} text={texts.short} />
              : available !== null && !blocked && (
                <p class="mt-1">{texts.after.replace("{credits}", say(texts.credits, available - price))}</p>
              )}
          </>
        )}
      </div>
      {blocked && <p class="mt-4 text-sm font-semibold text-danger">{blocked}</p>}
      {short && <a href={buyHref} class={looks.buy}>{texts.buy}</a>}
      <button
        type="submit"
        class={short || blocked ? looks.submitLesser : looks.submit}
        disabled={impossible}
        aria-disabled={sending.value ? "true" : undefined}
      >
        {sending.value ? texts.sending : texts.submit}
      </button>
      <p class="mt-3 text-sm text-muted">{texts.hold}</p>
    </>
  );
}

function Warning({ title, text }: { title: string; text?: string }) {
  return (
    <div class="mt-3 rounded-md border border-l-4 border-warning bg-warning-soft px-3 py-2">
      <p class="font-semibold">{title}</p>
      {text && <p class="mt-0.5 text-sm">{text}</p>}
    </div>
  );
}

/** Switches off shapes that the chosen model does not make. Where one of them was chosen, the first possible takes its place. */
function offerShapes(form: HTMLFormElement, possible: string[]): void {
  const radios = [...form.querySelectorAll<HTMLInputElement>("[name=aspect_ratio]")];
  for (const radio of radios) radio.disabled = !possible.includes(radio.value);
  const first = radios.find((radio) => !radio.disabled);
  if (first && !radios.some((radio) => radio.checked && !radio.disabled)) first.checked = true;
}

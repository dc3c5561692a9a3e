import { useComputed, useSignal, useSignalEffect } from "@preact/signals";

/** What pressing the button would do, in words ready to show. */
export interface Quote {
  price: string;
  after: string;
  /** Set where the balance does not reach. */
  short: string | null;
}

interface Props {
  form: string;
  /** By price. */
  quotes: Record<number, Quote>;
  /** The price as the page was rendered. */
  credits: number;
  buyHref: string;
  /** The next plan up; null where there is none. */
  larger: { text: string; href: string } | null;
  /** Why nothing can be made at all, and whether buying helps: not a suspended account, say. */
  blocked: { text: string; buy: boolean } | null;
  /** Classes of the buttons. */
  looks: { buy: string; submit: string; submitLesser: string };
  texts: { title: string; shortText: string; buy: string; hold: string; submit: string; sending: string };
}

/** The price before you press, and the button: once pressed, it stays pressed until the answer is there. */
export default function Price(
  { form: id, quotes, credits, buyHref, larger, blocked, looks, texts }: Props,
) {
  const chosen = useSignal(credits);
  const sending = useSignal(false);
  const alive = useSignal(false);
  const quote = useComputed(() => quotes[chosen.value]);

  useSignalEffect(() => {
    const form = document.getElementById(id) as HTMLFormElement;
    const read = () => chosen.value = offerPossible(form);
    const send = (event: Event) => {
      if (sending.peek()) event.preventDefault();
      sending.value = true;
    };
    // A page brought back by the back button is shown as it was left, with the button pressed.
    const wake = () => sending.value = false;
    form.addEventListener("change", read);
    form.addEventListener("submit", send);
    addEventListener("pageshow", wake);
    alive.value = true;
    read();
    return () => {
      form.removeEventListener("change", read);
      form.removeEventListener("submit", send);
      removeEventListener("pageshow", wake);
    };
  });

  const short = blocked ? null : quote.value?.short;
  // Without JavaScript the button must stay usable: a cheaper choice can be sent, and the server decides.
  const impossible = blocked !== null || (alive.value && Boolean(short));
  return (
    <>
      <div aria-live="polite" aria-atomic="true">
        <p class="text-sm text-muted">{texts.title}</p>
        <p class="total-rule inline-block font-display text-title font-bold">{quote.value?.price}</p>
        {short
          ? (
            <div class="mt-3 rounded-md border border-l-4 border-warning bg-warning-soft px-3 py-2">
              <p class="font-semibold">{short}</p>
              <p class="mt-0.5 text-sm">{texts.shortText}</p>
            </div>
          )
          : !blocked && <p class="mt-3">{quote.value?.after}</p>}
      </div>
      {blocked && <p class="mt-4 text-sm font-semibold text-danger">{blocked.text}</p>}
      {(short || blocked?.buy) && <a href={buyHref} class={looks.buy}>{texts.buy}</a>}
      {short && larger && <a href={larger.href} class="prose-link mt-3 mb-1 block text-sm">{larger.text}</a>}
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

/** Offers only what the chosen model can make, as each other choice says which models it goes with. @returns the price */
function offerPossible(form: HTMLFormElement): number {
  const valueOf = (name: string) => (form.elements.namedItem(name) as RadioNodeList | HTMLInputElement).value;
  const model = valueOf("model");
  const radios = [...form.querySelectorAll<HTMLInputElement>("[data-models]")];
  for (const radio of radios) radio.disabled = !radio.dataset.models!.split(" ").includes(model);
  // Where what was chosen is not possible, the first that is takes its place. A field that is not asked for stays as it was.
  for (const name of new Set(radios.map((radio) => radio.name))) {
    const possible = radios.filter((radio) => radio.name === name && !radio.disabled);
    if (possible.length > 0 && !possible.some(({ checked }) => checked)) possible[0].checked = true;
  }
  const count = form.querySelector<HTMLInputElement>("[name=num_outputs]:checked")!.value;
  return Number(valueOf(`price:${model}`)) * Number(count);
}

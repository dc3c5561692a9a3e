import { useSignal, useSignalEffect } from "@preact/signals";

/**
 * Counts the characters in the text area `#field` as the server does, "42 / 10,000", against what the chosen model
 * takes, and lets the links in `#examples` fill it in; without JavaScript they load the page filled in, with it
 * nothing else is lost.
 */
export default function Prompt({ field, examples, text, tag }: {
  field: string;
  examples: string;
  /** With `{n}` and `{max}`. */
  text: string;
  /** BCP 47, for the numbers. */
  tag: string;
}) {
  // Nothing until it counts: what never changes would be wrong from the first letter on.
  const count = useSignal<{ n: number; max: number } | null>(null);

  useSignalEffect(() => {
    const area = document.getElementById(field) as HTMLTextAreaElement;
    const links = document.getElementById(examples)!;
    const form = area.form!;
    const read = () => {
      const model = form.querySelector<HTMLInputElement>("[data-max]:checked")!;
      count.value = { n: [...area.value].length, max: Number(model.dataset.max) };
    };
    const fillIn = (event: MouseEvent) => {
      const link = (event.target as Element).closest("a");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      area.value = link.textContent!;
      area.focus();
      read();
    };
    read();
    area.addEventListener("input", read);
    form.addEventListener("change", read);
    links.addEventListener("click", fillIn);
    return () => {
      area.removeEventListener("input", read);
      form.removeEventListener("change", read);
      links.removeEventListener("click", fillIn);
    };
  });

  if (count.value === null) return null;
  const { n, max: most } = count.value;
  const shown = text.replace("{n}", n.toLocaleString(tag)).replace("{max}", most.toLocaleString(tag));
  return <span class={`text-sm tabular-nums ${n > most ? "font-bold text-danger" : "text-muted"}`}>{shown}</span>;
}

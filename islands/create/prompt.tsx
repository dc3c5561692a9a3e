import { useSignal, useSignalEffect } from "@preact/signals";

/**
 * Counts the characters in the text area `#field` as the server does, "42 / 10,000", and lets the links in
 * `#examples` fill it in; without JavaScript they load the page filled in, with it nothing else is lost.
 */
export default function Prompt({ field, examples, max, text, tag }: {
  field: string;
  examples: string;
  max: number;
  /** With `{n}` and `{max}`. */
  text: string;
  /** BCP 47, for the numbers. */
  tag: string;
}) {
  // Nothing until it counts: what never changes would be wrong from the first letter on.
  const count = useSignal<number | null>(null);

  useSignalEffect(() => {
    const area = document.getElementById(field) as HTMLTextAreaElement;
    const links = document.getElementById(examples)!;
    const read = () => count.value = [...area.value].length;
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
    links.addEventListener("click", fillIn);
    return () => {
      area.removeEventListener("input", read);
      links.removeEventListener("click", fillIn);
    };
  });

  if (count.value === null) return null;
  const shown = text.replace("{n}", count.value.toLocaleString(tag)).replace("{max}", max.toLocaleString(tag));
  return (
    <span class={`text-sm tabular-nums ${count.value > max ? "font-bold text-danger" : "text-muted"}`}>{shown}</span>
  );
}

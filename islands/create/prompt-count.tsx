import { useSignal, useSignalEffect } from "@preact/signals";

/** "42 / 10,000" under the text area `#field`, counting characters as the server does. */
export default function PromptCount({ field, length, max, text, tag }: {
  field: string;
  length: number;
  max: number;
  /** With `{n}` and `{max}`. */
  text: string;
  /** BCP 47, for the numbers. */
  tag: string;
}) {
  const count = useSignal(length);

  useSignalEffect(() => {
    const area = document.getElementById(field) as HTMLTextAreaElement;
    const read = () => count.value = [...area.value].length;
    read();
    area.addEventListener("input", read);
    return () => area.removeEventListener("input", read);
  });

  const shown = text.replace("{n}", count.value.toLocaleString(tag)).replace("{max}", max.toLocaleString(tag));
  return (
    <span class={`tabular-nums text-sm ${count.value > max ? "font-bold text-danger" : "text-muted"}`}>{shown}</span>
  );
}

/** Without a `value` it says "under way" only. `label` is what a screen reader hears. */
export function Progress(
  { value, max = 1, label, class: place = "" }: { value?: number; max?: number; label: string; class?: string },
) {
  return <progress class={`progress-bar ${place}`} value={value} max={max} aria-label={label} />;
}

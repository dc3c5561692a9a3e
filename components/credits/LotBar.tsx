/** How much of a lot is left, held and used. Drawn, because the content policy forbids a style with a width in it. */
export function LotBar({ remaining, held, amount }: { remaining: number; held: number; amount: number }) {
  const part = (credits: number) => credits / amount * 100;
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" class="h-2.5 w-full rounded-sm" aria-hidden="true">
      <rect width="100" height="8" class="fill-sunken" />
      <rect width={part(remaining)} height="8" class="fill-success" />
      <rect x={part(remaining)} width={part(held)} height="8" class="fill-warning" />
    </svg>
  );
}

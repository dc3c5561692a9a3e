/** The name over the accountant's double rule: a total that adds up. */
export function Logo({ class: place = "" }: { class?: string }) {
  return (
    <span
      class={`inline-flex flex-col font-display text-2xl font-extrabold leading-none tracking-tight text-ink ${place}`}
    >
      Kredo
      <svg viewBox="0 0 100 7" preserveAspectRatio="none" class="mt-1 h-1.5 w-full text-accent" aria-hidden="true">
        <path d="M0 1.25h100M0 5.75h100" stroke="currentColor" stroke-width="2" />
      </svg>
    </span>
  );
}

import type { ComponentChildren } from "preact";

/** An unexposed frame: what will be here, and the way to fill it. */
export function EmptyState({ title, text, action, class: place = "" }: {
  title: string;
  text?: string;
  action?: ComponentChildren;
  class?: string;
}) {
  return (
    <div
      class={`flex flex-col items-center rounded-lg border border-dashed border-line-strong px-6 py-12 text-center ${place}`}
    >
      <svg
        viewBox="0 0 64 48"
        width="64"
        height="48"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        class="mb-4 text-muted"
        aria-hidden="true"
      >
        <rect x="1" y="1" width="62" height="46" rx="2" />
        <rect x="9" y="9" width="46" height="30" stroke-dasharray="3 3" />
        <path d="M6 4.5h3m5 0h3m5 0h3m5 0h3m5 0h3m5 0h3m5 0h3M6 43.5h3m5 0h3m5 0h3m5 0h3m5 0h3m5 0h3m5 0h3" />
      </svg>
      <p class="font-display text-heading font-semibold">{title}</p>
      {text && <p class="mt-1 max-w-prose text-muted">{text}</p>}
      {action && <div class="mt-5">{action}</div>}
    </div>
  );
}

import type { ComponentChildren } from "preact";

/** The one `<h1>` of a page. */
export function PageHeader({ title, lead, actions, class: place = "" }: {
  title: ComponentChildren;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
}) {
  return (
    <header class={`mb-6 flex flex-wrap items-end justify-between gap-x-8 gap-y-4 sm:mb-8 ${place}`}>
      <div class="min-w-0">
        <h1 class="font-display text-title font-bold">{title}</h1>
        {lead && <p class="mt-2 max-w-prose text-lead text-pretty text-muted">{lead}</p>}
      </div>
      {actions && <div class="flex flex-wrap gap-3">{actions}</div>}
    </header>
  );
}

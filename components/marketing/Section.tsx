import type { ComponentChildren } from "preact";

/** A band of a public page: heading on the left margin's line, content under it. */
export function Section({ id, title, lead, children, class: place = "" }: {
  id: string;
  title: string;
  lead?: string;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <section aria-labelledby={id} class={`mx-auto w-full max-w-page px-4 py-14 sm:px-6 sm:py-20 ${place}`}>
      <h2 id={id} class="max-w-prose font-display text-title font-bold">{title}</h2>
      {lead && <p class="mt-3 max-w-prose text-lead text-muted">{lead}</p>}
      <div class="mt-8 sm:mt-10">{children}</div>
    </section>
  );
}

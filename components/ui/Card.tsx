import type { ComponentChildren } from "preact";

/** A sheet on the desk. `title` makes it a named section. */
export function Card({ title, actions, children, padded = true, class: place = "" }: {
  title?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  padded?: boolean;
  class?: string;
}) {
  const Tag = title ? "section" : "div";
  return (
    <Tag class={`rounded-lg border border-line bg-raised shadow-card ${place}`}>
      {(title || actions) && (
        <header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-3 sm:px-6">
          {title && <h2 class="font-display text-heading font-semibold">{title}</h2>}
          {actions}
        </header>
      )}
      {padded ? <div class="p-4 sm:p-6">{children}</div> : children}
    </Tag>
  );
}

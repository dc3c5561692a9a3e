import type { ComponentChildren } from "preact";

/**
 * A green-bar ledger table. It scrolls sideways inside its own frame, which can be reached by keyboard,
 * so the page never does. `caption` names it; show it with `captionShown`.
 */
export function Table({ caption, captionShown, head, children, class: place = "" }: {
  caption: string;
  captionShown?: boolean;
  /** `<Th>` cells. */
  head: ComponentChildren;
  /** `<Tr>` rows. */
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <div class={`relative overflow-x-auto ${place}`} tabIndex={0} role="group" aria-label={caption}>
      <table class="w-full border-collapse text-left">
        <caption class={captionShown ? "px-4 py-2 text-left text-sm text-muted" : "sr-only"}>{caption}</caption>
        <thead>
          <tr class="border-b border-line-strong text-sm text-muted">{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function Tr({ children, class: place = "" }: { children: ComponentChildren; class?: string }) {
  return <tr class={`border-b border-line last:border-b-0 even:bg-stripe ${place}`}>{children}</tr>;
}

/** Tight on phones; what is seen first and last keeps the edge of the card, also beside a column that phones hide. */
const CELL = "px-2.5 first:pl-4 last:pr-4 sm:px-4 sm:first:pl-6 sm:last:pr-6 " +
  "max-sm:[.hidden:first-child+&]:pl-4 max-sm:has-[+.hidden:last-child]:pr-4";

export function Th(
  { children, numeric, class: place = "" }: { children: ComponentChildren; numeric?: boolean; class?: string },
) {
  return (
    <th
      scope="col"
      class={`${CELL} py-2.5 align-bottom font-semibold ${numeric ? "text-right" : ""} ${place}`}
    >
      {children}
    </th>
  );
}

/** `header` makes the cell its row's name. */
export function Td({ children, numeric, header, class: place = "" }: {
  children?: ComponentChildren;
  numeric?: boolean;
  header?: boolean;
  class?: string;
}) {
  const look = `${CELL} py-3 align-top ${numeric ? "text-right tabular-nums whitespace-nowrap" : ""} ${place}`;
  return header
    ? <th scope="row" class={`${look} text-left font-semibold`}>{children}</th>
    : <td class={look}>{children}</td>;
}

import type { ComponentChildren } from "preact";

/** Names and values in three columns where there is room; `narrow` in two. */
export function Facts({ children, narrow }: { children: ComponentChildren; narrow?: boolean }) {
  return <dl class={`grid gap-x-8 gap-y-4 sm:grid-cols-2 ${narrow ? "" : "lg:grid-cols-3"}`}>{children}</dl>;
}

export function Fact({ name, children, wide }: { name: string; children: ComponentChildren; wide?: boolean }) {
  return (
    <div class={wide ? "sm:col-span-full" : ""}>
      <dt class="text-sm text-muted">{name}</dt>
      <dd class="mt-0.5 wrap-anywhere">{children}</dd>
    </div>
  );
}

/** An id, a hash, a name of something outside: to be compared letter by letter. */
export function Mono({ children, class: place = "" }: { children: ComponentChildren; class?: string }) {
  return <span class={`figures text-sm wrap-anywhere ${place}`}>{children}</span>;
}

/** A dotted name that a narrow screen may break after its dots. Not by a character, which would be copied with it. */
export function Dotted({ name }: { name: string }) {
  return (
    <>
      {name.split(/(?<=[._])/).map((part) => (
        <>
          {part}
          <wbr />
        </>
      ))}
    </>
  );
}

/** A document as it is, behind a line that opens it. */
export function Raw({ name, value, class: place = "" }: { name: string; value: unknown; class?: string }) {
  return (
    <details class={`group ${place}`}>
      <summary class="inline-flex min-h-11 items-center gap-2 rounded-md text-sm font-semibold underline decoration-accent decoration-[1.5px] underline-offset-4">
        {name}
      </summary>
      <pre class="figures mt-1 rounded-md border border-line bg-sunken p-3 text-sm whitespace-pre-wrap wrap-anywhere">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}

import type { ComponentChildren } from "preact";

/** One address of the API: what it gives, what it takes, and an answer of it. */
export function Endpoint({ id, method = "GET", path, text, parameters = [], example, exampleLabel, children }: {
  /** The anchor, and the example's name for its test. */
  id: string;
  method?: "GET" | "POST";
  path: string;
  text: string;
  parameters?: { name: string; text: string }[];
  example?: unknown;
  exampleLabel?: string;
  children?: ComponentChildren;
}) {
  return (
    <section aria-labelledby={id} class="border-t border-line-strong py-8">
      <h2 id={id} class="figures text-lg font-bold wrap-anywhere">
        <span class="mr-2 text-muted">{method}</span>
        {path}
      </h2>
      <div class="mt-3 grid grid-cols-1 gap-x-10 gap-y-4 lg:grid-cols-2">
        <div class="min-w-0">
          <p class="max-w-prose">{text}</p>
          {parameters.length > 0 && (
            <dl class="mt-4">
              {parameters.map(({ name, text }) => (
                <div key={name} class="border-t border-line py-2 sm:grid sm:grid-cols-[11.5rem_minmax(0,1fr)] sm:gap-4">
                  <dt>
                    <code class="figures text-sm font-semibold">{name}</code>
                  </dt>
                  <dd class="text-muted">{text}</dd>
                </div>
              ))}
            </dl>
          )}
          {children}
        </div>
        {example !== undefined && (
          <pre
            data-example={id}
            tabIndex={0}
            role="group"
            aria-label={exampleLabel}
            class="figures self-start overflow-x-auto rounded-md border border-line bg-raised p-4 text-sm"
          >{JSON.stringify(example, null, 2)}</pre>
        )}
      </div>
    </section>
  );
}

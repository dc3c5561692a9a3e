import { type Locale, messages } from "../../locales/mod.ts";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";

/** Where a file is dropped or chosen. Works once islands/verify/check-file.ts runs. */
export function FileZone({ locale }: { locale: Locale }) {
  const { zone, key, progress, withoutScript } = messages(locale).verify;
  return (
    <>
      <noscript>
        <Notice tone="warning" title={withoutScript.title}>
          <p>{withoutScript.text}</p>
          <p class="mt-2">
            <code class="figures">deno task verify-statement FILE</code>
          </p>
        </Notice>
      </noscript>
      <div class="noscript:hidden">
        <label
          id="zone"
          class="flex min-h-52 flex-col items-center justify-center gap-2 rounded-lg border-2 border-dashed border-line-strong bg-raised px-4 py-8 text-center transition-colors hover:border-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent data-over:border-accent data-over:bg-accent-soft"
        >
          <Icon name="receipt" size={36} class="text-accent" />
          <span class="font-display text-heading font-semibold underline decoration-accent decoration-2 underline-offset-4">
            {zone.label}
          </span>
          <span class="text-muted pointer-coarse:hidden">{zone.drop}</span>
          <span class="max-w-prose text-sm text-balance text-muted">{zone.formats}</span>
          <input
            id="file"
            type="file"
            accept=".csv,.jsonl,text/csv,application/jsonl"
            class="sr-only"
          />
        </label>
        <details class="mt-3">
          <summary class="inline-flex min-h-11 items-center rounded-sm text-sm underline underline-offset-4">
            {key.summary}
          </summary>
          <div class="max-w-prose pt-1 pb-2">
            <label for="key" class="block text-sm font-semibold">{key.label}</label>
            <input
              id="key"
              type="text"
              autocomplete="off"
              spellcheck={false}
              aria-describedby="key-hint"
              class="figures mt-1 min-h-11 w-full rounded-md border border-line-strong bg-raised px-3 py-2"
            />
            <p id="key-hint" class="mt-1 text-sm text-muted">{key.hint}</p>
          </div>
        </details>
        <div id="progress" hidden class="mt-6">
          <progress class="progress-bar" max={1} value={0} aria-label={progress.label} />
          <p class="mt-2 text-sm text-muted tabular-nums" data-text={progress.rows} />
        </div>
      </div>
    </>
  );
}

import type { ComponentChildren } from "preact";
import { type Locale, localePath, messages } from "../../locales/mod.ts";

/** What a stranger does with a checkpoint. `fingerprint`: of the key behind the newest one. */
export function HowToCheck({ fingerprint, origin, locale }: {
  fingerprint: string | undefined;
  origin: string;
  locale: Locale;
}) {
  const { check: t } = messages(locale).checkpoints;
  return (
    <ol class="grid gap-x-14 gap-y-8 md:grid-cols-2">
      <Step title={t.keep.title} text={t.keep.text}>
        <a class="prose-link" href="/api/credits/checkpoints?limit=100" download="kredo-checkpoints.json">
          {t.keep.link}
        </a>
      </Step>
      <Step title={t.own.title} text={t.own.text}>
        <a class="prose-link" href={localePath(locale, "/verify")}>{t.own.link}</a>
      </Step>
      <Step title={t.key.title} text={fingerprint ? t.key.text : t.key.none}>
        {fingerprint && (
          <code class="figures select-all">
            {fingerprint.match(/.{4}/g)?.map((group, index) => (
              <span key={index} class="mr-2 inline-block">{group}</span>
            ))}
          </code>
        )}
      </Step>
      <Step title={t.all.title} text={t.all.text}>
        <code class="figures text-sm break-words select-all">deno task verify-checkpoints {origin}</code>
      </Step>
    </ol>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  return (
    <li class="min-w-0 border-t border-line-strong pt-3">
      <h3 class="font-semibold">{title}</h3>
      <p class="mt-1 max-w-prose text-muted">{text}</p>
      <p class="mt-2">{children}</p>
    </li>
  );
}

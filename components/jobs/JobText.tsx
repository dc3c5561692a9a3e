import type { ComponentChildren } from "preact";
import type { Job } from "../../domain/jobs/types.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { COPY_ATTRIBUTE, TEXT_ID } from "./text.ts";

/** The finished text as one sheet of paper, to copy and to keep. */
export function JobText({ job, text, locale }: { job: Job; text: string | null; locale: Locale }) {
  const { job: t, kinds } = messages(locale).app;
  return (
    <>
      <Sheet label={kinds.text.heading}>
        {text === null
          ? <p class="text-muted">{kinds.text.missing}</p>
          : <div id={TEXT_ID} dir="auto" class="whitespace-pre-wrap">{text}</div>}
      </Sheet>
      <div class="mt-5 flex flex-wrap gap-3">
        {text !== null && (
          <Button type="button" variant="secondary" class="noscript:hidden" {...{ [COPY_ATTRIBUTE]: "" }}>
            <Icon name="copy" />
            <span>{kinds.text.copy}</span>
          </Button>
        )}
        <Button href={`${job.outputs[0].url}?download`} variant="secondary">
          <Icon name="download" />
          {t.download}
        </Button>
      </div>
    </>
  );
}

/** The same sheet while the words come; an island writes them, and without it there would be nothing to see. */
export function JobTextProgress({ locale }: { locale: Locale }) {
  const { text: t } = messages(locale).app.kinds;
  return (
    <Sheet label={t.heading} class="noscript:hidden">
      <div id={TEXT_ID} data-streaming aria-live="polite" dir="auto" class="peer whitespace-pre-wrap" />
      <p class="hidden text-muted peer-empty:block">{t.waiting}</p>
    </Sheet>
  );
}

function Sheet({ label, class: place = "", children }: { label: string; class?: string; children: ComponentChildren }) {
  return (
    <section
      aria-label={label}
      class={`min-h-40 max-w-[72ch] rounded-lg border border-line bg-raised px-5 py-4 shadow-card sm:px-8 sm:py-6 ${place}`}
    >
      {children}
    </section>
  );
}

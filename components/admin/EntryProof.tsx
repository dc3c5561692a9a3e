import type { EntryFacts } from "../../domain/ops/read-entry.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Icon } from "../ui/Icon.tsx";
import { Mono } from "./Facts.tsx";
import { wrongWords } from "./words.ts";

/** The stored hash beside the one computed for this page, and what follows from their difference. */
export function EntryProof({ facts, locale }: { facts: EntryFacts; locale: Locale }) {
  const t = messages(locale).admin.entry;
  const { entry, wrong, previous_seq, previous_hash, recomputed_hash, is_head } = facts;
  const right = wrong.length === 0;
  return (
    <section
      class={`rounded-lg border border-l-8 bg-raised p-4 shadow-card sm:p-6 ${
        right ? "border-success" : "border-danger bg-danger-soft"
      }`}
      data-proof={right ? "fits" : "wrong"}
    >
      <h2 class="flex items-center gap-3 font-display text-heading font-semibold">
        <Icon
          name={right ? "check" : "error"}
          size={24}
          class={right ? "text-success" : "text-danger"}
        />
        {right ? t.hashes.fits : t.hashes.wrong}
      </h2>
      {right
        ? <p class="mt-1 text-sm text-muted">{t.hashes.fitsText}</p>
        : wrongWords(wrong, locale).map((words) => <p key={words} class="mt-1 font-semibold">{words}</p>)}
      <dl class="mt-4 grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
        <dt class="text-muted">{t.hashes.previous}</dt>
        <dd>
          <Mono>{previous_hash}</Mono>
          {previous_seq === null && <span class="ml-2 text-muted">({t.hashes.first})</span>}
        </dd>
        <dt class="text-muted">{t.hashes.stored}</dt>
        <dd>
          <Mono>{entry.hash}</Mono>
        </dd>
        <dt class="text-muted">{t.hashes.computed}</dt>
        <dd>
          <Mono class={recomputed_hash === entry.hash ? "" : "font-bold text-danger"}>{recomputed_hash}</Mono>
        </dd>
      </dl>
      {is_head && <p class="mt-3 text-sm text-muted">{t.head}</p>}
    </section>
  );
}

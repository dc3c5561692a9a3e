import type { DeadLetterFilter } from "../../domain/ops/dead-letter-filter.ts";
import type { DeadLetterCounts } from "../../domain/ops/list-dead-letters.ts";
import type { FailureCode } from "../../domain/jobs/failures.ts";
import { formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { FilterTabs } from "../ui/FilterTabs.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Select } from "../ui/Select.tsx";
import { type DeadLetterQuery, deadLettersPath } from "./letter-words.ts";

const TABS = ["open", "requeued", "discarded", "all"] as const;

/** Tabs for what became of them; reason, model, person and period in fields. `wrong` names fields that were not understood. */
export function DeadLetterFilterForm({ query, wrong, codes, models, locale }: {
  query: DeadLetterQuery;
  wrong: (keyof DeadLetterFilter)[];
  /** For which a job may become a dead letter. */
  codes: readonly FailureCode[];
  models: { slug: string; name: string }[];
  locale: Locale;
}) {
  const { deadLetters: t, jobs: { reasons } } = messages(locale).admin;
  const { state, ...rest } = query;
  const error = (name: keyof typeof rest) => wrong.includes(name) ? t.errors[name] : undefined;
  return (
    <div>
      <FilterTabs
        label={t.filter}
        tabs={TABS.map((tab) => ({
          name: t.states[tab],
          href: deadLettersPath({ ...rest, state: tab === "open" ? undefined : tab }, locale),
          current: tab === (state ?? "open"),
        }))}
      />
      <form
        method="get"
        action={localePath(locale, "/admin/dead-letters")}
        role="search"
        class="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 lg:items-start"
      >
        {state && <input type="hidden" name="state" value={state} />}
        <Select
          label={t.error}
          name="error"
          value={query.error ?? ""}
          error={error("error")}
          options={[
            { value: "", label: t.anyError },
            ...codes.map((code) => ({ value: code, label: reasons[code] })),
          ]}
        />
        <Select
          label={t.model}
          name="model"
          value={query.model ?? ""}
          error={error("model")}
          options={[
            { value: "", label: t.anyModel },
            ...models.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
        />
        <Field
          label={t.user}
          name="user"
          value={query.user}
          hint={t.userHint}
          error={error("user")}
          autocomplete="off"
          spellcheck={false}
          maxLength={320}
        />
        <Field label={t.from} name="from" value={query.from} hint={t.days} error={error("from")} {...DAY} />
        <Field label={t.until} name="until" value={query.until} hint={t.days} error={error("until")} {...DAY} />
        <Button type="submit" variant="secondary" class="self-start lg:mt-8">
          <Icon name="search" />
          {t.search}
        </Button>
      </form>
    </div>
  );
}

/** Written, not picked: as in the webhook journal. */
const DAY = { inputMode: "numeric", placeholder: "2026-11-20", autocomplete: "off", maxLength: 10 } as const;

/** What most of the open ones have in common, each leading to them. */
export function DeadLetterGroups({ counts, names, locale }: {
  counts: DeadLetterCounts;
  /** Of models, by slug. */
  names: Record<string, string>;
  locale: Locale;
}) {
  const { deadLetters: t, jobs: { reasons } } = messages(locale).admin;
  if (counts.groups.length === 0) return null;
  return (
    <nav aria-label={t.groups}>
      <ul class="flex flex-wrap gap-2">
        {counts.groups.slice(0, 12).map(({ error_code, model, count }) => (
          <li key={`${error_code} ${model}`}>
            <a
              href={deadLettersPath({ error: error_code, model }, locale)}
              class="inline-flex min-h-11 items-center gap-2 rounded-md border border-line-strong bg-raised px-3 py-1 text-sm hover:border-ink"
            >
              <span class="font-bold tabular-nums">{formatNumber(count, locale)}</span>
              <span>{reasons[error_code]}, {names[model] ?? model}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

import type { WebhookFilter } from "../../domain/ops/webhook-filter.ts";
import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { FilterTabs } from "../ui/FilterTabs.tsx";
import { Icon } from "../ui/Icon.tsx";

export type WebhookQuery = Partial<Record<keyof WebhookFilter, string>>;

const TABS = [undefined, "failed", "applied", "ignored", "received"] as const;

/** Tabs for what came of it; type, object and period in fields. `wrong` names fields that were not understood. */
export function WebhookFilterForm({ query, wrong, types, locale }: {
  query: WebhookQuery;
  wrong: (keyof WebhookFilter)[];
  /** Those that we act on, to choose from; any other may be written. */
  types: readonly string[];
  locale: Locale;
}) {
  const t = messages(locale).admin.webhooks;
  const { status, ...rest } = query;
  const error = (name: keyof typeof rest) => wrong.includes(name) ? t.errors[name] : undefined;
  return (
    <div>
      <FilterTabs
        label={t.filter}
        tabs={TABS.map((tab) => ({
          name: tab ? t.verdicts[tab] : t.all,
          href: webhooksPath({ ...rest, status: tab }, locale),
          current: tab === status,
        }))}
      />
      <form
        method="get"
        action={localePath(locale, "/admin/webhooks")}
        role="search"
        class="grid gap-4 sm:grid-cols-2 lg:grid-cols-[2fr_3fr_1fr_1fr_auto] lg:items-start"
      >
        {status && <input type="hidden" name="status" value={status} />}
        <Field
          label={t.type}
          name="type"
          value={query.type}
          hint={t.typeHint}
          error={error("type")}
          list="webhook-types"
          autocomplete="off"
          spellcheck={false}
          maxLength={255}
        />
        <datalist id="webhook-types">
          {types.map((type) => <option key={type} value={type} />)}
        </datalist>
        <Field
          label={t.object}
          name="object"
          value={query.object}
          hint={t.objectHint}
          error={error("object")}
          autocomplete="off"
          spellcheck={false}
          maxLength={255}
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

/** Written, not picked: the picker of a browser speaks the browser's language, and its field is no field of ours. */
const DAY = { inputMode: "numeric", placeholder: "2026-11-20", autocomplete: "off", maxLength: 10 } as const;

/** The journal, narrowed down. */
export function webhooksPath(query: WebhookQuery & { cursor?: string }, locale: Locale): string {
  const set = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return localePath(locale, `/admin/webhooks${set.length > 0 ? `?${new URLSearchParams(set)}` : ""}`);
}

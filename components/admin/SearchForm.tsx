import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";

/** From anything that an operator may hold in hand to the account. */
export function SearchForm({ query = "", error, locale }: { query?: string; error?: string; locale: Locale }) {
  const t = messages(locale).admin.search;
  return (
    <form
      method="get"
      action={localePath(locale, "/admin/ledger/accounts")}
      role="search"
      class="flex flex-col gap-3 sm:flex-row sm:items-start"
    >
      <Field
        label={t.label}
        name="q"
        type="search"
        value={query}
        hint={t.hint}
        error={error}
        autocomplete="off"
        spellcheck={false}
        maxLength={320}
        class="min-w-0 flex-1"
      />
      <Button type="submit" variant="secondary" class="sm:mt-8">
        <Icon name="search" />
        {t.submit}
      </Button>
    </form>
  );
}

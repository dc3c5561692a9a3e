import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { FilterTabs } from "../ui/FilterTabs.tsx";

/** From the form for one prompt to the one for many, and back. */
export function CreateTabs({ current, locale }: { current: "one" | "many"; locale: Locale }) {
  const { tabs: t } = messages(locale).app.batch;
  return (
    <FilterTabs
      label={t.label}
      tabs={[
        { name: t.one, href: localePath(locale, "/app/create"), current: current === "one" },
        { name: t.many, href: localePath(locale, "/app/batches/new"), current: current === "many" },
      ]}
    />
  );
}

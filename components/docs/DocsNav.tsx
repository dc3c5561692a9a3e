import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { FilterTabs } from "../ui/FilterTabs.tsx";

/** From one page about the API to the others. */
export function DocsNav({ current, locale }: { current: "jobs" | "credits" | "billing" | "errors"; locale: Locale }) {
  const { docs, errors } = messages(locale);
  const pages = {
    jobs: docs.jobs.link,
    credits: docs.credits.link,
    billing: docs.billing.link,
    errors: errors.reference.title,
  };
  return (
    <FilterTabs
      label={docs.nav}
      tabs={Object.entries(pages).map(([page, name]) => ({
        name,
        href: localePath(locale, `/docs/${page}`),
        current: page === current,
      }))}
    />
  );
}

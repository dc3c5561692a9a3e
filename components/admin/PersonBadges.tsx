import { type Locale, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { wordFor } from "./words.ts";

/** What is unusual about a person; an active customer needs no badge. */
export function PersonBadges({ role, status, locale, class: place = "" }: {
  role: string;
  status: string;
  locale: Locale;
  class?: string;
}) {
  const t = messages(locale).admin.person;
  if (role === "customer" && status === "active") return null;
  return (
    <span class={`flex flex-wrap gap-2 font-normal ${place}`}>
      {role !== "customer" && <Badge>{wordFor(t.roles, role)}</Badge>}
      {status !== "active" && <Badge tone="warning">{wordFor(t.statuses, status)}</Badge>}
    </span>
  );
}

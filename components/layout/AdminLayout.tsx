import type { ComponentChildren } from "preact";
import { localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import type { IconName } from "../ui/Icon.tsx";
import { Frame } from "./Frame.tsx";

export type AdminPage = "ledger" | "accounts" | "adjustments" | "billing" | "webhooks" | "jobs" | "audit";

const PAGES: { page: AdminPage | "studio"; path: string; icon: IconName }[] = [
  { page: "ledger", path: "/admin/ledger", icon: "scales" },
  { page: "accounts", path: "/admin/ledger/accounts", icon: "search" },
  { page: "adjustments", path: "/admin/ledger/adjustments", icon: "plus-minus" },
  { page: "billing", path: "/admin/billing", icon: "receipt" },
  { page: "webhooks", path: "/admin/webhooks", icon: "queue" },
  { page: "jobs", path: "/admin/jobs", icon: "clock" },
  { page: "audit", path: "/admin/audit", icon: "history" },
  { page: "studio", path: "/app", icon: "arrow-left" },
];

/** The operators' frame. */
export function AdminLayout({ active, children }: { active?: AdminPage; children: ComponentChildren }) {
  const { locale } = currentRequest();
  const t = messages(locale).admin;
  const short: Partial<Record<AdminPage | "studio", string>> = t.navShort;
  return (
    <Frame
      home={{ href: localePath(locale, "/admin/ledger"), name: t.nav.ledger }}
      label={t.nav.label}
      pages={PAGES.map(({ page, path, icon }) => ({
        href: localePath(locale, path),
        icon,
        name: t.nav[page],
        short: short[page],
        current: page === active,
      }))}
      aside={<p class="px-3 font-display text-heading font-semibold">{t.nav.label}</p>}
      operator
    >
      {children}
    </Frame>
  );
}

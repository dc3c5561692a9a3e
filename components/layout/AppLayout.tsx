import type { ComponentChildren } from "preact";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { fill, formatNumber, localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import type { IconName } from "../ui/Icon.tsx";
import { Frame } from "./Frame.tsx";

export type AppPage = "dashboard" | "create" | "history" | "credits" | "billing";

const PAGES: { page: AppPage; path: string; icon: IconName }[] = [
  { page: "dashboard", path: "/app", icon: "home" },
  { page: "create", path: "/app/create", icon: "wand" },
  { page: "history", path: "/app/jobs", icon: "image" },
  { page: "credits", path: "/app/credits", icon: "receipt" },
  { page: "billing", path: "/app/billing", icon: "card" },
];

/**
 * The studio's frame. `banner` stands above the page (an unconfirmed address); `balance` is null where it could not
 * be read.
 */
export function AppLayout({ active, balance, banner, operator = false, children }: {
  active?: AppPage;
  balance: Balance | null;
  banner?: ComponentChildren;
  operator?: boolean;
  children: ComponentChildren;
}) {
  const { locale } = currentRequest();
  const t = messages(locale);
  return (
    <Frame
      home={{ href: localePath(locale, "/app"), name: t.nav.dashboard }}
      label={t.nav.studio}
      pages={PAGES.map(({ page, path, icon }) => ({
        href: localePath(locale, path),
        icon,
        name: t.nav[page],
        short: t.navShort[page],
        current: page === active,
      }))}
      aside={balance && <BalanceCard balance={balance} />}
      bar={balance && <BalanceLink balance={balance} />}
      banner={banner}
      operator={operator}
    >
      {children}
    </Frame>
  );
}

function BalanceLink({ balance }: { balance: Balance }) {
  const { locale } = currentRequest();
  return (
    <a
      href={localePath(locale, "/app/credits")}
      class="inline-flex min-h-11 items-center gap-2 rounded-md px-2 text-sm"
      data-balances
    >
      <span class="text-muted">{messages(locale).balance.label}</span>
      <span class="figures text-base font-bold" data-balance>{formatNumber(balance.available, locale)}</span>
    </a>
  );
}

function BalanceCard({ balance }: { balance: Balance }) {
  const { locale } = currentRequest();
  const t = messages(locale);
  return (
    <a
      href={localePath(locale, "/app/credits")}
      class="block rounded-md border border-line bg-surface px-3 py-3 hover:border-line-strong"
      data-balances
    >
      <span class="block text-sm text-muted">{t.balance.label}</span>
      <span class="figures total-rule inline-block text-2xl font-bold leading-tight" data-balance>
        {formatNumber(balance.available, locale)}
      </span>
      {balance.held > 0 && (
        <span class="mt-1.5 block text-sm text-muted">
          {fill(t.balance.held, { n: formatNumber(balance.held, locale) })}
        </span>
      )}
      {balance.debt > 0 && (
        <span class="mt-1.5 block text-sm font-semibold text-danger">
          {fill(t.balance.owed, { n: formatNumber(balance.debt, locale) })}
        </span>
      )}
    </a>
  );
}

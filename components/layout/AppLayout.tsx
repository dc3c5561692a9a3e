import type { ComponentChildren } from "preact";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { fill, formatNumber, localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { AccountMenu, AccountPanel } from "./AccountMenu.tsx";
import { Logo } from "./Logo.tsx";
import { SkipLink } from "./SkipLink.tsx";

export type AppPage = "dashboard" | "create" | "history" | "credits" | "billing";

const PAGES: { page: AppPage; path: string; icon: IconName }[] = [
  { page: "dashboard", path: "/app", icon: "home" },
  { page: "create", path: "/app/create", icon: "wand" },
  { page: "history", path: "/app/jobs", icon: "image" },
  { page: "credits", path: "/app/credits", icon: "receipt" },
  { page: "billing", path: "/app/billing", icon: "plus" },
];

/**
 * The studio's frame: a sidebar from 1024 px up, a bar at the thumb below that. `banner` stands above the page
 * (an unconfirmed address); `balance` is null where it could not be read.
 */
export function AppLayout({ active, balance, banner, children }: {
  active?: AppPage;
  balance: Balance | null;
  banner?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { locale } = currentRequest();
  const t = messages(locale);
  const home = localePath(locale, "/app");
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
      <SkipLink />
      <aside class="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line bg-raised p-4 lg:flex">
        <a
          href={home}
          class="mb-4 inline-flex min-h-11 items-center self-start rounded-sm px-3"
          aria-label={`${t.brand} – ${t.nav.dashboard}`}
        >
          <Logo />
        </a>
        <BalanceCard balance={balance} />
        <nav aria-label={t.nav.studio} class="mt-4">
          <ul class="flex flex-col gap-0.5">
            {PAGES.map((item) => (
              <li key={item.page}>
                <SideLink {...item} active={active} />
              </li>
            ))}
          </ul>
        </nav>
        <AccountPanel class="mt-auto pt-6" />
      </aside>

      <div class="flex min-w-0 flex-col pb-20 lg:pb-0">
        <header class="sticky top-0 z-30 flex items-center gap-3 border-b border-line bg-raised px-4 py-2 lg:hidden">
          <a
            href={home}
            class="mr-auto inline-flex min-h-11 items-center rounded-sm"
            aria-label={`${t.brand} – ${t.nav.dashboard}`}
          >
            <Logo />
          </a>
          {balance && (
            <a
              href={localePath(locale, "/app/credits")}
              class="inline-flex min-h-11 items-center gap-2 rounded-md px-2 text-sm"
              data-balances
            >
              <span class="text-muted">{t.balance.label}</span>
              <span class="figures text-base font-bold" data-balance>{formatNumber(balance.available, locale)}</span>
            </a>
          )}
          <AccountMenu />
        </header>
        {banner}
        <main
          id="content"
          tabIndex={-1}
          class="mx-auto w-full max-w-page flex-1 px-4 py-6 outline-none sm:px-6 lg:px-10 lg:py-10"
        >
          {children}
        </main>
      </div>

      <nav
        aria-label={t.nav.studio}
        class="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        <ul class="mx-auto grid max-w-xl grid-cols-5">
          {PAGES.map((item) => (
            <li key={item.page}>
              <BarLink {...item} active={active} />
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function BalanceCard({ balance }: { balance: Balance | null }) {
  const { locale } = currentRequest();
  const t = messages(locale);
  if (!balance) return null;
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

interface NavItem {
  page: AppPage;
  path: string;
  icon: IconName;
  active?: AppPage;
}

function SideLink({ page, path, icon, active }: NavItem) {
  const { locale } = currentRequest();
  return (
    <a
      href={localePath(locale, path)}
      aria-current={page === active ? "page" : undefined}
      class="flex min-h-11 items-center gap-3 rounded-md border-l-4 border-transparent px-2.5 text-ink hover:bg-sunken aria-[current=page]:border-accent aria-[current=page]:bg-sunken aria-[current=page]:font-semibold"
    >
      <Icon name={icon} />
      {messages(locale).nav[page]}
    </a>
  );
}

function BarLink({ page, path, icon, active }: NavItem) {
  const { locale } = currentRequest();
  return (
    <a
      href={localePath(locale, path)}
      aria-current={page === active ? "page" : undefined}
      class="flex min-h-15 flex-col items-center justify-center gap-1 border-t-2 border-transparent px-1 text-xs leading-tight text-muted aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
    >
      <Icon name={icon} />
      {messages(locale).navShort[page]}
    </a>
  );
}

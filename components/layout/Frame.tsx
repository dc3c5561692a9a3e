import type { ComponentChildren } from "preact";
import { messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { AccountMenu, AccountPanel } from "./AccountMenu.tsx";
import { Logo } from "./Logo.tsx";
import { SkipLink } from "./SkipLink.tsx";

export interface FramePage {
  /** With the locale's prefix. */
  href: string;
  icon: IconName;
  name: string;
  /** For the bar at the thumb; without it the page is behind the menu of narrow screens. */
  short?: string;
  current: boolean;
}

/**
 * A sidebar from 1024 px up, a bar at the thumb below that. `aside` stands in the sidebar above the pages, `bar` in
 * the header of narrow screens, `banner` above the page.
 */
export function Frame({ home, label, pages, aside, bar, banner, operator, children }: {
  home: { href: string; name: string };
  /** What the pages are, for screen readers. */
  label: string;
  /** At most five with a short name. */
  pages: FramePage[];
  aside?: ComponentChildren;
  bar?: ComponentChildren;
  banner?: ComponentChildren;
  /** Whether the person has the operators' pages in their menu. */
  operator: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
      <SkipLink />
      <aside class="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line bg-raised p-4 lg:flex">
        <Home {...home} class="mb-4 self-start px-3" />
        {aside}
        <nav aria-label={label} class="mt-4">
          <ul class="flex flex-col gap-0.5">
            {pages.map((page) => (
              <li key={page.href}>
                <SideLink {...page} />
              </li>
            ))}
          </ul>
        </nav>
        <AccountPanel class="mt-auto pt-6" operator={operator} />
      </aside>

      <div class="flex min-w-0 flex-col pb-20 lg:pb-0">
        <header class="sticky top-0 z-30 flex items-center gap-3 border-b border-line bg-raised px-4 py-2 lg:hidden">
          <Home {...home} class="mr-auto" />
          {bar}
          <AccountMenu operator={operator} pages={pages.filter(({ short }) => short === undefined)} />
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
        aria-label={label}
        class="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        <ul class="mx-auto grid max-w-xl grid-cols-5">
          {pages.filter(({ short }) => short !== undefined).map((page) => (
            <li key={page.href}>
              <BarLink {...page} />
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function Home({ href, name, class: place }: { href: string; name: string; class: string }) {
  return (
    <a
      href={href}
      class={`inline-flex min-h-11 items-center rounded-sm ${place}`}
      aria-label={`${messages(currentRequest().locale).brand} – ${name}`}
    >
      <Logo />
    </a>
  );
}

function SideLink({ href, icon, name, current }: FramePage) {
  return (
    <a
      href={href}
      aria-current={current ? "page" : undefined}
      class="flex min-h-11 items-center gap-3 rounded-md border-l-4 border-transparent px-2.5 text-ink hover:bg-sunken aria-[current=page]:border-accent aria-[current=page]:bg-sunken aria-[current=page]:font-semibold"
    >
      <Icon name={icon} />
      {name}
    </a>
  );
}

function BarLink({ href, icon, short, current }: FramePage) {
  return (
    <a
      href={href}
      aria-current={current ? "page" : undefined}
      class="flex min-h-15 flex-col items-center justify-center gap-1 border-t-2 border-transparent px-1 text-xs leading-tight text-muted aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
    >
      <Icon name={icon} />
      {short}
    </a>
  );
}

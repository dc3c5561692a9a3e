import type { ComponentChildren } from "preact";
import { localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Logo } from "./Logo.tsx";
import { SkipLink } from "./SkipLink.tsx";
import { SiteFooter } from "./SiteFooter.tsx";

/** Header and footer of the public pages. */
export function SiteLayout({ children }: { children: ComponentChildren }) {
  return (
    <div class="flex min-h-dvh flex-col">
      <SkipLink />
      <SiteHeader />
      <main id="content" tabIndex={-1} class="flex-1 outline-none">{children}</main>
      <SiteFooter />
    </div>
  );
}

function SiteHeader() {
  const { locale, path, session } = currentRequest();
  const t = messages(locale);
  const to = (page: string) => localePath(locale, page);
  const account = session
    ? (
      <Button size="sm" class="whitespace-nowrap" href={to("/app")}>
        {t.nav.openStudio}
        <Icon name="arrow-right" size={18} />
      </Button>
    )
    : <Button size="sm" class="whitespace-nowrap" href={to("/sign-up")}>{t.nav.signUp}</Button>;
  return (
    <header class="border-b border-line bg-surface">
      <div class="mx-auto flex min-h-16 max-w-page items-center gap-2 px-4 sm:gap-4 sm:px-6">
        <a
          href={to("/")}
          class="mr-auto inline-flex min-h-11 items-center rounded-sm"
          aria-label={`${t.brand} – ${t.nav.home}`}
        >
          <Logo />
        </a>
        <nav aria-label={t.nav.site} class="flex items-center">
          <HeaderLink
            href={to("/pricing")}
            current={path === "/pricing"}
            class={session ? "inline-flex" : "hidden sm:inline-flex"}
          >
            {t.nav.pricing}
          </HeaderLink>
          {!session && <HeaderLink href={to("/log-in")} current={path === "/log-in"}>{t.nav.logIn}</HeaderLink>}
        </nav>
        {account}
      </div>
    </header>
  );
}

function HeaderLink({ href, current, children, class: place = "inline-flex" }: {
  href: string;
  current: boolean;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <a
      href={href}
      aria-current={current ? "page" : undefined}
      class={`min-h-11 items-center whitespace-nowrap px-1.5 text-sm font-semibold underline-offset-4 hover:underline aria-[current=page]:underline aria-[current=page]:decoration-accent aria-[current=page]:decoration-2 sm:px-3 sm:text-base ${place}`}
    >
      {children}
    </a>
  );
}

import { localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Icon } from "../ui/Icon.tsx";
import type { FramePage } from "./Frame.tsx";
import { LanguageSwitch, ThemeSwitch } from "./Preferences.tsx";

/** Who is signed in, language, appearance, log-out; for operators the way to their pages. */
export function AccountPanel({ operator, class: place = "" }: { operator: boolean; class?: string }) {
  const { locale, path, session } = currentRequest();
  const t = messages(locale);
  return (
    <div class={`flex flex-col items-start gap-2 ${place}`}>
      <LanguageSwitch />
      <ThemeSwitch />
      {session && <p class="mt-2 w-full truncate px-2.5 text-sm text-muted" title={session.email}>{session.email}</p>}
      <div class="w-full">
        {operator && (
          <a
            href={localePath(locale, "/admin")}
            aria-current={path.startsWith("/admin") ? "true" : undefined}
            class="flex min-h-11 items-center gap-3 rounded-md px-2.5 hover:bg-sunken aria-[current=true]:bg-sunken aria-[current=true]:font-semibold"
          >
            <Icon name="scales" />
            {t.nav.operations}
          </a>
        )}
        <a
          href={localePath(locale, "/app/settings")}
          aria-current={path === "/app/settings" ? "page" : undefined}
          class="flex min-h-11 items-center gap-3 rounded-md px-2.5 hover:bg-sunken aria-[current=page]:bg-sunken aria-[current=page]:font-semibold"
        >
          <Icon name="user" />
          {t.app.settings.title}
        </a>
        <form method="post" action={localePath(locale, "/log-out")}>
          <button type="submit" class="flex min-h-11 w-full items-center gap-3 rounded-md px-2.5 hover:bg-sunken">
            <Icon name="log-out" />
            {t.nav.logOut}
          </button>
        </form>
      </div>
    </div>
  );
}

/**
 * The panel behind a button, for narrow screens: `<details>`, so that it opens without JavaScript. `pages` are those for
 * which the bar has no room.
 */
export function AccountMenu({ operator, pages }: { operator: boolean; pages: FramePage[] }) {
  const t = messages(currentRequest().locale);
  return (
    <details class="relative">
      <summary class="inline-flex size-11 items-center justify-center rounded-md border border-line hover:border-line-strong">
        <Icon name="user" label={t.nav.account} />
      </summary>
      <div class="absolute top-full right-0 z-40 mt-2 w-64 rounded-lg border border-line bg-raised p-3 shadow-menu">
        {pages.length > 0 && (
          <ul class="mb-2 border-b border-line pb-2">
            {pages.map(({ href, icon, name, current }) => (
              <li key={href}>
                <a
                  href={href}
                  aria-current={current ? "page" : undefined}
                  class="flex min-h-11 items-center gap-3 rounded-md px-2.5 hover:bg-sunken aria-[current=page]:bg-sunken aria-[current=page]:font-semibold"
                >
                  <Icon name={icon} />
                  {name}
                </a>
              </li>
            ))}
          </ul>
        )}
        <AccountPanel operator={operator} />
      </div>
    </details>
  );
}

import { type Locale, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { currentRequest, type Theme } from "../../platform/request.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";

const THEMES: { theme: Theme; icon: IconName }[] = [
  { theme: "light", icon: "sun" },
  { theme: "dark", icon: "moon" },
  { theme: "system", icon: "screen" },
];

/** The same page in the other language. */
export function LanguageSwitch({ class: place = "" }: { class?: string }) {
  const { locale, path, search } = currentRequest();
  const t = messages(locale);
  return (
    <nav aria-label={t.language.label} class={`flex items-center gap-1 ${place}`}>
      {LOCALES.map((each) => (
        <LanguageLink key={each} to={each} current={locale} path={path + search} label={t.language[each]} />
      ))}
    </nav>
  );
}

function LanguageLink({ to, current, path, label }: { to: Locale; current: Locale; path: string; label: string }) {
  const here = to === current;
  return (
    <a
      href={localePath(to, path)}
      hreflang={to}
      lang={to}
      aria-current={here ? "true" : undefined}
      class={`inline-flex min-h-9 items-center rounded-md px-2.5 text-sm ${
        here ? "bg-sunken font-semibold" : "text-muted hover:text-ink hover:underline"
      }`}
    >
      {label}
    </a>
  );
}

/** A form, so that it works without JavaScript; the answer is a cookie and the page it came from. */
export function ThemeSwitch({ class: place = "" }: { class?: string }) {
  const { locale, path, search, theme } = currentRequest();
  const t = messages(locale);
  return (
    <form method="post" action={localePath(locale, "/theme")} class={place}>
      <input type="hidden" name="next" value={localePath(locale, path + search)} />
      <div role="group" aria-label={t.theme.label} class="inline-flex rounded-md border border-line p-0.5">
        {THEMES.map(({ theme: each, icon }) => (
          <button
            key={each}
            type="submit"
            name="theme"
            value={each}
            title={t.theme[each]}
            aria-pressed={each === theme ? "true" : "false"}
            class="inline-flex size-9 items-center justify-center rounded-sm text-muted hover:text-ink aria-pressed:bg-sunken aria-pressed:text-ink"
          >
            <Icon name={icon} size={18} label={t.theme[each]} />
          </button>
        ))}
      </div>
    </form>
  );
}

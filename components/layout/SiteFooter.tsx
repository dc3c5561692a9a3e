import { localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Logo } from "./Logo.tsx";
import { LanguageSwitch, ThemeSwitch } from "./Preferences.tsx";

export function SiteFooter() {
  const { locale, session } = currentRequest();
  const t = messages(locale);
  const links = [
    ["/pricing", t.nav.pricing],
    ["/checkpoints", t.nav.checkpoints],
    ["/verify", t.nav.verify],
    ["/docs/credits", t.nav.docs],
    ...(session ? [["/app", t.nav.openStudio]] : [["/log-in", t.nav.logIn], ["/sign-up", t.nav.signUp]]),
  ];
  return (
    <footer class="border-t border-line">
      <div class="mx-auto flex max-w-page flex-col gap-6 px-4 py-10 sm:px-6 md:flex-row md:items-end md:justify-between">
        <div>
          <Logo />
          <p class="mt-3 text-sm text-muted">{t.footer.line}</p>
          <ul class="-mx-2 mt-3 flex flex-wrap">
            {links.map(([path, label]) => (
              <li key={path}>
                <a
                  href={localePath(locale, path)}
                  class="inline-flex min-h-9 items-center px-2 text-sm underline-offset-4 hover:underline"
                >
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </div>
        <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </div>
    </footer>
  );
}

import type { ComponentChildren } from "preact";
import { localePath, messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";
import { Logo } from "./Logo.tsx";
import { LanguageSwitch, ThemeSwitch } from "./Preferences.tsx";
import { SkipLink } from "./SkipLink.tsx";

/** One form on one sheet, nothing to wander off to. `aside` stands under the sheet: the other way in. */
export function AuthLayout({ title, lead, aside, children }: {
  title: string;
  lead?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { locale } = currentRequest();
  const t = messages(locale);
  return (
    <div class="flex min-h-dvh flex-col">
      <SkipLink />
      <header class="mx-auto flex w-full max-w-page items-center px-4 py-4 sm:px-6">
        <a
          href={localePath(locale, "/")}
          class="inline-flex min-h-11 items-center rounded-sm"
          aria-label={`${t.brand} – ${t.nav.home}`}
        >
          <Logo />
        </a>
      </header>
      <main id="content" tabIndex={-1} class="mx-auto w-full max-w-form flex-1 px-4 pt-4 pb-12 outline-none sm:pt-10">
        <div class="rounded-lg border border-line bg-raised p-5 shadow-card sm:p-8">
          <h1 class="font-display text-2xl font-bold tracking-tight sm:text-3xl">{title}</h1>
          {lead && <p class="prose mt-2 text-muted">{lead}</p>}
          <div class="mt-6">{children}</div>
        </div>
        {aside && <div class="prose mt-6 text-center">{aside}</div>}
      </main>
      <footer class="mx-auto flex w-full max-w-page flex-wrap items-center justify-center gap-x-4 gap-y-2 px-4 pb-6">
        <LanguageSwitch />
        <ThemeSwitch />
      </footer>
    </div>
  );
}

export type Locale = "en" | "pl";
export const LOCALES: readonly Locale[] = ["en", "pl"];

/** On a request inside: `pl` for what came in under `/pl`. Set by `platform/locale-rewrite.ts` alone. */
export const LOCALE_HEADER = "x-kredo-locale";

/**
 * English lives at the path, Polish under `/pl`. Query and hash stay: `("pl", "/?a=1")` → `/pl?a=1`.
 *
 * Whoever asks for `/pl//evil.test` chose the path that the page's own links repeat, and in a link two
 * slashes name another host. So a path begins with one.
 */
export function localePath(locale: Locale, path: string): string {
  const here = path.replace(/^\/[/\\]+/, "/");
  if (locale === "en") return here;
  return "/pl" + here.replace(/^\/(?=$|[?#])/, "");
}

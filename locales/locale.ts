export type Locale = "en" | "pl";
export const LOCALES: readonly Locale[] = ["en", "pl"];

/** On a request inside: `pl` for what came in under `/pl`. Set by `platform/locale-rewrite.ts` alone. */
export const LOCALE_HEADER = "x-kredo-locale";

/** English lives at the path, Polish under `/pl`. Query and hash stay: `("pl", "/?a=1")` → `/pl?a=1`. */
export function localePath(locale: Locale, path: string): string {
  if (locale === "en") return path;
  return "/pl" + path.replace(/^\/(?=$|[?#])/, "");
}

export type Locale = "en" | "pl";
export const LOCALES: readonly Locale[] = ["en", "pl"];

/** English lives at the path, Polish under `/pl`. Query and hash stay: `("pl", "/?a=1")` → `/pl?a=1`. */
export function localePath(locale: Locale, path: string): string {
  if (locale === "en") return path;
  return "/pl" + path.replace(/^\/(?=$|[?#])/, "");
}

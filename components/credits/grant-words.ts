import type { GrantSource } from "../../domain/credits/list-grants.ts";
import { type Locale, messages } from "../../locales/mod.ts";

/** Where a lot is from, in words. */
export function sourceWords({ source, ref }: { source: GrantSource; ref: string }, locale: Locale): string {
  const { sources } = messages(locale).app.lots;
  if (ref === "signup") return sources.signup;
  if (ref.startsWith("free:")) return sources.free;
  if (ref.startsWith("house:job:")) return sources.house;
  return ref.startsWith("plan:job:") ? sources.covered : sources[source];
}

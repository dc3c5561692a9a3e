import { localePath } from "../../locales/locale.ts";
import type { RequestContext } from "../request.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The same page under the address that the app is configured with, for somebody on this machine who came by
 * its other name: "localhost" for 127.0.0.1, say. Cookies, the redirect behind a form (which the content
 * policy checks), mailed links and the way back from Stripe hold for one name only, so with the other one
 * the first button would do nothing. Null where there is nothing to correct.
 *
 * Only between the machine's own names: behind a proxy a different Host is nobody's mistake.
 */
export function ownAddress(
  { method, url }: Request,
  { locale, path, search }: Pick<RequestContext, "locale" | "path" | "search">,
  webUrl: string,
): string | null {
  if (method !== "GET" && method !== "HEAD") return null;
  const [asked, own] = [new URL(url), new URL(webUrl)];
  if (asked.hostname === own.hostname || /^\/api(\/|$)/.test(path)) return null;
  if (!LOOPBACK.has(asked.hostname) || !LOOPBACK.has(own.hostname)) return null;
  return own.origin + localePath(locale, path) + search;
}

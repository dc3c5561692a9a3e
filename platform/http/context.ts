import { LOCALE_HEADER } from "../../locales/locale.ts";
import type { WebConfig } from "../config.ts";
import type { Locale, RequestContext, Theme } from "../request.ts";
import { parseCookies, sessionCookieName } from "../session-cookie.ts";
import { clientAddress } from "./client-address.ts";
import { createNonce } from "./security.ts";

export const THEME_COOKIE = "kredo-theme";

export function createRequestContext(request: Request, config: WebConfig): RequestContext {
  const cookies = parseCookies(request.headers.get("cookie"));
  const { pathname, search } = new URL(request.url);
  return {
    requestId: requestId(request, config),
    locale: locale(request),
    theme: theme(cookies),
    nonce: createNonce(),
    path: pathname,
    search,
    origin: config.webUrl,
    address: clientAddress(request, config),
    cookies,
    sessionCookie: sessionCookieName(config.production),
    session: null,
    tokens: undefined,
    authUnavailable: false,
  };
}

/** A proxy of ours may have named the request already; from anybody else a name could forge log lines. */
function requestId(request: Request, config: WebConfig): string {
  const given = config.trustProxy ? request.headers.get("x-request-id") : null;
  return given && /^[\w-]{8,64}$/.test(given) ? given : crypto.randomUUID();
}

function locale(request: Request): Locale {
  return request.headers.get(LOCALE_HEADER) === "pl" ? "pl" : "en";
}

function theme(cookies: Map<string, string>): Theme {
  const value = cookies.get(THEME_COOKIE);
  return value === "light" || value === "dark" ? value : "system";
}

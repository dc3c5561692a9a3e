import { AsyncLocalStorage } from "node:async_hooks";
import type { Locale } from "../locales/locale.ts";
import type { Tokens } from "./auth.ts";

export type { Locale };
export type Theme = "light" | "dark" | "system";

/** A signed-in person, as their access token says. */
export interface Session {
  userId: string;
  email: string;
  accessToken: string;
  claims: Record<string, unknown>;
}

/** What everything behind a request may know without being handed it: pages, layouts and the log. */
export interface RequestContext {
  readonly requestId: string;
  readonly locale: Locale;
  readonly theme: Theme;
  /** For the one inline script that a page with islands carries. */
  readonly nonce: string;
  /** Path without the locale prefix and without the query. */
  readonly path: string;
  /** `?a=b`, or empty. */
  readonly search: string;
  /** Origin of the web app, for absolute links. */
  readonly origin: string;
  /** Address of the client, for limits. */
  readonly address: string;
  /** Cookies as the browser sent them. */
  readonly cookies: Map<string, string>;
  /** Name of the session cookie, which production prefixes. */
  readonly sessionCookie: string;
  session: Session | null;
  /** Tokens that the answer puts into the cookie; `null` removes it, `undefined` leaves it alone. */
  tokens: Tokens | null | undefined;
  /** Whether somebody came with a session that could not be checked because Auth did not answer. */
  authUnavailable: boolean;
}

const storage = new AsyncLocalStorage<RequestContext>();
const contexts = new WeakMap<Request, RequestContext>();

export function runInRequest<T>(request: Request, context: RequestContext, run: () => T): T {
  contexts.set(request, context);
  return storage.run(context, run);
}

/** `undefined` outside of a request, for the log. */
export function maybeCurrentRequest(): RequestContext | undefined {
  return storage.getStore();
}

export function currentRequest(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new Error("There is no request here: this runs only behind main.ts");
  return context;
}

/**
 * Gives `_error` its request back.
 *
 * Fresh renders it after the middleware chain, and with it the storage above, has ended. Call it
 * first thing in the handler, before any `await`: what is entered later does not reach the page.
 */
export function resumeRequest(request: Request, fallback: () => RequestContext): RequestContext {
  const context = contexts.get(request) ?? fallback();
  storage.enterWith(context);
  return context;
}

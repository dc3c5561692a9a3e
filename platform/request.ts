import { AsyncLocalStorage } from "node:async_hooks";
import type { Locale } from "../locales/locale.ts";

export type Theme = "light" | "dark" | "system";

/** What the document and the layouts need to know of the request they are rendered for. */
export interface CurrentRequest {
  requestId: string;
  locale: Locale;
  theme: Theme;
  /** Of the content security policy. */
  nonce: string;
  /** Without the locale's prefix. */
  path: string;
  /** With its question mark, or empty. */
  search: string;
  session: { email: string } | null;
}

const requests = new AsyncLocalStorage<CurrentRequest>();

/** Fresh gives `_app` its children and nothing else; the rest reaches it through here. */
export function withRequest<T>(request: CurrentRequest, run: () => T): T {
  return requests.run(request, run);
}

export function currentRequest(): CurrentRequest {
  return requests.getStore() ??
    { requestId: "", locale: "en", theme: "system", nonce: "", path: "/", search: "", session: null };
}

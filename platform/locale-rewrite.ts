import { fetchViteEnv } from "nitro/vite/runtime";
import { LOCALE_HEADER } from "../locales/locale.ts";

interface Connection {
  ip?: string;
  runtime?: unknown;
  waitUntil?: unknown;
}

const POLISH = /^\/pl(?=\/|$)/;

/**
 * Serves `/pl/…` from the routes of `/…`.
 *
 * Fresh matches a file before its middleware runs, so a prefix has to go before the router sees the
 * URL. This is Nitro middleware for that reason; wrapper files under `routes/pl/` would have been a
 * second list of every page.
 */
export default function localeRewrite(event: { req: Request & Connection }): Promise<Response> | undefined {
  const url = new URL(event.req.url);
  if (!POLISH.test(url.pathname)) return undefined;

  url.pathname = url.pathname.slice("/pl".length) || "/";
  const headers = new Headers(event.req.headers);
  headers.set(LOCALE_HEADER, "pl");
  const { method, body } = event.req;
  // `duplex` is required by the Fetch standard for a streamed body and missing from the DOM types.
  const init: RequestInit & { duplex: "half" } = { method, headers, body, duplex: "half", redirect: "manual" };
  const rewritten = new Request(url, init);
  // What the server knows about the connection, which a new Request does not carry over.
  const { ip, runtime, waitUntil } = event.req;
  return fetchViteEnv("ssr", Object.assign(rewritten, { ip, runtime, waitUntil }));
}

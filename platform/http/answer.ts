import type { WebConfig } from "../config.ts";
import type { RequestContext } from "../request.ts";
import { writeSessionCookie } from "../session-cookie.ts";
import { addNonce, securityHeaders } from "./security.ts";

/** Headers that every answer carries: request id, security, and the session cookie if it changed. */
export function commonHeaders(config: WebConfig, context: RequestContext): [name: string, value: string][] {
  const headers: [string, string][] = Object.entries(securityHeaders(config, context.nonce));
  headers.push(["x-request-id", context.requestId]);
  if (context.tokens !== undefined) {
    for (
      const cookie of writeSessionCookie(context.cookies, context.sessionCookie, config.production, context.tokens)
    ) {
      headers.push(["set-cookie", cookie]);
    }
  }
  return headers;
}

/** The answer with the common headers on it, and with the nonce in its HTML. Streams pass through untouched. */
export async function finishAnswer(response: Response, config: WebConfig, context: RequestContext): Promise<Response> {
  const isHtml = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  const body = isHtml ? addNonce(await response.text(), context.nonce) : response.body;
  const headers = new Headers(response.headers);
  for (const [name, value] of commonHeaders(config, context)) {
    if (name === "set-cookie") headers.append(name, value);
    else headers.set(name, value);
  }
  // Pages show who is signed in. Not no-store, which would also switch off the back/forward cache.
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-cache");
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

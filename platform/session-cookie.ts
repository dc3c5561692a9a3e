import { combineChunks, createChunks, isChunkLike, stringFromBase64URL, stringToBase64URL } from "@supabase/ssr";
import type { Tokens } from "./auth.ts";

/**
 * The session cookie, in the format of @supabase/ssr (`base64-` + base64url of JSON, in chunks), so
 * that its clients could read it. The package's server client is not used to read: it builds a whole
 * supabase-js client, which costs more than rendering a page.
 */

const PREFIX = "base64-";
/** Browsers keep no cookie for longer than 400 days; Auth ends the session when its own time is up. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** `__Host-` makes browsers insist on https, on this host alone and on the whole path. */
export function sessionCookieName(production: boolean): string {
  return production ? "__Host-kredo-session" : "kredo-session";
}

export function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  return cookies;
}

export function hasSessionCookie(cookies: Map<string, string>, name: string): boolean {
  return [...cookies.keys()].some((cookie) => isChunkLike(cookie, name));
}

/** `null` for no cookie and for one that nobody here wrote. */
export async function readSessionCookie(cookies: Map<string, string>, name: string): Promise<Tokens | null> {
  const value = await combineChunks(name, (chunk) => cookies.get(chunk));
  if (!value?.startsWith(PREFIX)) return null;
  try {
    const tokens = JSON.parse(stringFromBase64URL(value.slice(PREFIX.length)));
    return typeof tokens.access_token === "string" && typeof tokens.refresh_token === "string" ? tokens : null;
  } catch {
    return null;
  }
}

/** `Set-Cookie` values that keep `tokens`, or with `null` forget them, given the cookies the browser sent. */
export function writeSessionCookie(
  sent: Map<string, string>,
  name: string,
  production: boolean,
  tokens: Tokens | null,
): string[] {
  const chunks = tokens ? createChunks(name, PREFIX + stringToBase64URL(JSON.stringify(kept(tokens)))) : [];
  const stale = [...sent.keys()].filter((cookie) =>
    isChunkLike(cookie, name) && !chunks.some((chunk) => chunk.name === cookie)
  );
  const attributes = `Path=/; HttpOnly; SameSite=Lax${production ? "; Secure" : ""}`;
  return [
    ...stale.map((cookie) => `${cookie}=; ${attributes}; Max-Age=0`),
    ...chunks.map((chunk) => `${chunk.name}=${chunk.value}; ${attributes}; Max-Age=${MAX_AGE_SECONDS}`),
  ];
}

function kept({ access_token, refresh_token, expires_at, expires_in, token_type }: Tokens): Tokens {
  return { access_token, refresh_token, expires_at, expires_in, token_type };
}

import type { Session } from "./request.ts";

/** A withdrawn signing key may be honoured this much longer. Milliseconds. */
const KEEP_MS = 60_000;
const MOST = 5_000;

/**
 * Remembers which access tokens were found good. Checking a signature is a trip to the crypto threads and
 * was a fifth of the processor time of a signed-in page; a token does not change between two clicks.
 */
export function rememberVerified(
  verify: (accessToken: string) => Promise<Session | null>,
  now: () => number = Date.now,
): (accessToken: string) => Promise<Session | null> {
  const known = new Map<string, { session: Session; until: number }>();

  return async (accessToken) => {
    const hit = known.get(accessToken);
    if (hit && now() < hit.until) return hit.session;
    known.delete(accessToken);

    const session = await verify(accessToken);
    if (session) {
      const expiresAt = typeof session.claims.exp === "number" ? session.claims.exp * 1000 : 0;
      // A Map keeps the order of insertion: the first key is the oldest.
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(accessToken, { session, until: Math.min(expiresAt, now() + KEEP_MS) });
    }
    return session;
  };
}

import { AppError } from "../../domain/errors.ts";
import type { Tokens } from "../auth.ts";
import { type Limit, takeLimit } from "../limits.ts";
import type { RequestContext, Session } from "../request.ts";
import { currentRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { readSessionCookie } from "../session-cookie.ts";

/** Seconds before its end at which a token is renewed, so that it lasts for the request it came with. */
const RENEW_BEFORE = 60;

/** Auth counts renewals by address, and everybody's come from ours: one person must not use them up for all. */
const renewalsPerPerson: Limit = { bucket: "renewals", hits: 30, seconds: 600 };

/** Who is asking: the bearer token alone if there is one, else the cookie, renewed when it is about to end. */
export async function loadSession(
  request: Request,
  context: RequestContext,
  { auth, db, log }: Pick<Services, "auth" | "db" | "log">,
): Promise<Session | null> {
  const bearer = bearerToken(request);
  if (bearer !== null) return bearer === "" ? null : await auth.verify(bearer);

  const tokens = await readSessionCookie(context.cookies, context.sessionCookie);
  if (!tokens) return null;
  let current: Session | null = null;
  try {
    current = await auth.verify(tokens.access_token);
    const secondsLeft = (tokens.expires_at ?? 0) - Date.now() / 1000;
    if (current && secondsLeft > RENEW_BEFORE) return current;

    // A cookie can be made up. Only one that began as ours is worth a call to Auth.
    const owner = current?.userId ?? await auth.ownerOf(tokens.access_token);
    const renewed = owner &&
      await auth.refresh(tokens.refresh_token, () => takeLimit(db, renewalsPerPerson, owner));
    context.tokens = renewed || null;
    return renewed ? await auth.verify(renewed.access_token) : null;
  } catch (error) {
    // Auth is down. Nobody is logged out for that: the cookie stays, and the old token serves while it lasts.
    log.warn("could not renew a session", { error });
    context.authUnavailable = current === null;
    return current;
  }
}

/** @throws {AppError} unauthenticated; or unavailable while Auth is down, which must not look like a log-out */
export function requireSession(): Session {
  const context = currentRequest();
  if (context.session) return context.session;
  if (context.authUnavailable) throw new AppError("unavailable", { retryAfter: 5 });
  throw new AppError("unauthenticated");
}

/** When the session's access token ends, in milliseconds since 1970: no stream outlives that. */
export function sessionEnd({ claims }: Session): number {
  return typeof claims.exp === "number" ? claims.exp * 1_000 : Infinity;
}

/** Signs the browser in: the answer to this request will carry the cookie. */
export function keepSession(tokens: Tokens): void {
  currentRequest().tokens = tokens;
}

/** Signs the browser out. */
export function dropSession(): void {
  const context = currentRequest();
  context.tokens = null;
  context.session = null;
}

/** The token of `Authorization: Bearer …`; empty for any other scheme, `null` without the header. */
function bearerToken(request: Request): string | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  return /^Bearer +([\w.~+/=-]+)$/i.exec(header)?.[1] ?? "";
}

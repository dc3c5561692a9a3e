import { AuthApiError, createClient, type Session as AuthSession, type SupabaseClient } from "@supabase/supabase-js";
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { AppError } from "../domain/errors.ts";
import { fromAuth } from "./auth-errors.ts";
import type { WebConfig } from "./config.ts";
import type { Session } from "./request.ts";
import { rememberVerified } from "./verified-tokens.ts";

const TIMEOUT_MS = 5_000;

/** What a browser or an API client keeps: Supabase's session without the user. */
export type Tokens = Pick<AuthSession, "access_token" | "refresh_token" | "expires_at" | "expires_in" | "token_type">;

export interface Auth {
  /**
   * A client that remembers nobody. A new one for each act: supabase-js keeps the last session in
   * memory, and a shared client would hand it to the next person.
   */
  client(accessToken?: string): SupabaseClient;
  /** Who the token speaks for, without a call to Auth; `null` if it is forged, expired or for another audience. */
  verify(accessToken: string): Promise<Session | null>;
  /** Id of the person for whom Auth made this token, ended or not; `null` if it never did. */
  ownerOf(accessToken: string): Promise<string | null>;
  /**
   * A new pair of tokens, or `null` if the old refresh token is spent. `before` runs if Auth is going to be
   * asked, and its error keeps Auth from being asked. @throws when Auth cannot be reached
   */
  refresh(refreshToken: string, before?: () => Promise<void>): Promise<Tokens | null>;
  /**
   * A new password for whoever holds the token. supabase-js can only do this for a session it has
   * stored, which needs a refresh token that API clients do not send.
   * @throws {AppError}
   */
  setPassword(accessToken: string, password: string): Promise<void>;
  /** Whether Auth answers at all. */
  answers(): Promise<boolean>;
}

export function createAuth({ url, publishableKey, jwtSecret }: WebConfig["supabase"]): Auth {
  const key = verificationKey(url, jwtSecret);
  const refreshing = new Map<string, Promise<Tokens | null>>();

  function client(accessToken?: string): SupabaseClient {
    return createClient(url, publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        headers: accessToken ? { authorization: `Bearer ${accessToken}` } : {},
        fetch: (input, init) => fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(TIMEOUT_MS) }),
      },
    });
  }

  async function verify(accessToken: string, clockTolerance = 5): Promise<Session | null> {
    try {
      const { payload } = await jwtVerify(accessToken, key, { audience: "authenticated", clockTolerance });
      if (payload.role !== "authenticated" || typeof payload.sub !== "string") return null;
      const email = typeof payload.email === "string" ? payload.email : "";
      return { userId: payload.sub, email, accessToken, claims: payload };
    } catch (error) {
      if (isTokensFault(error)) return null;
      throw new AppError("unavailable", { retryAfter: 5, cause: error });
    }
  }

  async function ownerOf(accessToken: string): Promise<string | null> {
    return (await verify(accessToken, Number.MAX_SAFE_INTEGER))?.userId ?? null;
  }

  /**
   * Tabs that wake together send the same refresh token. Those that reach this process share one call,
   * and its answer for ten seconds more; across processes Auth's reuse interval does the same.
   */
  function refresh(refreshToken: string, before = () => Promise.resolve()): Promise<Tokens | null> {
    const shared = refreshing.get(refreshToken);
    if (shared) return shared;
    const renewed = before().then(() => requestRefresh(refreshToken));
    refreshing.set(refreshToken, renewed);
    const forget = () => refreshing.delete(refreshToken);
    renewed.then(() => Deno.unrefTimer(setTimeout(forget, 10_000)), forget);
    return renewed;
  }

  /** Not supabase-js: it repeats a refresh that fails for half a minute, while somebody waits for a page. */
  async function requestRefresh(refreshToken: string): Promise<Tokens | null> {
    const { response, answer } = await call("POST", "/token?grant_type=refresh_token", { refresh_token: refreshToken });
    if (response.ok && typeof answer.access_token === "string") {
      const expiresAt = Math.floor(Date.now() / 1000) + Number(answer.expires_in);
      return { expires_at: expiresAt, ...answer } as Tokens;
    }
    if (response.status >= 400 && response.status < 500 && response.status !== 429) return null;
    throw new Error(`Auth answered a refresh with ${response.status}`);
  }

  async function setPassword(accessToken: string, password: string): Promise<void> {
    const { response, answer } = await call("PUT", "/user", { password }, accessToken).catch((cause: unknown) => {
      throw new AppError("unavailable", { retryAfter: 5, cause });
    });
    if (response.ok) return;
    throw fromAuth(new AuthApiError(String(answer.msg ?? ""), response.status, String(answer.error_code)));
  }

  async function call(method: string, path: string, body: unknown, accessToken?: string) {
    const response = await fetch(`${url}/auth/v1${path}`, {
      method,
      headers: {
        apikey: publishableKey,
        "content-type": "application/json",
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: Record<string, unknown> = await response.json().catch(() => ({}));
    return { response, answer };
  }

  async function answers(): Promise<boolean> {
    const request = { headers: { apikey: publishableKey }, signal: AbortSignal.timeout(2_000) };
    const response = await fetch(`${url}/auth/v1/health`, request).catch(() => null);
    await response?.body?.cancel();
    return response?.ok ?? false;
  }

  return { client, verify: rememberVerified((token) => verify(token)), ownerOf, refresh, setPassword, answers };
}

/** A key server that is down says nothing about the token, so that must not look like a log-out. */
function isTokensFault(error: unknown): boolean {
  const serversFault = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  return error instanceof errors.JOSEError && !serversFault && error.code !== "ERR_JOSE_GENERIC";
}

type VerificationKey = Uint8Array & JWTVerifyGetKey;

/** Projects sign with a shared secret (HS256) or, newer ones, with keys they publish. */
function verificationKey(url: string, jwtSecret: string | undefined): VerificationKey {
  const key = jwtSecret
    ? new TextEncoder().encode(jwtSecret)
    : createRemoteJWKSet(new URL(`${url}/auth/v1/.well-known/jwks.json`));
  // `jwtVerify` has an overload for each kind and none for their union.
  return key as VerificationKey;
}

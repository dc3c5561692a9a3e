import { AppError } from "../../domain/errors.ts";

const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses writes that another site makes a browser send (CSRF, log-in CSRF).
 *
 * Browsers name the sender of every cross-site write in `Origin`, and page code cannot change it. Tokens
 * in forms were rejected: they protect no better and break forms that stay open for long. A bearer
 * token is proof by itself, since browsers never attach one; a password (`Basic`) they may.
 */
export function checkOrigin(request: Request, webUrl: string, hasSessionCookie: boolean): void {
  if (READS.has(request.method) || /^bearer /i.test(request.headers.get("authorization") ?? "")) return;
  if (request.headers.get("sec-fetch-site") === "same-origin") return;

  const origin = request.headers.get("origin");
  if (origin === webUrl) return;
  // Neither header and no cookie: a program, not a browser, and there is nobody's session to abuse.
  const fromBrowser = origin !== null || request.headers.has("sec-fetch-site");
  if (fromBrowser || hasSessionCookie) throw new AppError("forbidden_origin");
}

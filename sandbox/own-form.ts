/**
 * Whether a write comes from a page of this origin, as far as browsers tell. Programs tell nothing and are welcome:
 * scripts and tests drive the sandbox this way. (A page with `referrer-policy: no-referrer` sends its forms with
 * `Origin: null`, as does a sandboxed frame of an attacker; ours have `same-origin`, so null stays refused.)
 */
export function isOwnForm(request: Request): boolean {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const origin = request.headers.get("origin");
  if (origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host)) return false;
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}

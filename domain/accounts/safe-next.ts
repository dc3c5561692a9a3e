/**
 * Where to go after logging in, from a `?next=` that anybody may have written.
 *
 * Threat: a link to our log-in page that ends on a look-alike of ours. So the answer is always a path of
 * this site. Besides `//evil`, browsers read `/\evil` and `/<tab>/evil` as another host, `/.//evil`
 * becomes `//evil` once its dots are resolved, and a proxy may decode `/%2fevil` before it looks.
 *
 * @param origin accept absolute URLs of this origin too: Auth puts such into its e-mails
 */
export function safeNext(next: string | null | undefined, fallback = "/app", origin?: string): string {
  if (!next || next.length > 2000) return fallback;
  const path = origin && next.startsWith(`${origin}/`) ? next.slice(origin.length) : next;
  if (!staysHere(path)) return fallback;

  const base = "http://kredo.invalid";
  if (!URL.canParse(path, base)) return fallback;
  const url = new URL(path, base);
  return url.origin === base && staysHere(url.pathname) ? url.pathname + url.search + url.hash : fallback;
}

/** One slash, then something else, however often it is decoded. */
function staysHere(path: string): boolean {
  let pathname = path.replace(/[?#].*$/s, "");
  for (let round = 0; round < 3; round++) {
    // deno-lint-ignore no-control-regex -- browsers drop control characters, which may hide a slash
    if (!/^\/(?![/\\])/.test(pathname) || /[\x00-\x20\x7f\\]/.test(pathname)) return false;
    try {
      pathname = decodeURIComponent(pathname);
    } catch {
      return false;
    }
  }
  return true;
}

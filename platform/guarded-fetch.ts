import { lookup } from "node:dns/promises";
import { isPublicAddress } from "./public-address.ts";

export interface Guard {
  /** Names that may be asked, on https and its usual port; their subdomains too. */
  hosts: readonly string[];
  /**
   * Hosts, `name` or `name:port`, that may be loopback and plain http. For the offline stand-in alone;
   * empty in production.
   */
  trustedHosts: readonly string[];
  fetch: typeof fetch;
  /** Every address a name resolves to. */
  resolve: (hostname: string) => Promise<string[]>;
}

/**
 * `refused`: we would refuse this address again, now or later. `gone`: it no longer has anything.
 * `unreachable`: the next try may succeed.
 */
export interface GuardedRefusal {
  ok: false;
  reason: "refused" | "gone" | "unreachable";
  detail: string;
}

const MAX_REDIRECTS = 3;

/**
 * Asks an address that came from outside, which is therefore treated as hostile: a server of ours must not become a
 * proxy into our own network.
 *
 * The allow-list of hosts is the guard; refusing private addresses after resolution is the second lock, for a name on
 * the list that is made to point inward. The connection resolves the name once more, and an answer that changes in between
 * (rebinding) meets the third: it is https, and nothing is sent before the other side has proved with a certificate that
 * it is the name on the list. Pinning the connection to the looked-up address was turned down: Deno's fetch cannot, and
 * a client of our own for it would be more to get wrong than it saves.
 *
 * @throws whatever `fetch` and `resolve` throw
 */
export async function guardedFetch(
  address: string,
  { hosts, trustedHosts, fetch, resolve }: Guard,
  init: { signal: AbortSignal; headers?: Record<string, string> },
): Promise<{ ok: true; response: Response } | GuardedRefusal> {
  let url = URL.canParse(address) ? new URL(address) : null;
  const origin = url?.host;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    if (!url) return refused("The output's address is not a URL.");
    const objection = objectionTo(url, hosts, trustedHosts) ?? await objectionToAddresses(url, trustedHosts, resolve);
    if (objection) return refused(objection);

    const response = await fetch(url, { ...init, redirect: "manual" });
    if (response.ok) return { ok: true, response };
    await response.body?.cancel();

    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      url = URL.canParse(location, url) ? new URL(location, url) : null;
      if (url && url.host !== origin) return refused("The output redirects to another host.");
      continue;
    }
    const detail = `The output answered ${response.status}.`;
    const isGone = response.status === 404 || response.status === 410 || response.status === 403;
    return { ok: false, reason: isGone ? "gone" : "unreachable", detail };
  }
  return refused("The output redirects too often.");
}

/** Every address a name resolves to. */
export async function resolveHost(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

export function refused(detail: string): GuardedRefusal {
  return { ok: false, reason: "refused", detail };
}

function objectionTo(url: URL, hosts: readonly string[], trustedHosts: readonly string[]): string | null {
  if (url.username || url.password) return "The output's address carries credentials.";
  if (trustedHosts.includes(url.host)) {
    return url.protocol === "https:" || url.protocol === "http:" ? null : "The output is not on http or https.";
  }
  if (url.protocol !== "https:") return "The output is not on https.";
  if (url.port) return "The output is on an unexpected port.";
  const isListed = hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  return isListed ? null : "The output is on a host we do not fetch from.";
}

async function objectionToAddresses(
  url: URL,
  trustedHosts: readonly string[],
  resolve: Guard["resolve"],
): Promise<string | null> {
  if (trustedHosts.includes(url.host)) return null;
  const addresses = await resolve(url.hostname);
  if (addresses.length === 0) throw new Error("The output's host does not resolve.");
  return addresses.every(isPublicAddress) ? null : "The output's host is on a private network.";
}

import { type ImageHeader, readImageHeader } from "./image-header.ts";
import { isPublicAddress } from "../../platform/public-address.ts";
import { readAtMost } from "../../platform/read-at-most.ts";

/** A provider's picture, checked and measured. */
export interface FetchedOutput extends ImageHeader {
  bytes: Uint8Array<ArrayBuffer>;
  /** Hex. */
  sha256: string;
}

/**
 * `refused`: we would refuse this output again, now or later. `gone`: the provider no longer has it.
 * `unreachable`: the next try may succeed.
 */
export type FetchOutputResult =
  | { ok: true; output: FetchedOutput }
  | { ok: false; reason: "refused" | "gone" | "unreachable"; detail: string };

export interface FetchOutputOptions {
  /**
   * Hosts, `name` or `name:port`, that may be loopback and plain http. For the offline stand-in alone;
   * empty in production.
   */
  trustedHosts: readonly string[];
  fetch: typeof fetch;
  /** Every address a name resolves to. */
  resolve: (hostname: string) => Promise<string[]>;
  maxBytes?: number;
  timeoutMs?: number;
}

/** Where Replicate keeps outputs; subdomains included. */
const PROVIDER_HOSTS = ["replicate.delivery"];
const MAX_REDIRECTS = 3;

/**
 * Downloads one output of a prediction.
 *
 * The URL comes from the provider's answer, so it is treated as hostile: a worker with a service key must
 * not become a proxy into our own network. The allow-list of hosts is the guard; refusing private
 * addresses after resolution is the second lock, for a name on the list that is made to point inward.
 */
export async function fetchOutput(url: string, options: FetchOutputOptions): Promise<FetchOutputResult> {
  const { maxBytes = 20 * 1024 * 1024, timeoutMs = 30_000 } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, options, signal);
    if (!(response instanceof Response)) return response;
    const tooLarge = refused(`The output is larger than ${maxBytes} bytes.`);
    if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
      await response.body?.cancel();
      return tooLarge;
    }
    const bytes = await readAtMost(response.body, maxBytes);
    if (!bytes) return tooLarge;

    const header = readImageHeader(bytes);
    if (!header) return refused("The output is not a PNG, JPEG or WebP image.");
    return { ok: true, output: { ...header, bytes, sha256: await sha256(bytes) } };
  } catch (error) {
    return { ok: false, reason: "unreachable", detail: error instanceof Error ? error.message : String(error) };
  }
}

async function request(
  address: string,
  { trustedHosts, fetch, resolve }: FetchOutputOptions,
  signal: AbortSignal,
): Promise<Response | Extract<FetchOutputResult, { ok: false }>> {
  let url = URL.canParse(address) ? new URL(address) : null;
  const origin = url?.host;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    if (!url) return refused("The output's address is not a URL.");
    const objection = objectionTo(url, trustedHosts) ?? await objectionToAddresses(url, trustedHosts, resolve);
    if (objection) return refused(objection);

    const response = await fetch(url, { redirect: "manual", signal });
    if (response.ok) return response;
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

function objectionTo(url: URL, trustedHosts: readonly string[]): string | null {
  if (url.username || url.password) return "The output's address carries credentials.";
  if (trustedHosts.includes(url.host)) {
    return url.protocol === "https:" || url.protocol === "http:" ? null : "The output is not on http or https.";
  }
  if (url.protocol !== "https:") return "The output is not on https.";
  if (url.port) return "The output is on an unexpected port.";
  const isProvider = PROVIDER_HOSTS.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  return isProvider ? null : "The output is on a host we do not fetch from.";
}

async function objectionToAddresses(
  url: URL,
  trustedHosts: readonly string[],
  resolve: FetchOutputOptions["resolve"],
): Promise<string | null> {
  if (trustedHosts.includes(url.host)) return null;
  const addresses = await resolve(url.hostname);
  if (addresses.length === 0) throw new Error("The output's host does not resolve.");
  return addresses.every(isPublicAddress) ? null : "The output's host is on a private network.";
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function refused(detail: string): Extract<FetchOutputResult, { ok: false }> {
  return { ok: false, reason: "refused", detail };
}

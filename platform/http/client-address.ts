import type { WebConfig } from "../config.ts";

/**
 * Whom limits count: the address of the client, or of its network.
 *
 * Anybody can write `X-Forwarded-For`, so it is believed only behind a proxy of ours, and then only its
 * last entry, which that proxy added.
 */
export function clientAddress(request: Request, config: Pick<WebConfig, "trustProxy">): string {
  const forwarded = config.trustProxy ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  // Set by the server that Nitro starts.
  const { ip } = request as Request & { ip?: string };
  return network(forwarded || ip || "unknown");
}

/** IPv6 clients own a whole /64 and could use a new address for each request. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  const [head, tail] = address.split("::");
  const front = head.split(":").filter(Boolean);
  const back = tail?.split(":").filter(Boolean) ?? [];
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  return `${[...front, ...zeros, ...back].slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":")}::/64`;
}

import { isIPv4, isIPv6 } from "node:net";

/**
 * Whether an IP address belongs to the public internet. Everything a request from our own servers must
 * never reach (this machine, the private network, cloud metadata) is refused, IPv4 hidden in IPv6 included.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return isPublicIPv4(address);
  if (isIPv6(address)) return isPublicIPv6(address);
  return false;
}

// RFC 6890 and its successors: [network, bits].
const RESERVED: [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carrier-grade NAT
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, cloud metadata
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3], // multicast, reserved, broadcast
];

function isPublicIPv4(address: string): boolean {
  const number = toNumber(address);
  return !RESERVED.some(([network, bits]) => (number >>> (32 - bits)) === (toNumber(network) >>> (32 - bits)));
}

function toNumber(address: string): number {
  return address.split(".").reduce((number, byte) => (number * 256 + Number(byte)) >>> 0, 0);
}

// Only global unicast (2000::/3) is public, and of that not the ranges that carry or document an IPv4 address.
function isPublicIPv6(address: string): boolean {
  const groups = expand(address);
  if (!groups) return false;
  const [first, second] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return isPublicIPv4(embeddedIPv4(groups, 6));
  if (first === 0x0064 && second === 0xff9b) return isPublicIPv4(embeddedIPv4(groups, 6)); // NAT64
  if (first === 0x2002) return isPublicIPv4(embeddedIPv4(groups, 1)); // 6to4
  if (first === 0x2001 && (second === 0x0db8 || second < 0x0200)) return false; // documentation, Teredo, ORCHID
  return (first & 0xe000) === 0x2000;
}

function embeddedIPv4(groups: number[], at: number): string {
  const [high, low] = [groups[at], groups[at + 1]];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

function expand(address: string): number[] | null {
  let text = address.split("%")[0];
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(1).map(Number);
    text = text.slice(0, dotted.index) + [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(":");
  }
  const [head, tail] = text.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array(gap).fill("0"), ...right].map((group) => parseInt(group, 16));
  return groups.length === 8 && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : null;
}

/**
 * The tree over all accounts of a checkpoint: the Merkle tree of RFC 6962, section 2.1, whose prefixes keep a node
 * from passing for a leaf. Hashes are lowercase hex. Runs in browsers too.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Where one account stood: the number and the hash of its last entry. */
export interface AccountHead {
  account: string;
  seq: number;
  head: string;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash({ account, seq, head }: AccountHead): string {
  const text = ["kredo.leaf.v1", account, seq, head].join("\n");
  return bytesToHex(sha256(concatBytes(LEAF, utf8ToBytes(text))));
}

export function nodeHash(left: string, right: string): string {
  return bytesToHex(sha256(concatBytes(NODE, hexToBytes(left), hexToBytes(right))));
}

/** Of one leaf or more, in the order of their account ids. */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) throw new RangeError("a tree has at least one leaf");
  let level = leaves;
  while (level.length > 1) level = levelAbove(level);
  return level[0];
}

/** The siblings on the way from a leaf up to the root. A level where the node stands alone adds none. */
export function merklePath(leaves: readonly string[], position: number): string[] {
  if (!(position in leaves)) throw new RangeError(`there is no leaf ${position}`);
  const path: string[] = [];
  let level = leaves;
  for (let at = position; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = levelAbove(level);
  }
  return path;
}

/** The root that a leaf at this position of `leaves` has by this path; null if the path has another length. */
export function rootByPath(leaf: string, position: number, leaves: number, path: readonly string[]): string | null {
  if (position >= leaves) return null;
  const siblings = path.values();
  let hash = leaf;
  // `last` is the position of the last node on the level: an even one has nobody to its right.
  for (let [at, last] = [position, leaves - 1]; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
    if (at === last && at % 2 === 0) continue;
    const sibling = siblings.next();
    if (sibling.done) return null;
    hash = at % 2 === 0 ? nodeHash(hash, sibling.value) : nodeHash(sibling.value, hash);
  }
  return siblings.next().done ? hash : null;
}

function levelAbove(level: readonly string[]): string[] {
  const above: string[] = [];
  for (let at = 0; at < level.length; at += 2) {
    above.push(at + 1 < level.length ? nodeHash(level[at], level[at + 1]) : level[at]);
  }
  return above;
}

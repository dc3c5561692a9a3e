/**
 * What a checkpoint says, as the text that is hashed and signed. The same text is made in SQL by
 * `private.checkpoint_message`; docs/checkpoints.md shows an example. Runs in browsers too.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Where every account stood at one moment. */
export interface Checkpoint {
  /** 1, 2, 3… without gaps. */
  number: number;
  /** Microseconds since 1970. */
  taken_at: number;
  /** Accounts with at least one entry: the leaves of the tree. */
  accounts: number;
  /** Entries of all of them together. */
  entries: number;
  /** Of the tree over all accounts, in hex. */
  root: string;
  /** SHA-256 of the message of the checkpoint before, in hex; 64 zeros in the first. */
  previous: string;
}

export interface SignedCheckpoint extends Checkpoint {
  /** Ed25519, 32 bytes in base64url. */
  public_key: string;
  /** Of the message, 64 bytes in base64url. */
  signature: string;
}

/** `previous` of checkpoint 1. */
export const BEFORE_THE_FIRST = "0".repeat(64);

export function checkpointMessage({ number, taken_at, accounts, entries, root, previous }: Checkpoint): string {
  return ["kredo.checkpoint.v1", number, taken_at, accounts, entries, root, previous].join("\n");
}

/** SHA-256 of the message, in hex: what the next checkpoint repeats as `previous`. */
export function checkpointHash(checkpoint: Checkpoint): string {
  return bytesToHex(sha256(utf8ToBytes(checkpointMessage(checkpoint))));
}

/** A checkpoint out of somebody's file or answer, or null if it is not shaped like one. */
export function parseSignedCheckpoint(value: unknown): SignedCheckpoint | null {
  if (typeof value !== "object" || value === null) return null;
  const { number, taken_at, accounts, entries, root, previous, public_key, signature } = value as SignedCheckpoint;
  const counts = [number, taken_at, accounts, entries];
  return counts.every(isCount) && isHash(root) && isHash(previous) &&
      typeof public_key === "string" && typeof signature === "string"
    ? { number, taken_at, accounts, entries, root, previous, public_key, signature }
    : null;
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** 32 bytes in lowercase hex. */
export const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** Whether a checkpoint holds an account: what a statement carries, checked without asking us. Runs in browsers too. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeBase64Url, verifySignature } from "./ed25519.ts";
import { leafHash, rootByPath } from "./merkle.ts";
import { checkpointMessage, isCount, isHash, parseSignedCheckpoint, type SignedCheckpoint } from "./message.ts";

/** As `public.checkpoint_proof` gives it for the signed-in person. */
export interface CheckpointProof {
  checkpoint: SignedCheckpoint;
  /** The account's last entry at the time of the checkpoint, and its hash. */
  seq: number;
  head: string;
  /** Of the account's leaf, from 0. */
  position: number;
  /** Siblings from the leaf up to the root. */
  path: string[];
}

/**
 * `malformed`: not a proof at all. `path`: that tree does not hold this head of this account. `signature`: the
 * checkpoint was not signed with the key it names. `unsupported`: this browser has no Ed25519, so it cannot be known.
 */
export type ProofProblem = "malformed" | "path" | "signature" | "unsupported";

export type ProofVerdict =
  | { valid: true; proof: CheckpointProof }
  | { valid: false; problem: ProofProblem };

/**
 * A valid proof says: whoever holds the checkpoint's key swore that this account's entry `seq` had the hash `head`.
 * Anybody can make a key, so compare `keyFingerprint(checkpoint.public_key)` with the one that is published.
 */
export async function verifyProof(account: string, value: unknown): Promise<ProofVerdict> {
  const proof = parseProof(value);
  if (!proof) return { valid: false, problem: "malformed" };
  const { checkpoint, seq, head, position, path } = proof;
  const root = rootByPath(leafHash({ account, seq, head }), position, checkpoint.accounts, path);
  if (root !== checkpoint.root) return { valid: false, problem: "path" };
  const problem = await signatureProblem(checkpoint);
  return problem ? { valid: false, problem } : { valid: true, proof };
}

/** What is wrong with the signature of a checkpoint, if anything. */
export async function signatureProblem(checkpoint: SignedCheckpoint): Promise<"signature" | "unsupported" | null> {
  try {
    const { public_key, signature } = checkpoint;
    return await verifySignature(public_key, checkpointMessage(checkpoint), signature) ? null : "signature";
  } catch (error) {
    if ((error as Error).name === "NotSupportedError") return "unsupported";
    throw error;
  }
}

/** SHA-256 of the 32 bytes of a public key, in hex: short enough to compare by eye. Null if it is no key. */
export function keyFingerprint(publicKey: string): string | null {
  const bytes = decodeBase64Url(publicKey, 32);
  return bytes && bytesToHex(sha256(bytes));
}

function parseProof(value: unknown): CheckpointProof | null {
  if (typeof value !== "object" || value === null) return null;
  const { seq, head, position, path, ...rest } = value as CheckpointProof;
  const checkpoint = parseSignedCheckpoint(rest.checkpoint);
  return checkpoint && isCount(seq) && isHash(head) && Number.isSafeInteger(position) && position >= 0 &&
      Array.isArray(path) && path.every(isHash)
    ? { checkpoint, seq, head, position, path }
    : null;
}

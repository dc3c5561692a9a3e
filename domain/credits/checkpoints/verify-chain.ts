/** Whether published checkpoints belong together: what somebody who keeps copies of them wants to know. */
import { BEFORE_THE_FIRST, checkpointHash, parseSignedCheckpoint, type SignedCheckpoint } from "./message.ts";
import { signatureProblem } from "./verify-proof.ts";

/**
 * `number`: one is missing or there twice. `previous`: it does not continue the one before. `shrunk`: the ledger only
 * grows, and here it has fewer accounts or entries than the day before.
 */
export type ChainProblem = "malformed" | "number" | "previous" | "shrunk" | "signature" | "unsupported";

export type ChainVerdict =
  /** `keys`: the public keys in the order of their first use; more than one after a rotation. */
  | { valid: true; first: number; last: number; keys: string[] }
  /** `number` of the first bad one; null if it has none. */
  | { valid: false; number: number | null; problem: ChainProblem };

/**
 * Takes checkpoints in any order; they need not begin with the first. To see whether history was rewritten, put those
 * you kept in one list with those that are published today: two that differ under one number are a `number` problem.
 */
export async function verifyCheckpointChain(values: readonly unknown[]): Promise<ChainVerdict> {
  const checkpoints: SignedCheckpoint[] = [];
  for (const value of values) {
    const checkpoint = parseSignedCheckpoint(value);
    if (!checkpoint) return { valid: false, number: numberOf(value), problem: "malformed" };
    checkpoints.push(checkpoint);
  }
  checkpoints.sort((a, b) => a.number - b.number);
  let before: SignedCheckpoint | undefined;
  for (const checkpoint of checkpoints) {
    const problem = linkProblem(before, checkpoint) ?? await signatureProblem(checkpoint);
    if (problem) return { valid: false, number: checkpoint.number, problem };
    before = checkpoint;
  }
  if (!before) return { valid: false, number: null, problem: "malformed" };
  const keys = [...new Set(checkpoints.map(({ public_key }) => public_key))];
  return { valid: true, first: checkpoints[0].number, last: before.number, keys };
}

function linkProblem(before: SignedCheckpoint | undefined, next: SignedCheckpoint): ChainProblem | null {
  if (!before) return next.number === 1 && next.previous !== BEFORE_THE_FIRST ? "previous" : null;
  if (next.number !== before.number + 1) return "number";
  if (next.previous !== checkpointHash(before)) return "previous";
  if (next.accounts < before.accounts || next.entries < before.entries) return "shrunk";
  return null;
}

function numberOf(value: unknown): number | null {
  const number = (value as { number?: unknown } | null)?.number;
  return typeof number === "number" ? number : null;
}

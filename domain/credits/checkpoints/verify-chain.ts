/** Whether published checkpoints belong together: what somebody who keeps copies of them wants to know. */
import { BEFORE_THE_FIRST, checkpointHash, parseSignedCheckpoint, type SignedCheckpoint } from "./message.ts";
import { signatureProblem } from "./verify-proof.ts";

/**
 * `fork`: two different ones have this number. `gap`: the one before is missing. `previous`: it does not continue the
 * one before. `shrunk`: the ledger only grows, and here it has fewer accounts or entries than the day before.
 */
export type ChainProblem = "malformed" | "fork" | "gap" | "previous" | "shrunk" | "signature" | "unsupported";

export type ChainVerdict =
  /** `keys`: the public keys in the order of their first use; more than one after a rotation. */
  | { valid: true; first: number; last: number; keys: string[] }
  /** `number` of the first bad one; null if it has none, or if there is nothing at all. */
  | { valid: false; number: number | null; problem: ChainProblem };

/**
 * Takes checkpoints in any order, which need not begin with the first; the same one may be there twice. To see whether
 * history was rewritten, give it those you kept together with those that are published today.
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
    if (before && isSame(before, checkpoint)) continue;
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
  if (next.number === before.number) return "fork";
  if (next.number !== before.number + 1) return "gap";
  if (next.previous !== checkpointHash(before)) return "previous";
  if (next.accounts < before.accounts || next.entries < before.entries) return "shrunk";
  return null;
}

const isSame = (a: SignedCheckpoint, b: SignedCheckpoint) =>
  checkpointHash(a) === checkpointHash(b) && a.public_key === b.public_key && a.signature === b.signature;

function numberOf(value: unknown): number | null {
  const number = (value as { number?: unknown } | null)?.number;
  return typeof number === "number" ? number : null;
}

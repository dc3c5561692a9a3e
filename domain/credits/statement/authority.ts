/**
 * Whose signature a valid proof carries. Anybody can make a key and sign a checkpoint of their own with it, so a proof
 * counts for as much as the place its key or its checkpoint was found in a second time. Runs in browsers too.
 */
import { checkpointMessage, parseSignedCheckpoint } from "../checkpoints/message.ts";
import { type CheckpointProof, keyFingerprint } from "../checkpoints/verify-proof.ts";

/** Whether the checkpoint was signed with this key: base64url as published, or its fingerprint in hex. */
export function isSignedWith({ checkpoint }: CheckpointProof, key: string): boolean {
  const given = key.trim();
  return given === checkpoint.public_key ||
    given.replaceAll(/[\s:]/g, "").toLowerCase() === keyFingerprint(checkpoint.public_key);
}

/** `different`: another one is published under its number. `absent`: none is, in this list. */
export type Publication = "same" | "different" | "absent";

export function findPublished({ checkpoint }: CheckpointProof, list: readonly unknown[]): Publication {
  const published = list.map(parseSignedCheckpoint).find((each) => each?.number === checkpoint.number);
  if (!published) return "absent";
  return checkpointMessage(published) === checkpointMessage(checkpoint) &&
      published.public_key === checkpoint.public_key
    ? "same"
    : "different";
}

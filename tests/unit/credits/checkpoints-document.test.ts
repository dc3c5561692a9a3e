import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { leafHash, merklePath, merkleRoot, nodeHash } from "../../../domain/credits/checkpoints/merkle.ts";
import { checkpointHash, checkpointMessage } from "../../../domain/credits/checkpoints/message.ts";
import { keyFingerprint, verifyProof } from "../../../domain/credits/checkpoints/verify-proof.ts";

const text = await readFile(new URL("../../../docs/checkpoints.md", import.meta.url), "utf8");

/** The lines of the one code block of this kind. */
function block(kind: string): string[] {
  const found = [...text.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)\n\`\`\`$`, "gm"))];
  assert.equal(found.length, 1, kind);
  return found[0][1].split("\n");
}

describe("the example in docs/checkpoints.md", () => {
  const heads = block("accounts").map((line) => {
    const [account, seq, head] = line.split(" ");
    return { account, seq: Number(seq), head };
  });
  const leaves = heads.map(leafHash);
  const proof = JSON.parse(block("json").join("\n"));

  it("has the leaves, nodes and root that follow from its accounts", () => {
    assert.deepEqual(block("leaves"), leaves);
    assert.deepEqual(block("nodes"), [nodeHash(leaves[0], leaves[1]), merkleRoot(leaves)]);
    assert.equal(proof.checkpoint.root, merkleRoot(leaves));
  });

  it("has the message and the hash that follow from its checkpoint", () => {
    assert.deepEqual(block("message"), checkpointMessage(proof.checkpoint).split("\n"));
    assert.deepEqual(block("hash"), [checkpointHash(proof.checkpoint)]);
    assert.equal(proof.checkpoint.entries, heads.reduce((sum, { seq }) => sum + seq, 0));
  });

  it("has a proof that is valid, and the fingerprint of its key", async () => {
    const { account, seq, head } = heads[2];
    assert.deepEqual([proof.seq, proof.head, proof.position], [seq, head, 2]);
    assert.deepEqual(proof.path, merklePath(leaves, 2));
    assert.equal((await verifyProof(account, proof)).valid, true);
    assert.ok(text.includes(`\`${keyFingerprint(proof.checkpoint.public_key)}\``));
  });
});

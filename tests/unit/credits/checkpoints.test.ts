import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { newSigningKey, readSigningKey, verifySignature } from "../../../domain/credits/checkpoints/ed25519.ts";
import {
  type AccountHead,
  leafHash,
  merklePath,
  merkleRoot,
  rootByPath,
} from "../../../domain/credits/checkpoints/merkle.ts";
import {
  BEFORE_THE_FIRST,
  type Checkpoint,
  checkpointHash,
  checkpointMessage,
  type SignedCheckpoint,
} from "../../../domain/credits/checkpoints/message.ts";
import { verifyCheckpointChain } from "../../../domain/credits/checkpoints/verify-chain.ts";
import { type CheckpointProof, keyFingerprint, verifyProof } from "../../../domain/credits/checkpoints/verify-proof.ts";

/** From the tests of Certificate Transparency: leaf hashes of eight inputs, and the roots of the first 1 to 8. */
const RFC_6962 = {
  inputs: [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ],
  roots: [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ],
};

/** RFC 8037, appendix A. */
const RFC_8037 = JSON.stringify({
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
});

const hex = (bytes: Uint8Array) => bytes.toHex();
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** Another hash that differs in one bit. */
function flip(hash: string, bit: number): string {
  const bytes = Uint8Array.fromHex(hash);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return hex(bytes);
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hex);
const accountHead: fc.Arbitrary<AccountHead> = fc.record({
  account: fc.uuid(),
  seq: fc.integer({ min: 1, max: 1e9 }),
  head: hash,
});

describe("the tree over all accounts", () => {
  it("is the one of RFC 6962", async () => {
    const leaves = await Promise.all(
      RFC_6962.inputs.map(async (input) => hex(await sha256(Uint8Array.from([0, ...Uint8Array.fromHex(input)])))),
    );
    for (const [index, root] of RFC_6962.roots.entries()) assert.equal(merkleRoot(leaves.slice(0, index + 1)), root);
  });

  it("hashes a leaf as documented", async () => {
    const text = "\0kredo.leaf.v1\n00000000-0000-4000-8000-000000000001\n7\n" + "ab".repeat(32);
    assert.equal(
      leafHash({ account: "00000000-0000-4000-8000-000000000001", seq: 7, head: "ab".repeat(32) }),
      hex(await sha256(new TextEncoder().encode(text))),
    );
  });

  it("proves every leaf, whatever their number, and nothing else", () => {
    for (let count = 1; count <= 70; count++) {
      const leaves = Array.from({ length: count }, (_, n) => leafHash({ account: `${n}`, seq: 1, head: "" }));
      const root = merkleRoot(leaves);
      for (let position = 0; position < count; position++) {
        const path = merklePath(leaves, position);
        assert.ok(path.length <= Math.ceil(Math.log2(count)));
        assert.equal(rootByPath(leaves[position], position, count, path), root, `${position} of ${count}`);
        assert.notEqual(rootByPath(leaves[(position + 1) % count], position, count, path), count === 1 ? "" : root);
        assert.equal(rootByPath(leaves[position], position, count, [...path, root]), null);
        if (path.length > 0) assert.equal(rootByPath(leaves[position], position, count, path.slice(1)), null);
        assert.equal(rootByPath(leaves[position], count, count, path), null);
      }
    }
  });

  it("has another root for any changed bit of a leaf, a path or a position", () => {
    fc.assert(fc.property(
      fc.array(accountHead, { minLength: 1, maxLength: 70 }),
      fc.nat(),
      fc.nat({ max: 255 }),
      (heads, choice, bit) => {
        const leaves = heads.map(leafHash);
        const position = choice % heads.length;
        const root = merkleRoot(leaves);
        const path = merklePath(leaves, position);
        const rootOf = (leaf: string, at = position, by = path) => rootByPath(leaf, at, leaves.length, by);
        assert.equal(rootOf(leaves[position]), root);
        const head = heads[position];
        assert.notEqual(rootOf(leafHash({ ...head, head: flip(head.head, bit) })), root);
        assert.notEqual(rootOf(leafHash({ ...head, seq: head.seq + 1 })), root);
        assert.notEqual(rootOf(flip(leaves[position], bit)), root);
        for (const [at, sibling] of path.entries()) {
          assert.notEqual(rootOf(leaves[position], position, path.with(at, flip(sibling, bit))), root);
        }
        // Two equal neighbours could change places unseen; accounts are unique, so there are none.
        if (new Set(leaves).size === leaves.length && leaves.length > 1) {
          assert.notEqual(rootOf(leaves[position], position ^ 1), root);
        }
      },
    ));
  });
});

describe("a signing key", () => {
  it("signs as RFC 8032 says, the same text always alike", async () => {
    const key = await readSigningKey(RFC_8037);
    assert.equal(key.publicKey, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    // The signature of that appendix, over its own signing input.
    assert.equal(
      await key.sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"),
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
  });

  it("is new each time, and what it signs is valid under its public half alone", async () => {
    const [ours, other] = await Promise.all(
      [newSigningKey(), newSigningKey()].map(async (text) => readSigningKey(await text)),
    );
    assert.notEqual(ours.publicKey, other.publicKey);
    const signature = await ours.sign("a");
    assert.equal(await verifySignature(ours.publicKey, "a", signature), true);
    assert.equal(await verifySignature(ours.publicKey, "b", signature), false);
    assert.equal(await verifySignature(other.publicKey, "a", signature), false);
  });

  it("that is none is refused without being repeated", async () => {
    for (
      const text of ["", "null", "{}", "secret-words", '{"kty":"OKP","crv":"Ed25519","d":"secret-words","x":"AA"}']
    ) {
      await assert.rejects(readSigningKey(text), (error: Error) => !error.message.includes("secret-words"));
    }
  });

  it("whose halves do not belong together signs nothing", async () => {
    const { x } = JSON.parse(await newSigningKey());
    const mixed = JSON.stringify({ ...JSON.parse(RFC_8037), x });
    await assert.rejects(async () => (await readSigningKey(mixed)).sign("a"), TypeError);
  });
});

/** A proof of one of five accounts, signed. */
async function signedProof() {
  const key = await readSigningKey(await newSigningKey());
  const heads = Array.from({ length: 5 }, (_, n) => ({
    account: `00000000-0000-4000-8000-00000000000${n}`,
    seq: n + 1,
    head: `${n}`.repeat(64),
  }));
  const leaves = heads.map(leafHash);
  const checkpoint: Checkpoint = {
    number: 3,
    taken_at: 1_795_219_200_000_123,
    accounts: 5,
    entries: 15,
    root: merkleRoot(leaves),
    previous: "c".repeat(64),
  };
  const { account, seq, head } = heads[4];
  const proof: CheckpointProof = {
    checkpoint: { ...checkpoint, public_key: key.publicKey, signature: await key.sign(checkpointMessage(checkpoint)) },
    seq,
    head,
    position: 4,
    path: merklePath(leaves, 4),
  };
  return { account, proof };
}

describe("the proof in a statement", () => {
  it("is valid for its account and for no other", async () => {
    const { account, proof } = await signedProof();
    assert.deepEqual(await verifyProof(account, proof), { valid: true, proof });
    assert.deepEqual(await verifyProof(account.replace(/4$/, "3"), proof), { valid: false, problem: "path" });
  });

  it("is void as soon as anything in it is changed, and the answer names what does not fit", async () => {
    const { account, proof } = await signedProof();
    const { checkpoint } = proof;
    const verdict = async (changed: unknown) => {
      const answer = await verifyProof(account, changed);
      return answer.valid || answer.problem;
    };
    const signed = (change: Partial<SignedCheckpoint>) => ({ ...proof, checkpoint: { ...checkpoint, ...change } });
    assert.equal(await verdict({ ...proof, seq: 4 }), "path");
    assert.equal(await verdict({ ...proof, head: flip(proof.head, 100) }), "path");
    assert.equal(await verdict({ ...proof, position: 3 }), "path");
    assert.equal(await verdict({ ...proof, path: [] }), "path");
    assert.equal(await verdict(signed({ root: flip(checkpoint.root, 0) })), "path");
    assert.equal(await verdict(signed({ number: 4 })), "signature");
    assert.equal(await verdict(signed({ taken_at: checkpoint.taken_at + 1 })), "signature");
    assert.equal(await verdict(signed({ entries: 16 })), "signature");
    assert.equal(await verdict(signed({ previous: flip(checkpoint.previous, 7) })), "signature");
    assert.equal(await verdict(signed({ public_key: (await signedProof()).proof.checkpoint.public_key })), "signature");
    const bytes = Uint8Array.fromBase64(checkpoint.signature, { alphabet: "base64url" });
    for (let bit = 0; bit < 512; bit += 37) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] ^= 1 << (bit & 7);
      const signature = changed.toBase64({ alphabet: "base64url", omitPadding: true });
      assert.equal(await verdict(signed({ signature })), "signature", `bit ${bit}`);
    }
  });

  it("has one spelling: the spare bits of base64url are not free", async () => {
    const { account, proof } = await signedProof();
    const { public_key, signature } = proof.checkpoint;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const respelled = (text: string) => text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)!) + 1];
    for (const change of [{ public_key: respelled(public_key) }, { signature: respelled(signature) }]) {
      const verdict = await verifyProof(account, { ...proof, checkpoint: { ...proof.checkpoint, ...change } });
      assert.deepEqual(verdict, { valid: false, problem: "signature" });
    }
  });

  it("may be any JSON without breaking the one who reads it", async () => {
    const { account, proof } = await signedProof();
    const { checkpoint } = proof;
    for (
      const junk of [
        null,
        1,
        "proof",
        [],
        {},
        { ...proof, checkpoint: null },
        { ...proof, seq: "5" },
        { ...proof, seq: 1e300 },
        { ...proof, position: -1 },
        { ...proof, path: "abc" },
        { ...proof, path: [1] },
        { ...proof, path: ["AB".repeat(32)] },
        { ...proof, checkpoint: { ...checkpoint, accounts: 0 } },
        { ...proof, checkpoint: { ...checkpoint, number: "3" } },
        { ...proof, checkpoint: { ...checkpoint, signature: 7 } },
      ]
    ) {
      assert.deepEqual(await verifyProof(account, junk), { valid: false, problem: "malformed" }, JSON.stringify(junk));
    }
    const nowhere = { ...proof, checkpoint: { ...checkpoint, public_key: "not a key" } };
    assert.deepEqual(await verifyProof(account, nowhere), { valid: false, problem: "signature" });
    assert.equal(keyFingerprint("not a key"), null);
  });
});

describe("published checkpoints", () => {
  /** Four days; on the third the key was changed. */
  async function fourDays(): Promise<SignedCheckpoint[]> {
    const keys = await Promise.all([newSigningKey(), newSigningKey()].map(async (text) => readSigningKey(await text)));
    const list: SignedCheckpoint[] = [];
    for (let number = 1; number <= 4; number++) {
      const before = list.at(-1);
      const key = keys[number < 3 ? 0 : 1];
      const checkpoint = {
        number,
        taken_at: number * 86_400_000_000,
        accounts: number * 2,
        entries: number * 10,
        root: `${number}`.repeat(64),
        previous: before ? checkpointHash(before) : BEFORE_THE_FIRST,
      };
      list.push({ ...checkpoint, public_key: key.publicKey, signature: await key.sign(checkpointMessage(checkpoint)) });
    }
    return list;
  }

  it("are one chain, through a change of key, in whatever order they come", async () => {
    const days = await fourDays();
    const keys = [days[0].public_key, days[2].public_key];
    assert.deepEqual(await verifyCheckpointChain(days.toReversed()), { valid: true, first: 1, last: 4, keys });
    assert.deepEqual(await verifyCheckpointChain([...days, ...days]), { valid: true, first: 1, last: 4, keys });
    assert.deepEqual(await verifyCheckpointChain(days.slice(1, 3)), { valid: true, first: 2, last: 3, keys });
  });

  it("stop being one where something was changed, and the answer names that place", async () => {
    const days = await fourDays();
    const verdict = async (list: unknown[]) => {
      const answer = await verifyCheckpointChain(list);
      return answer.valid || [answer.number, answer.problem];
    };
    const changed = (index: number, change: Partial<SignedCheckpoint>) =>
      days.with(index, { ...days[index], ...change });
    assert.deepEqual(await verdict([]), [null, "malformed"]);
    assert.deepEqual(await verdict([...days, "x"]), [null, "malformed"]);
    assert.deepEqual(await verdict(changed(1, { root: "" })), [2, "malformed"]);
    assert.deepEqual(await verdict(days.toSpliced(1, 1)), [3, "gap"]);
    assert.deepEqual(await verdict(changed(0, { previous: "1".repeat(64) })), [1, "previous"]);
    assert.deepEqual(await verdict(changed(2, { root: "f".repeat(64) })), [3, "signature"]);
    assert.deepEqual(await verdict(changed(2, { previous: "f".repeat(64) })), [3, "previous"]);
    assert.deepEqual(await verdict(changed(3, { entries: 29 })), [4, "shrunk"]);
    assert.deepEqual(await verdict(changed(3, { public_key: days[0].public_key })), [4, "signature"]);
  });

  it("cannot be signed anew without those who kept a copy seeing it", async () => {
    const [kept, rewritten] = [await fourDays(), await fourDays()];
    assert.equal((await verifyCheckpointChain(rewritten)).valid, true);
    const { valid, ...rest } = await verifyCheckpointChain([...kept, ...rewritten]);
    assert.deepEqual([valid, rest], [false, { number: 1, problem: "fork" }]);
  });
});

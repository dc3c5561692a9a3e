import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { jsonl } from "../../../domain/credits/statement/format.ts";
import { isSignedWith } from "../../../domain/credits/statement/authority.ts";
import type { CheckpointProof } from "../../../domain/credits/checkpoints/verify-proof.ts";
import { verify } from "../../support/statements.ts";

const document = await readFile(new URL("../../../docs/statement.md", import.meta.url), "utf8");
const block = (name: string): string => new RegExp(`^\`\`\`${name}\n([^]*?)\`\`\`$`, "m").exec(document)![1];

/** Of RFC 8037, appendix A. */
const KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

describe("docs/statement.md", () => {
  it("shows the text of an entry whose hash is the one it shows, in its statement too", () => {
    const text = block("entry").trimEnd();
    assert.equal(text.split("\n").length, 11);
    assert.equal(createHash("sha256").update(text).digest("hex"), block("hash").trim());
    const { entry } = jsonl.readEntry(block("jsonl").split(/(?<=\n)/)[2])!;
    const { seq, kind, amount, counter_account, balance_after, ref, cause, created_at_us, hash } = entry;
    const lines = [seq, kind, amount, counter_account, balance_after, ref, cause, created_at_us];
    assert.deepEqual(text.split("\n").slice(3), lines.map(String));
    assert.equal(hash, block("hash").trim());
  });

  it("shows one statement in both forms, and both verify", async () => {
    const [asLines, asCsv] = [
      await verify(block("jsonl")),
      await verify(block("csv").replaceAll("\n", "\r\n")),
    ];
    assert.deepEqual(asLines, asCsv);
    assert.partialDeepStrictEqual(asLines, {
      outcome: "verified",
      rows: 3,
      proof: { state: "valid", proof: { seq: 2 } },
    });
    const { proof } = asLines as unknown as { proof: { proof: CheckpointProof } };
    assert.ok(isSignedWith(proof.proof, KEY));
  });

  it("tells how to undo what guards spreadsheets, and shows it", () => {
    assert.ok(block("csv").includes("Zwrot\\u003b obraz"));
    assert.ok(block("jsonl").includes("Zwrot; obraz"));
  });
});

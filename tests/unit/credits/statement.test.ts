import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { entryHash } from "../../../domain/credits/statement/entry.ts";
import { isoMicros } from "../../../domain/credits/statement/format.ts";
import { createStatementVerifier, type Problem, type Report } from "../../../domain/credits/statement/verify.ts";
import { takeSeed } from "../../support/seed.ts";
import {
  fileOf,
  type FormName,
  forms,
  type Ledger,
  makeLedger,
  rechain,
  textOf,
  verify,
  withProof,
} from "../../support/statements.ts";

const seed = takeSeed("changed statements");

const problemOf = (report: Report): Problem => {
  assert.equal(report.outcome, "broken", JSON.stringify(report));
  return (report as Extract<Report, { outcome: "broken" }>).problem;
};

/** Kind, line and entry of what is wrong. */
const named = async (file: Uint8Array | string) => {
  const { kind, line, seq } = problemOf(await verify(file));
  return [kind, line, seq];
};

let ledger: Ledger;
before(async () => void (ledger = await withProof(makeLedger(12), 9)));

for (const form of Object.keys(forms) as FormName[]) {
  const linesOf = async (from = ledger) => textOf(await fileOf(form, from)).split(/(?<=\n)/);
  const change = async (edit: (lines: string[]) => string[]) => edit(await linesOf()).join("");
  /** A ledger with something changed in one entry, and the file it makes. */
  const withEntry = (seq: number, changed: object): Ledger => ({
    ...ledger,
    entries: ledger.entries.map((entry) => entry.seq === seq ? { ...entry, ...changed } : entry),
  });

  describe(`a statement as ${form}`, () => {
    it("verifies, in pieces of any size", async () => {
      const file = await fileOf(form, ledger);
      for (const piece of [1, 7, 64, 1000, 1 << 20]) {
        const report = await verify(file, piece);
        assert.equal(report.outcome, "verified", `${piece}: ${JSON.stringify(report)}`);
        assert.partialDeepStrictEqual(report, { rows: 12, summary: ledger.summary, proof: { state: "valid" } });
      }
    });

    it("verifies before the first checkpoint, and says that there was none", async () => {
      const report = await verify(await fileOf(form, makeLedger(3)));
      assert.partialDeepStrictEqual(report, {
        outcome: "verified",
        proof: { state: "none", why: "no checkpoint yet" },
      });
    });

    it("verifies without entries", async () => {
      assert.partialDeepStrictEqual(await verify(await fileOf(form, makeLedger(0))), { outcome: "verified", rows: 0 });
    });

    it("never verifies with any byte changed, and a changed entry is named", async () => {
      const file = await fileOf(form, ledger);
      const [start, ...rows] = await linesOf();
      const starts = [0];
      for (const line of [start, ...rows]) starts.push(starts.at(-1)! + new TextEncoder().encode(line).length);
      const anyByte = fc.record({ at: fc.nat(file.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
      await fc.assert(
        fc.asyncProperty(anyByte, async ({ at, mask }) => {
          const changed = file.slice();
          changed[at] ^= mask;
          const report = await verify(changed);
          assert.notEqual(report.outcome, "verified", `byte ${at} with ${mask}`);
          const line = starts.findIndex((from) => from > at);
          if (line === 1 || line > 13) return;
          const { line: blamed, seq } = problemOf(report);
          assert.deepEqual([blamed, seq], [line, line - 1], `byte ${at} with ${mask}`);
        }),
        { seed, numRuns: 3000 },
      );
      for (let at = 0; at < file.length; at++) {
        const changed = file.slice();
        changed[at] ^= 1;
        assert.notEqual((await verify(changed)).outcome, "verified", `byte ${at}`);
      }
    });

    it("never verifies when it was cut off, wherever that was", async () => {
      const file = await fileOf(form, ledger);
      for (let length = 1; length < file.length; length += 1) {
        const report = await verify(file.subarray(0, length));
        assert.notEqual(report.outcome, "verified", `${length} bytes`);
        if (length > 10) assert.equal(problemOf(report).kind, "truncated", `${length} bytes`);
      }
      const lines = await linesOf();
      assert.deepEqual(await named(lines.slice(0, 8).join("")), ["truncated", 9, 8]);
      assert.deepEqual(await named(lines.slice(0, 8).join("") + lines[8].slice(0, 20)), ["truncated", 9, 8]);
    });

    it("tells an edited entry", async () => {
      for (const changed of [{ amount: 999 }, { ref: "job:other" }, { cause: "{ }" }, { kind: "grant" }]) {
        assert.deepEqual(await named(await fileOf(form, withEntry(5, changed))), ["edited", 6, 5]);
      }
      for (const changed of [{ created_at_us: 1 }, { hash: "ab".repeat(32) }, { counter_account: "promo" }]) {
        assert.deepEqual(await named(await fileOf(form, withEntry(1, changed))), ["edited", 2, 1]);
      }
    });

    it("tells an entry whose hash was made to fit, by the next one", async () => {
      const [, , , before, fifth] = ledger.entries;
      const forged = { ...fifth, amount: 10, balance_after: before.balance_after + 10 };
      const hash = entryHash(ledger.summary.account, forged, before.hash);
      assert.deepEqual(await named(await fileOf(form, withEntry(5, { ...forged, hash }))), ["edited", 7, 6]);
    });

    it("tells a changed number from a missing entry", async () => {
      assert.deepEqual(await named(await fileOf(form, withEntry(5, { seq: 7 }))), ["edited", 6, 5]);
      assert.deepEqual(await named(await fileOf(form, withEntry(5, { seq: 2 }))), ["edited", 6, 5]);
    });

    it("tells a missing entry: at the start, in the middle, at the end", async () => {
      for (const [seq, line] of [[1, 2], [6, 7], [12, 13]]) {
        assert.deepEqual(await named(await change((all) => all.toSpliced(seq, 1))), ["missing", line, seq]);
      }
      assert.equal(problemOf(await verify(await change((all) => all.toSpliced(4, 3)))).found, 7);
    });

    it("tells reordered entries from missing ones", async () => {
      const swap = (all: string[], a: number, b: number) => all.with(a, all[b]).with(b, all[a]);
      assert.deepEqual(await named(await change((all) => swap(all, 4, 5))), ["reordered", 5, 4]);
      assert.deepEqual(await named(await change((all) => swap(all, 2, 12))), ["reordered", 3, 2]);
    });

    it("tells an entry that is there twice, and one that somebody put in", async () => {
      assert.deepEqual(await named(await change((all) => all.toSpliced(5, 0, all[3]))), ["extra", 6, 5]);
      const [, , , before, after] = ledger.entries;
      const put = { ...after, ref: "job:put" };
      const line = forms[form].writeEntry(ledger.summary.account, {
        ...put,
        hash: entryHash(ledger.summary.account, put, before.hash),
      });
      assert.deepEqual(await named(await change((all) => all.toSpliced(5, 0, line))), ["extra", 7, 6]);
    });

    it("tells entries put at the end, even if they continue the chain", async () => {
      const longer = makeLedger(14);
      const file = await fileOf(form, { ...longer, summary: ledger.summary, end: ledger.end });
      assert.deepEqual(await named(file), ["extra", 14, 13]);
    });

    it("tells anything that follows the last line", async () => {
      const text = (await linesOf()).join("");
      for (const more of ["\n", " ", text]) assert.deepEqual(await named(text + more), ["extra", 15, null]);
    });

    it("tells a line that is none of a statement's", async () => {
      assert.deepEqual(await named(await change((all) => all.with(3, "hello\n"))), ["malformed", 4, 3]);
      assert.deepEqual(await named(await change((all) => all.with(3, all[3].replace("\n", " \n")))), [
        "malformed",
        4,
        3,
      ]);
      assert.deepEqual(await named(await change((all) => all.toSpliced(3, 0, "\n"))), ["malformed", 4, 3]);
      assert.deepEqual(await named(await change((all) => all.slice(1))), ["malformed", 1, null]);
      assert.deepEqual(await named("\ufeff" + (await linesOf()).join("")), ["malformed", 1, null]);
    });

    it("tells line breaks that another program changed", async () => {
      const other = (await linesOf()).map((line) =>
        form === "csv" ? line.replace("\r", "") : line.replace("\n", "\r\n")
      );
      assert.deepEqual(await named(other.join("")), ["malformed", 1, null]);
    });

    it("tells a sum that the ledger itself got wrong", async () => {
      const wrong = rechain(withEntry(5, { balance_after: 1 }), 5);
      const { kind, seq, found } = problemOf(await verify(await fileOf(form, wrong)));
      assert.deepEqual([kind, seq, found], ["balance", 5, ledger.entries[4].balance_after]);
    });

    it("tells totals that are not those of the entries", async () => {
      const { summary } = ledger;
      for (const changed of [{ available: summary.available + 1 }, { entries: 13 }, { entries: 11 }]) {
        const file = await fileOf(form, { ...ledger, summary: { ...summary, ...changed } });
        assert.equal(problemOf(await verify(file)).kind, "summary", JSON.stringify(changed));
      }
      const file = await fileOf(form, { ...ledger, summary: { ...summary, head: "00".repeat(32) } });
      assert.equal(problemOf(await verify(file)).kind, "summary");
    });

    it("tells a history rewritten from some entry on, by the checkpoint", async () => {
      const rewritten = rechain(withEntry(4, { ref: "job:other" }), 4);
      assert.deepEqual(await named(await fileOf(form, rewritten)), ["checkpoint", 10, 9]);
      // What came after the checkpoint is not covered by it, and the report says up to where and with what balance it is.
      const later = await verify(await fileOf(form, rechain(withEntry(11, { ref: "job:other" }), 11)));
      assert.partialDeepStrictEqual(later, {
        outcome: "verified",
        proof: { state: "valid", proof: { seq: 9 }, balance: ledger.entries[8].balance_after },
      });
    });

    it("keeps the balance that a checkpoint confirms apart from what somebody appended", async () => {
      const last = ledger.entries.at(-1)!;
      const tail = {
        ...last,
        seq: 13,
        kind: "topup",
        amount: 1_000_000,
        balance_after: last.balance_after + 1_000_000,
      };
      const forged = rechain({ ...ledger, entries: [...ledger.entries, tail] }, 13);
      for (const seq of [1, 12]) {
        const { end } = await withProof(ledger, seq);
        assert.partialDeepStrictEqual(await verify(await fileOf(form, { ...forged, end })), {
          rows: 13,
          summary: { available: tail.balance_after },
          proof: { state: "valid", proof: { seq }, balance: ledger.entries[seq - 1].balance_after },
        });
      }
      // In the second page of what is kept of the entries.
      const long = await withProof(makeLedger(33_000), 32_769);
      assert.partialDeepStrictEqual(await verify(await fileOf(form, long), 1 << 20), {
        proof: { state: "valid", balance: long.entries[32_768].balance_after },
      });
    });

    it("looks for a missing entry no further than the first line that is none", async () => {
      const gap = (await change((all) => all.toSpliced(5, 1).slice(0, -1))) + "\n";
      const verifier = createStatementVerifier();
      assert.equal(verifier.write(utf8ToBytes(gap)), false, "what follows is not even read");
      assert.partialDeepStrictEqual(await verifier.finish(), { problem: { kind: "missing", line: 6, seq: 5 } });
    });

    it("takes no reason for a missing proof that is not a text", async () => {
      for (const why of [{ toString: 1 }, 5, null]) {
        const end = { proof: null, why: why as unknown as string };
        assert.partialDeepStrictEqual(await verify(await fileOf(form, { ...ledger, end })), {
          outcome: "verified",
          proof: { state: "none", why: "" },
        });
      }
    });

    it("tells a proof that does not hold", async () => {
      // deno-lint-ignore no-explicit-any -- whatever a forger writes
      const forge = async (edit: (proof: any) => void) => {
        const proof = structuredClone(ledger.end.proof);
        edit(proof);
        const { kind, found } = problemOf(await verify(await fileOf(form, { ...ledger, end: { proof } })));
        return [kind, found];
      };
      assert.deepEqual(await forge((proof) => proof.path.pop()), ["checkpoint", undefined]);
      assert.deepEqual(await forge((proof) => proof.position = 1), ["checkpoint", undefined]);
      assert.deepEqual(await forge((proof) => proof.checkpoint.taken_at++), ["proof", "signature"]);
      assert.deepEqual(await forge((proof) => proof.checkpoint.signature = "A".repeat(86)), ["proof", "signature"]);
      assert.deepEqual(await forge((proof) => delete proof.checkpoint.root), ["proof", "malformed"]);
      const without = await fileOf(form, { ...ledger, end: { proof: undefined, why: "it was cut out" } });
      assert.deepEqual(await named(without), ["malformed", 14, 13]);
      // Somebody else's proof, and one of entries that are not here.
      const other = await withProof(makeLedger(12, "01a1fdf4-4a4f-776b-ba52-000000000000"), 9);
      assert.deepEqual(await named(await fileOf(form, { ...ledger, end: other.end })), ["checkpoint", 10, 9]);
      const shorter = rechain({ ...ledger, entries: ledger.entries.slice(0, 5) });
      assert.equal(problemOf(await verify(await fileOf(form, shorter))).found, "seq");
    });

    it("tells a change outside of what the hashes cover, by the digest over the file", async () => {
      const later = { ...ledger, summary: { ...ledger.summary, generated_at_us: ledger.summary.generated_at_us + 1 } };
      const [genuine, changed] = [await linesOf(), await linesOf(later)].map((lines) => lines.join(""));
      const end = 64 + forms[form].close.length;
      assert.equal(problemOf(await verify(changed.slice(0, -end) + genuine.slice(-end))).kind, "outside");
      // The digest is no secret: when a statement was made is proven by nothing.
      assert.equal((await verify(changed)).outcome, "verified");
    });

    it("does not keep a file without line breaks in memory", async () => {
      const [start] = await linesOf();
      assert.deepEqual(await named(start + "x".repeat(3 << 20)), ["malformed", 2, 1]);
      assert.equal((await verify("x".repeat(3 << 20))).outcome, "unreadable");
    });
  });
}

describe("what is no statement", () => {
  it("is said to be none, and the PDF is told from the rest", async () => {
    for (const [file, what] of [["", "empty"], ["%PDF-1.7\n…", "pdf"], ["Dear Sir,\n", "other"], ["<html>", "other"]]) {
      assert.deepEqual(await verify(file), { outcome: "unreadable", what });
    }
    const noise = crypto.getRandomValues(new Uint8Array(5000));
    noise[0] = 0;
    assert.deepEqual(await verify(noise), { outcome: "unreadable", what: "other" });
  });
});

describe("a statement's CSV in a spreadsheet", () => {
  it("has no cell that could be a formula, whether cells end at commas or at semicolons", async () => {
    const text = textOf(await fileOf("csv", ledger));
    assert.ok(!text.includes(";"), "a semicolon would begin a cell where the decimal point is a comma");
    for (const { cause } of ledger.entries) assert.match(cause, /^[{["\-\dtfn]/);
    for (const cell of text.split(/[,\r\n]/)) {
      if (/^"?[=+\-@\t]/.test(cell)) assert.match(cell, /^-\d+$/);
    }
  });

  it("keeps every cause to the letter", () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: "grapheme" }), (json, text) => {
        for (const cause of [json, JSON.stringify({ text }), JSON.stringify(`${text}\\;\\u003b;"",`)]) {
          const entry = { ...ledger.entries[0], cause };
          for (const form of Object.values(forms)) {
            assert.deepEqual(form.readEntry(form.writeEntry(ledger.summary.account, entry))?.entry, entry);
          }
        }
      }),
      { seed },
    );
  });
});

describe("a time in microseconds", () => {
  it("loses none of them", () => {
    assert.equal(isoMicros(1_795_261_888_127_090), "2026-11-21T11:51:28.127090Z");
    assert.equal(isoMicros(0), "1970-01-01T00:00:00.000000Z");
    assert.equal(isoMicros(-1), "1969-12-31T23:59:59.999999Z");
  });
});

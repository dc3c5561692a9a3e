import { utf8ToBytes } from "@noble/hashes/utils.js";
import { newSigningKey, readSigningKey, type SigningKey } from "../../domain/credits/checkpoints/ed25519.ts";
import { leafHash, merklePath, merkleRoot } from "../../domain/credits/checkpoints/merkle.ts";
import { BEFORE_THE_FIRST, checkpointMessage } from "../../domain/credits/checkpoints/message.ts";
import type { CheckpointProof } from "../../domain/credits/checkpoints/verify-proof.ts";
import { entryHash, NO_ENTRY, type StatementEntry } from "../../domain/credits/statement/entry.ts";
import { csv, jsonl, type StatementEnd, type StatementSummary } from "../../domain/credits/statement/format.ts";
import { createStatementVerifier, type Report } from "../../domain/credits/statement/verify.ts";
import { writeLines } from "../../domain/credits/statement/write-lines.ts";

export const forms = { jsonl, csv };
export type FormName = keyof typeof forms;

export interface Ledger {
  summary: StatementSummary;
  entries: StatementEntry[];
  end: StatementEnd;
}

/** Causes that a careless writer or reader would trip over. */
const CAUSES = [
  "{}",
  '{"rule": "free allowance of a new account"}',
  '{"price": "model:seedream-4-5@1", "outputs": 2}',
  '{"reason": "Zwrot za „obraz”; =1+1, \\"two\\" \\\\; \\\\u003b and a \\n break"}',
  '{"reason": "line\u2028separator, emoji 🖼 and \ufffd"}',
  "[1, 2.50, -3]",
  "-7",
];

/** A ledger with a chain as the database makes it. */
export function makeLedger(length: number, account = "01a1fdf4-4a4f-776b-ba52-02b97c3f8ab9"): Ledger {
  const entries: StatementEntry[] = [];
  let [balance, hash] = [0, NO_ENTRY];
  for (let seq = 1; seq <= length; seq++) {
    const spent = seq % 3 !== 1;
    const amount = spent ? -(seq % 7) - 1 : 10 * seq;
    balance += amount;
    const entry = {
      seq,
      created_at_us: 1_795_261_888_127_090 + seq * 1_000_003,
      kind: spent ? "settle" : "topup",
      amount,
      counter_account: spent ? "usage" : "stripe",
      balance_after: balance,
      ref: spent ? `job:${seq}` : `checkout:${seq}`,
      cause: CAUSES[seq % CAUSES.length],
    };
    hash = entryHash(account, entry, hash);
    entries.push({ ...entry, hash });
  }
  const summary = {
    account,
    entries: length,
    available: balance,
    held: 0,
    debt: 0,
    head: hash,
    generated_at_us: 1_795_999_999_999_999,
  };
  return { summary, entries, end: { proof: null, why: "no checkpoint yet" } };
}

/** Recomputes every hash from entry `from` on, as somebody would who owns the whole file. */
export function rechain({ summary, entries, end }: Ledger, from = 1): Ledger {
  const chained = [...entries];
  let hash = from > 1 ? chained[from - 2].hash : NO_ENTRY;
  for (let at = from - 1; at < chained.length; at++) {
    hash = entryHash(summary.account, chained[at], hash);
    chained[at] = { ...chained[at], hash };
  }
  const balance = chained.at(-1)?.balance_after ?? 0;
  return { summary: { ...summary, entries: chained.length, available: balance, head: hash }, entries: chained, end };
}

/** The same, with a proof that a signed checkpoint of some accounts holds entry `seq` of it. */
export async function withProof(ledger: Ledger, seq: number, key?: SigningKey): Promise<Ledger> {
  const signer = key ?? await readSigningKey(await newSigningKey());
  const { hash: head } = ledger.entries[seq - 1];
  const others = Array.from({ length: 4 }, (_, at) => leafHash({ account: `other ${at}`, seq: 1, head: NO_ENTRY }));
  const leaves = [...others.slice(0, 2), leafHash({ account: ledger.summary.account, seq, head }), ...others.slice(2)];
  const checkpoint = {
    number: 1,
    taken_at: 1_795_300_000_000_001,
    accounts: leaves.length,
    entries: 4 + seq,
    root: merkleRoot(leaves),
    previous: BEFORE_THE_FIRST,
  };
  const proof: CheckpointProof = {
    checkpoint: {
      ...checkpoint,
      public_key: signer.publicKey,
      signature: await signer.sign(checkpointMessage(checkpoint)),
    },
    seq,
    head,
    position: 2,
    path: merklePath(leaves, 2),
  };
  return { ...ledger, end: { proof } };
}

export async function fileOf(form: FormName, { summary, entries, end }: Ledger): Promise<Uint8Array<ArrayBuffer>> {
  const statement = {
    summary,
    end,
    async *entries() {
      for (let at = 0; at < entries.length; at += 5) yield await Promise.resolve(entries.slice(at, at + 5));
    },
  };
  const parts: Uint8Array[] = [];
  for await (const part of writeLines(forms[form], statement)) parts.push(part);
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Verifies in pieces, as a browser gets a file. */
export async function verify(file: Uint8Array | string, piece = 1000): Promise<Report> {
  const bytes = typeof file === "string" ? utf8ToBytes(file) : file;
  const verifier = createStatementVerifier();
  for (let at = 0; at < bytes.length && verifier.write(bytes.subarray(at, at + piece)); at += piece);
  return await verifier.finish();
}

/**
 * Checks a statement without asking us: every hash, number and sum, and that a signed checkpoint holds the account.
 * Pure and streaming, for the browser and for `deno task verify-statement`. What is proven and what is not:
 * docs/statement.md.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckpointProof, type ProofProblem, verifyProof } from "../checkpoints/verify-proof.ts";
import { entryHash, NO_ENTRY } from "./entry.ts";
import { csv, jsonl, type ReadEnd, type ReadEntry, type StatementForm, type StatementSummary } from "./format.ts";

/**
 * `edited`: an entry does not have the hash that belongs to it and the one before. `malformed`: a line is not what a
 * statement has there. `missing`, `reordered`, `extra`: the numbers do not go 1, 2, 3…; in `reordered` the one that
 * should stand here comes later. `truncated`: the file ends before its last line. `balance`: hashes are right and the
 * running sum is not, which no edit of a file can do. `summary`: the statement's own totals are not those of its
 * entries. `checkpoint`: the tree of the checkpoint does not hold an entry as it is here. `proof`: what stands there is no
 * proof, or is not signed.
 * `outside`: the entries are right, and a byte elsewhere was changed.
 */
export type ProblemKind =
  | "edited"
  | "malformed"
  | "missing"
  | "reordered"
  | "extra"
  | "truncated"
  | "balance"
  | "summary"
  | "checkpoint"
  | "proof"
  | "outside";

export interface Problem {
  kind: ProblemKind;
  /** Of the file, from 1. */
  line: number;
  /** The entry that should have stood there; null on the first and the last line. */
  seq: number | null;
  /** What stands there, cut off after 2,000 characters. */
  text: string;
  /** For people who look for the cause: what was found instead, or which part of a proof failed. */
  found?: string | number;
}

/** `none`: no checkpoint yet. `unsupported`: this browser cannot check Ed25519, everything else about it is right. */
export type ProofState =
  | { state: "none"; why: string }
  /** The proof speaks for the entries up to its `seq`, after which the balance was `balance`; for later ones nobody does. */
  | { state: "valid" | "unsupported"; proof: CheckpointProof; balance: number };

export type Report =
  /** Not a statement at all, or the one for people. */
  | { outcome: "unreadable"; what: "empty" | "pdf" | "other" }
  | { outcome: "broken"; problem: Problem; rows: number; summary: StatementSummary | null }
  /** Everything fits. Whether somebody stands behind it, and up to which entry, is what `proof` says. */
  | { outcome: "verified"; rows: number; summary: StatementSummary; proof: ProofState };

export interface StatementVerifier {
  /** Any piece of the file, in order. False once the rest cannot change the report. */
  write(bytes: Uint8Array): boolean;
  /** Entries read so far. */
  readonly rows: number;
  finish(): Promise<Report>;
}

/** Bytes. Longer than any line of ours, so that a file without line breaks is not kept in memory. */
const LONGEST_LINE = 1 << 20;
const LINE_FEED = 10;

export function createStatementVerifier(): StatementVerifier {
  const digest = sha256.create();
  const kept = keepEntries();
  let form: StatementForm | undefined;
  let account: string | null = null;
  let summary: StatementSummary | null = null;
  let end: ReadEnd | null = null;
  let problem: Problem | null = null;
  /** Nothing that follows can be the entry that is missing. */
  let settled = false;
  let unreadable: "empty" | "pdf" | "other" | null = null;
  /** Bytes of a line that has not ended yet. */
  let begun: Uint8Array = new Uint8Array();
  let [line, rows, balance, head] = [0, 0, 0, NO_ENTRY];

  /** Of a gap, only the rest tells whether the entry is missing or comes later. */
  const decided = () => unreadable !== null || (problem !== null && (settled || problem.kind !== "missing"));

  function fail(kind: ProblemKind, seq: number | null, text: string, found?: string | number, at = line): void {
    problem = { kind, line: at, seq, text: text.trimEnd().slice(0, 2000), found };
  }

  function readLines(bytes: Uint8Array): void {
    const text = decode(bytes);
    if (text === null) return readApart(bytes);
    const endedBefore = end !== null;
    for (let [from, to] = [0, 0]; from < text.length && !decided(); from = to) {
      to = text.indexOf("\n", from) + 1;
      const ended = end !== null;
      readLine(text.slice(from, to));
      if (end && !ended) digest.update(utf8ToBytes(text.slice(0, from) + (end as ReadEnd).covered));
    }
    if (!end && !endedBefore) digest.update(bytes);
  }

  /** Something in these lines is not UTF-8; the one it is in has to be named. */
  function readApart(bytes: Uint8Array): void {
    for (let [from, to] = [0, 0]; from < bytes.length && !decided(); from = to) {
      to = bytes.indexOf(LINE_FEED, from) + 1;
      const one = bytes.subarray(from, to);
      if (decode(one) === null) readLine(null, leniently(one));
      else readLines(one);
    }
  }

  /** @param text null if it is not UTF-8, and then no line of ours */
  function readLine(text: string | null, shown = text!): void {
    line++;
    if (line === 1) return readStart(shown);
    const read = text === null ? null : form!.readEntry(text);
    if (problem) {
      // The first line that is no entry ends the search: a file may go on with millions of lines that are nothing.
      if (!read) settled = true;
      else if (read.entry.seq === problem.seq) problem.kind = "reordered";
    } else if (end) {
      fail("extra", null, shown);
    } else if (read) {
      readEntry(shown, read);
    } else if ((end = text === null ? null : form!.readEnd(text))) {
      readEnd(shown, end);
    } else {
      fail("malformed", rows + 1, shown);
    }
  }

  function readStart(text: string): void {
    form = /^\uFEFF?\{/.test(text) ? jsonl : /^\uFEFF?("?account\b|[0-9a-f-]{36},)/.test(text) ? csv : undefined;
    const start = form?.readStart(text);
    if (!form) unreadable = text === "" ? "empty" : text.startsWith("%PDF") ? "pdf" : "other";
    else if (!start) fail("malformed", null, text);
    else summary = start.summary;
    account = summary && summary.account;
  }

  function readEntry(text: string, { account: owner, entry }: ReadEntry): void {
    const seq = rows + 1;
    account ??= owner!;
    // With the number that belongs here: if its number alone was changed, an entry was edited and none is missing.
    const fits = (owner ?? account) === account && entryHash(account, { ...entry, seq }, head) === entry.hash;
    if (entry.seq !== seq) fail(fits ? "edited" : entry.seq < seq ? "extra" : "missing", seq, text, entry.seq);
    else if (!fits) fail("edited", seq, text);
    else if (balance + entry.amount !== entry.balance_after) fail("balance", seq, text, balance + entry.amount);
    else {
      [rows, balance, head] = [seq, entry.balance_after, entry.hash];
      kept.push(head, balance);
    }
  }

  function readEnd(text: string, { summary: stated }: ReadEnd): void {
    summary ??= stated!;
    account ??= summary.account;
    const { entries, available, held, debt } = summary;
    const whole = head === summary.head;
    // With the last hash as stated all entries are there, and what was changed is the statement's own count.
    if (!whole && rows < entries) fail("missing", rows + 1, text);
    else if (!whole && rows > entries) fail("extra", entries + 1, "", rows, entries + 2);
    else if (!whole) fail("summary", null, text, head);
    else if (rows !== entries) fail("summary", null, text, rows);
    else if (account !== summary.account || available + held - debt !== balance) fail("summary", null, text, balance);
  }

  async function checkProof({ proof: claimed, why }: ReadEnd): Promise<ProofState | null> {
    if (claimed === null) return { state: "none", why: why ?? "" };
    const failed = await proofProblem(account!, claimed);
    const proof = claimed as CheckpointProof;
    const { seq, head } = proof;
    if (failed === "malformed" || failed === "signature") fail("proof", null, JSON.stringify(claimed), failed);
    else if (seq > rows) fail("proof", null, JSON.stringify(claimed), "seq");
    else if (failed === "path" || kept.hashAt(seq) !== head) fail("checkpoint", seq, "", undefined, seq + 1);
    else return { state: failed ? "unsupported" : "valid", proof, balance: kept.balanceAt(seq) };
    return null;
  }

  /** What is left when the file has ended is a line without its end. */
  function readRest(): void {
    const text = leniently(begun);
    if (line === 0) readStart(text);
    else if (problem || (end && text === "")) return;
    line++;
    if (!unreadable) fail(end ? "extra" : "truncated", end || line === 1 ? null : rows + 1, text);
  }

  return {
    get rows() {
      return rows;
    },

    write(bytes) {
      const stop = bytes.lastIndexOf(LINE_FEED) + 1;
      const lines = join(begun, bytes.subarray(0, stop));
      // A copy, for the caller may fill the same buffer again.
      begun = stop > 0 ? bytes.slice(stop) : join(lines, bytes.slice());
      if (stop > 0) readLines(lines);
      if (begun.length > LONGEST_LINE && !decided()) {
        readLine(null, leniently(begun));
        begun = new Uint8Array();
      }
      return !decided();
    },

    async finish() {
      if (!decided()) readRest();
      const proof = end && !problem ? await checkProof(end) : null;
      if (end && !problem && bytesToHex(digest.digest()) !== (end as ReadEnd).digest) fail("outside", null, "");
      if (unreadable) return { outcome: "unreadable", what: unreadable };
      if (problem) return { outcome: "broken", problem, rows, summary };
      return { outcome: "verified", rows, summary: summary!, proof: proof! };
    },
  };
}

/** Null if it is not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const leniently = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

async function proofProblem(account: string, proof: unknown): Promise<ProofProblem | null> {
  try {
    const verdict = await verifyProof(account, proof);
    return verdict.valid ? null : verdict.problem;
  } catch (error) {
    // Outside of https and localhost browsers have no WebCrypto at all.
    if (globalThis.crypto?.subtle) throw error;
    return "unsupported";
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Which entry a checkpoint speaks of is known only at the end. 40 bytes an entry, a page of them at a time. */
function keepEntries() {
  const PAGE = 1 << 15;
  const pages: { hashes: Uint8Array; balances: Float64Array }[] = [];
  let count = 0;
  const pageOf = (seq: number) => pages[Math.floor((seq - 1) / PAGE)];
  const placeOf = (seq: number) => (seq - 1) % PAGE;
  return {
    push(hash: string, balance: number) {
      if (count % PAGE === 0) pages.push({ hashes: new Uint8Array(32 * PAGE), balances: new Float64Array(PAGE) });
      const { hashes, balances } = pageOf(++count);
      hashes.set(hexToBytes(hash), 32 * placeOf(count));
      balances[placeOf(count)] = balance;
    },
    /** Of entry `seq`, from 1. */
    hashAt(seq: number): string {
      const from = 32 * placeOf(seq);
      return bytesToHex(pageOf(seq).hashes.subarray(from, from + 32));
    },
    /** After entry `seq`, from 1. */
    balanceAt: (seq: number) => pageOf(seq).balances[placeOf(seq)],
  };
}

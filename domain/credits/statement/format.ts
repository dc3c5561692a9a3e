/**
 * The two forms of a statement that programs read, as docs/statement.md describes them. Whoever writes and whoever
 * verifies use the same functions: a line is right if writing what was read gives the same line. Runs in browsers too.
 */
import type { StatementEntry } from "./entry.ts";

export const FORMAT = "kredo.statement.v1";

/** What a statement says of the account as a whole, at the moment it was asked for. */
export interface StatementSummary {
  /** The account's id. */
  account: string;
  /** How many entries there are, and so the seq of the last one. */
  entries: number;
  /** Credits. available + held − debt is the balance after the last entry. */
  available: number;
  held: number;
  debt: number;
  /** Hash of the last entry. */
  head: string;
  /** Microseconds since 1970. */
  generated_at_us: number;
}

/** What the last line adds: that a signed checkpoint holds the account, or why there is none. */
export interface StatementEnd {
  /** As `public.checkpoint_proof` gave it. */
  proof: unknown;
  why?: string;
}

/** The last line as it was read. `digest` is claimed for every byte before it: the lines before, and `covered`. */
export interface ReadEnd extends StatementEnd {
  /** Only in CSV, whose first line are the names of the columns. */
  summary?: StatementSummary;
  covered: string;
  digest: string;
}

/** A line as it was read. `account` is null where lines do not repeat it. */
export interface ReadEntry {
  account: string | null;
  entry: StatementEntry;
}

/** Lines come and go with their line break. What does not fit is null. */
export interface StatementForm {
  writeStart(summary: StatementSummary): string;
  /** Null as `summary` where the last line brings it. */
  readStart(line: string): { summary: StatementSummary | null } | null;
  writeEntry(account: string, entry: StatementEntry): string;
  readEntry(line: string): ReadEntry | null;
  /** Without the digest, which is over this text too. */
  writeEnd(summary: StatementSummary, end: StatementEnd): string;
  /** What follows the digest. */
  close: string;
  readEnd(line: string): ReadEnd | null;
}

/** "2026-11-21T04:05:06.123456Z": a `Date` knows milliseconds and the ledger microseconds. */
export function isoMicros(us: number): string {
  const ms = Math.floor(us / 1000);
  return new Date(ms).toISOString().replace("Z", `${us - ms * 1000}`.padStart(3, "0") + "Z");
}

function splitDigest(line: string, close: string): [covered: string, digest: string] | null {
  const at = line.length - close.length - 64;
  const digest = line.slice(at, at + 64);
  return line.endsWith(close) && /^[0-9a-f]{64}$/.test(digest) ? [line.slice(0, at), digest] : null;
}

const isWhole = Number.isSafeInteger;

function summaryOf(value: Record<keyof StatementSummary, unknown>): StatementSummary | null {
  const { account, entries, available, held, debt, head, generated_at_us } = value;
  return typeof account === "string" && typeof head === "string" &&
      [entries, available, held, debt, generated_at_us].every(isWhole)
    ? { account, entries, available, held, debt, head, generated_at_us } as StatementSummary
    : null;
}

function entryOf(value: Record<keyof StatementEntry, unknown>): StatementEntry | null {
  const { seq, created_at_us, kind, amount, counter_account, balance_after, ref, cause, hash } = value;
  return [seq, created_at_us, amount, balance_after].every(isWhole) &&
      [kind, counter_account, ref, cause, hash].every((text) => typeof text === "string")
    ? { seq, created_at_us, kind, amount, counter_account, balance_after, ref, cause, hash } as StatementEntry
    : null;
}

/** Reads, and accepts only what would be written the same. */
function exactly<T>(line: string, read: () => T | null, write: (value: T) => string): T | null {
  try {
    const value = read();
    return value !== null && write(value) === line ? value : null;
  } catch {
    return null;
  }
}

export const jsonl: StatementForm = {
  writeStart({ generated_at_us, ...summary }) {
    const { account, entries, available, held, debt, head } = summary;
    const start = { format: FORMAT, account, entries, available, held, debt, head };
    return JSON.stringify({ ...start, generated_at_us, generated_at: isoMicros(generated_at_us) }) + "\n";
  },
  readStart: (line) =>
    exactly(line, () => {
      const summary = summaryOf(JSON.parse(line));
      return summary && { summary };
    }, ({ summary }) => jsonl.writeStart(summary)),
  writeEntry(_account, { seq, created_at_us, kind, amount, counter_account, balance_after, ref, cause, hash }) {
    const created_at = isoMicros(created_at_us);
    return JSON.stringify(
      { seq, created_at_us, created_at, kind, amount, counter_account, balance_after, ref, cause, hash },
    ) + "\n";
  },
  readEntry: (line) =>
    exactly(line, () => {
      const entry = entryOf(JSON.parse(line));
      return entry && { account: null, entry };
    }, ({ entry }) => jsonl.writeEntry("", entry)),
  writeEnd: (_summary, { proof, why }) => JSON.stringify({ proof, why }).slice(0, -1) + ',"digest":"',
  close: '"}\n',
  readEnd(line) {
    const parts = splitDigest(line, jsonl.close);
    const end = parts && parse(line);
    return end && "proof" in end
      ? { proof: end.proof, why: textOf(end.why), covered: parts[0], digest: parts[1] }
      : null;
  },
};

const COLUMNS = "account,seq,created_at_us,created_at,kind,amount,counter_account,balance_after,ref,cause,hash\r\n";

/** `kind` of the last line, which no entry has. */
const END = "statement";

export const csv: StatementForm = {
  writeStart: () => COLUMNS,
  readStart: (line) => line === COLUMNS ? { summary: null } : null,
  writeEntry(account, { seq, created_at_us, kind, amount, counter_account, balance_after, ref, cause, hash }) {
    const times = `${created_at_us},${isoMicros(created_at_us)}`;
    return `${account},${seq},${times},${kind},${amount},${counter_account},${balance_after},${ref},${
      cell(cause)
    },${hash}\r\n`;
  },
  readEntry: (line) =>
    exactly(line, () => {
      const [account, seq, us, , kind, amount, counter_account, balance, ref, cause, hash] = cells(line);
      const entry = entryOf({
        seq: Number(seq),
        created_at_us: Number(us),
        kind,
        amount: Number(amount),
        counter_account,
        balance_after: Number(balance),
        ref,
        cause,
        hash,
      });
      return entry && kind !== END ? { account, entry } : null;
    }, ({ account, entry }) => csv.writeEntry(account, entry)),
  writeEnd({ account, generated_at_us, ...rest }, { proof, why }) {
    const { entries, available, held, debt, head } = rest;
    const facts = JSON.stringify({ entries, available, held, debt, head, proof, why });
    const times = `${generated_at_us},${isoMicros(generated_at_us)}`;
    return `${account},,${times},${END},,,${available + held - debt},${FORMAT},${cell(facts)},`;
  },
  close: "\r\n",
  readEnd(line) {
    const parts = splitDigest(line, csv.close);
    if (!parts) return null;
    const [account, , us, , kind, , , , format, facts] = cells(line);
    const end = kind === END && format === FORMAT && parse(facts);
    const summary = end && summaryOf({ ...end as unknown as StatementSummary, account, generated_at_us: Number(us) });
    if (!summary || end.proof === undefined || csv.writeEnd(summary, end as unknown as StatementEnd) !== parts[0]) {
      return null;
    }
    return { summary, proof: end.proof, why: textOf(end.why), covered: parts[0], digest: parts[1] };
  },
};

/** Whoever made the file may have put anything in its place. */
const textOf = (value: unknown): string | undefined => typeof value === "string" ? value : undefined;

function parse(json: string): Record<string, unknown> | null {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/**
 * The one cell that can hold more than letters, digits and `_:.-`, by RFC 4180.
 *
 * No cell can be taken for a formula: this one is JSON and begins with a brace, a bracket, a quotation mark, a letter or a
 * number, and of the others only whole numbers may begin with a minus. But where the decimal point is a comma, as in
 * Poland, spreadsheets split at semicolons, and a cause `{"reason": "x;=1+1"}` would become two cells. In JSON the
 * semicolon may be written `\u003b`, so that is what we do, and undo.
 */
function cell(json: string): string {
  const text = json.includes(";") ? json.replaceAll(";", "\\u003b") : json;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Only the tenth cell may be quoted. Empty if the line is no such row. */
function cells(line: string): string[] {
  const [, plain, quoted, bare, last] =
    /^((?:[^",]*,){9})(?:"((?:[^"]|"")*)"|([^",]*)),([0-9a-f]{64})\r\n$/.exec(line) ??
      [];
  if (plain === undefined) return [];
  const cause = (quoted ?? bare).replaceAll('""', '"').replace(
    /\\u003b|\\./g,
    (part) => part === "\\u003b" ? ";" : part,
  );
  return [...plain.slice(0, -1).split(","), cause, last];
}

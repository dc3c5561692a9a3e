import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** One line of the ledger with everything its hash covers. Runs in browsers too. */
export interface StatementEntry {
  /** 1, 2, 3… without gaps. */
  seq: number;
  /** Microseconds since 1970. */
  created_at_us: number;
  kind: string;
  /** Credits; spending is negative. */
  amount: number;
  counter_account: string;
  /** Credits: the sum of all amounts up to here. */
  balance_after: number;
  ref: string;
  /** JSON as Postgres spells it. Text, for another program would spell it differently and get another hash. */
  cause: string;
  /** SHA-256 in hex, over this entry and the hash of the one before it. */
  hash: string;
}

/** What the first entry has for the hash of the one before it, and the head of an account without entries. */
export const NO_ENTRY = "0".repeat(64);

/** The hash an entry must have after one that has `previous`; `private.entry_hash` makes the same in SQL. */
export function entryHash(account: string, entry: Omit<StatementEntry, "hash">, previous: string): string {
  const { seq, kind, amount, counter_account, balance_after, ref, cause, created_at_us } = entry;
  // Eleven lines, and no value of the ledger has a line break, so no other values make the same text.
  const lines = [
    "kredo.entry.v1",
    previous,
    account,
    seq,
    kind,
    amount,
    counter_account,
    balance_after,
    ref,
    cause,
    created_at_us,
  ];
  return bytesToHex(sha256(utf8ToBytes(lines.join("\n"))));
}

import type postgres from "postgres";

const HASH = "sha256(";
const CONSTANT = `'\\x${"00".repeat(32)}'::bytea`;

/** The one function that writes entries: as it is, and with 32 zero bytes in place of the SHA-256. */
export interface AppendEntry {
  hashing: string;
  notHashing: string;
}

/** @throws when the function does not hash exactly once and by itself, for then this would compare nothing. */
export async function readAppendEntry(sql: postgres.Sql): Promise<AppendEntry> {
  const [{ hashing }] = await sql<{ hashing: string }[]>`
    select pg_get_functiondef('private.append_entry'::regproc) as hashing`;
  const begin = hashing.indexOf(HASH);
  const end = endOfCall(hashing, begin + HASH.length);
  const notHashing = hashing.slice(0, begin) + CONSTANT + hashing.slice(end);
  if (begin < 0 || /sha256\(|digest\(|entry_hash\(/.test(notHashing)) {
    throw new Error(
      `private.append_entry does not call ${HASH}…) exactly once, and nothing else that hashes:\n${hashing}`,
    );
  }
  return { hashing, notHashing };
}

function endOfCall(text: string, from: number): number {
  for (let [at, depth] = [from, 1]; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at + 1;
  }
  throw new Error("The parenthesis of the hash does not close.");
}

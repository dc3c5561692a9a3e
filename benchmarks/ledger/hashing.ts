import type postgres from "postgres";

const CALL = "sha256(";
const CONSTANT = `'\\x${"00".repeat(32)}'::bytea`;

/** The one function that writes entries: as it is, and with 32 zero bytes in place of the SHA-256. */
export interface AppendEntry {
  hashing: string;
  notHashing: string;
}

/** @throws when the function does not call `sha256` exactly once, for then this would compare nothing. */
export async function readAppendEntry(sql: postgres.Sql): Promise<AppendEntry> {
  const [{ hashing }] = await sql<{ hashing: string }[]>`
    select pg_get_functiondef('private.append_entry'::regproc) as hashing`;
  const begin = hashing.indexOf(CALL);
  if (begin < 0 || hashing.includes(CALL, begin + 1)) {
    throw new Error(`private.append_entry does not call ${CALL}…) exactly once:\n${hashing}`);
  }
  const end = endOfCall(hashing, begin + CALL.length);
  const notHashing = hashing.slice(0, begin) + CONSTANT + hashing.slice(end);
  if (/sha256|digest\(/.test(notHashing)) throw new Error(`private.append_entry hashes elsewhere too:\n${hashing}`);
  return { hashing, notHashing };
}

function endOfCall(text: string, from: number): number {
  for (let [at, depth] = [from, 1]; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at + 1;
  }
  throw new Error("The call of sha256 does not end.");
}

import { z } from "zod";
import type { Sql } from "../../../platform/database.ts";
import { decodeCursor, encodeCursor, type PageRequest } from "../../pages.ts";
import { encodeBase64Url } from "./ed25519.ts";
import { checkpointHash, type SignedCheckpoint } from "./message.ts";

export interface PublishedCheckpoint extends SignedCheckpoint {
  /** SHA-256 of the message, in hex: `previous` of the next one. */
  hash: string;
}

interface Row extends Omit<SignedCheckpoint, "public_key" | "signature"> {
  public_key: Uint8Array;
  signature: Uint8Array;
}

const position = z.tuple([z.int().positive()]);

/** What everybody may read: the signed checkpoints, newest first. `final`: no later one can change this page. */
export async function listCheckpoints(
  sql: Sql,
  { limit, cursor }: PageRequest,
): Promise<{ checkpoints: PublishedCheckpoint[]; nextCursor: string | null; final: boolean }> {
  const [before] = cursor ? decodeCursor(cursor, position) : [null];
  const rows = await sql<Row[]>`
    select number, (extract(epoch from taken_at) * 1000000)::bigint as taken_at, accounts, entries,
      encode(root, 'hex') as root, encode(previous, 'hex') as previous, public_key, signature
    from public.credit_checkpoints
    where number < coalesce(${before}::bigint, 9223372036854775807)
    order by number desc
    limit ${limit + 1}`;
  const checkpoints = rows.slice(0, limit).map(({ public_key, signature, ...checkpoint }) => ({
    ...checkpoint,
    public_key: encodeBase64Url(public_key),
    signature: encodeBase64Url(signature),
    hash: checkpointHash(checkpoint),
  }));
  const last = checkpoints.at(-1);
  return {
    checkpoints,
    nextCursor: rows.length > limit && last ? encodeCursor([last.number]) : null,
    final: checkpoints.length > 0 && checkpoints[0].number + 1 === before,
  };
}

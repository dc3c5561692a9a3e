import { randomUUID } from "node:crypto";
import { createCheckpointSigner } from "../../domain/credits/checkpoints/sign-checkpoints.ts";
import { installCheckpointKey, type InstalledKey } from "../../domain/credits/checkpoints/install-key.ts";
import { encodeBase64Url } from "../../domain/credits/checkpoints/ed25519.ts";
import type { SignedCheckpoint } from "../../domain/credits/checkpoints/message.ts";
import type { CheckpointProof } from "../../domain/credits/checkpoints/verify-proof.ts";
import { openDatabase } from "../../platform/database.ts";
import type { TestDatabase } from "./database.ts";

/** An account with this many entries, without a person in Auth. Returns its id. */
export async function newAccount(db: TestDatabase, entries = 1): Promise<string> {
  const id = randomUUID();
  await db.sql`insert into public.credit_accounts (user_id) values (${id})`;
  await addEntries(db, id, entries);
  return id;
}

export async function addEntries(db: TestDatabase, user: string, entries = 1): Promise<void> {
  for (let n = 0; n < entries; n++) {
    await db.sql`
      select private.grant_credits(${user}, 5, 'grant', 'promo', ${`gift:${randomUUID()}`}, '{}', ${randomUUID()})`;
  }
}

/** Another one of today. */
export async function takeCheckpoint(db: TestDatabase): Promise<number | null> {
  const [{ number }] = await db.asPostgres((sql) =>
    sql<{ number: number | null }[]>`select private.take_checkpoint(true) as number`
  );
  return number;
}

/** A worker's signer on this database, with what it said. */
export function signerOf(db: TestDatabase) {
  const database = openDatabase(db.url, { max: 1 });
  const said: string[] = [];
  const note = (level: string) => (message: string) => void said.push(`${level}: ${message}`);
  return {
    sign: createCheckpointSigner({ db: database, log: { warn: note("warn"), error: note("error") } }),
    said,
    close: () => database.end(),
  };
}

export async function installKey(db: TestDatabase, rotate = false): Promise<InstalledKey> {
  const key = await db.asPostgres((sql) => installCheckpointKey(sql, { rotate }));
  if (!key) throw new Error("there was a key already");
  return key;
}

/** As everybody sees them, oldest first. */
export async function published(db: TestDatabase): Promise<SignedCheckpoint[]> {
  const rows = await db.asAnon((sql) =>
    sql`
      select number, (extract(epoch from taken_at) * 1000000)::bigint as taken_at, accounts, entries,
        encode(root, 'hex') as root, encode(previous, 'hex') as previous, public_key, signature
      from public.credit_checkpoints order by number`
  );
  return rows.map((row) =>
    ({
      ...row,
      public_key: encodeBase64Url(row.public_key),
      signature: encodeBase64Url(row.signature),
    }) as SignedCheckpoint
  );
}

export async function proofOf(db: TestDatabase, user: string): Promise<CheckpointProof | null> {
  const [{ proof }] = await db.asUser(
    user,
    (sql) => sql<{ proof: CheckpointProof | null }[]>`select public.checkpoint_proof() as proof`,
  );
  return proof;
}

/** What a superuser can do and nobody else: change rows past every trigger. */
export async function tamper(db: TestDatabase, ...statements: string[]): Promise<void> {
  await db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    for (const statement of statements) await sql.unsafe(statement);
  });
}

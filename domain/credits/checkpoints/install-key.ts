import type postgres from "postgres";
import { newSigningKey, readSigningKey } from "./ed25519.ts";
import { keyFingerprint } from "./verify-proof.ts";

/** The name in Vault of the private key that signs checkpoints; `private.checkpoint_key` reads it. */
const NAME = "checkpoint_key";

export interface InstalledKey {
  /** 32 bytes in base64url, as each checkpoint carries it. */
  publicKey: string;
  /** SHA-256 of those bytes, in hex. */
  fingerprint: string;
}

/**
 * Puts a new signing key into Vault; the private half leaves this function nowhere else. Null if there is one already
 * and it is not to be replaced. As the owner of the database: nobody else may write to Vault.
 */
export async function installCheckpointKey(
  sql: postgres.TransactionSql,
  { rotate }: { rotate: boolean },
): Promise<InstalledKey | null> {
  const [kept] = await sql<{ id: string }[]>`select id from vault.secrets where name = ${NAME}`;
  if (kept && !rotate) return null;
  const secret = await newSigningKey();
  const { publicKey } = await readSigningKey(secret);
  const description = `Signs checkpoints. Public half: ${publicKey}`;
  if (kept) await sql`select vault.update_secret(${kept.id}, ${secret}, ${NAME}, ${description})`;
  else await sql`select vault.create_secret(${secret}, ${NAME}, ${description})`;
  return { publicKey, fingerprint: keyFingerprint(publicKey)! };
}

import type { Database } from "../../../platform/database.ts";
import type { Log } from "../../../platform/log.ts";
import { decodeBase64Url, readSigningKey, type SigningKey } from "./ed25519.ts";

/**
 * Signs the checkpoints that wait for it, oldest first, with the key as it is in Vault at that moment; a signed
 * one is public. Any number of workers may try at once: the first signature of each counts.
 *
 * Without a usable key they wait, the worker says so once, and everything else goes on; so does it never throw.
 * The answer of the function it gives is how many it signed.
 */
export function createCheckpointSigner(
  { db, log }: { db: Database; log: Pick<Log, "warn" | "error"> },
): () => Promise<number> {
  let complaint = "";
  /** The same trouble again, every few minutes, would be noise. */
  const complain = (level: "warn" | "error", message: string, fields?: Record<string, unknown>) => {
    if (complaint !== message) log[level](message, fields);
    complaint = message;
  };

  return async function signCheckpoints() {
    try {
      const { waiting, key } = await whatWaits(db);
      if (waiting.length > 0 && key === null) {
        complain("warn", "checkpoints wait unsigned: there is no key in Vault (deno task checkpoint:key)", {
          waiting: waiting.length,
        });
        return 0;
      }
      const signed = key === null ? 0 : await signAll(db, await readSigningKey(key), waiting);
      complaint = "";
      return signed;
    } catch (error) {
      complain("error", "checkpoints could not be signed", { error });
      return 0;
    }
  };
}

interface Waiting {
  number: number;
  message: string;
}

async function whatWaits(db: Database): Promise<{ waiting: Waiting[]; key: string | null }> {
  return await db.asService(async (sql) => {
    const waiting = await sql<Waiting[]>`select number, message from private.unsigned_checkpoints()`;
    // The key leaves Vault only when there is something to sign.
    if (waiting.length === 0) return { waiting, key: null };
    const [{ key }] = await sql<{ key: string | null }[]>`select private.checkpoint_key() as key`;
    return { waiting, key };
  });
}

async function signAll(db: Database, key: SigningKey, waiting: Waiting[]): Promise<number> {
  const publicKey = bytes(key.publicKey, 32);
  const signatures = await Promise.all(waiting.map(({ message }) => key.sign(message)));
  return await db.asService(async (sql) => {
    // Sent together, done in order.
    const answers = await Promise.all(waiting.map(({ number }, index) =>
      sql<{ signed: boolean }[]>`
        select private.sign_checkpoint(${number}, ${publicKey}, ${bytes(signatures[index], 64)}) as signed`
    ));
    return answers.filter(([{ signed }]) => signed).length;
  });
}

/** Not `Uint8Array.fromBase64`, which edge functions may not have yet. */
function bytes(base64url: string, length: number): Uint8Array {
  const decoded = decodeBase64Url(base64url, length);
  if (!decoded) throw new TypeError(`not ${length} bytes in base64url`);
  return decoded;
}

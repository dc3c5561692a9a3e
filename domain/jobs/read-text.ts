import type { Database } from "../../platform/database.ts";
import { readAtMost } from "../../platform/read-at-most.ts";
import type { Session } from "../../platform/request.ts";
import type { StorageReader } from "../../platform/storage.ts";
import { readOutput } from "./read-output.ts";

/** Larger than any text that is stored. */
const MAX_BYTES = 2 * 1024 * 1024;

/** The finished text of a person's job; null where there is none, or where it cannot be read just now. */
export async function readText(
  { db, storage }: { db: Database; storage: StorageReader },
  session: Session,
  jobId: string,
): Promise<string | null> {
  const output = await db.asUser(session.claims, (sql) => readOutput(sql, jobId, "0"));
  if (output?.contentType !== "text/plain") return null;
  const bytes = await readAtMost(await storage.download(output.path, session.accessToken), MAX_BYTES);
  return bytes && bytes.length > 0 ? new TextDecoder().decode(bytes) : null;
}

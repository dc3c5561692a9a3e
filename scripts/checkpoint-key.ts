/**
 * Makes the key that signs checkpoints and puts it into Vault:
 *
 *   SUPABASE_DB_URL=postgresql://… deno task checkpoint:key [--rotate]
 *
 * The private half is never printed and exists nowhere else. After a rotation old checkpoints stay verifiable, for
 * each carries the public key it was signed with; those that wait are signed with the new one.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { installCheckpointKey } from "../domain/credits/checkpoints/install-key.ts";

const USAGE = "SUPABASE_DB_URL=postgresql://… deno task checkpoint:key [--rotate]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { rotate: { type: "boolean" }, help: { type: "boolean" } },
  });
  const url = Deno.env.get("SUPABASE_DB_URL");
  if (values.help || !url) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const installed = await sql.begin((transaction) =>
      installCheckpointKey(transaction, { rotate: values.rotate ?? false })
    );
    if (!installed) {
      console.error("There is a key already, so nothing was changed. --rotate replaces it.");
      return 1;
    }
    console.log(`Public key   ${installed.publicKey}\nFingerprint  ${installed.fingerprint}`);
    return 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

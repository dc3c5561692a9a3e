// Writes platform/database-types.ts from a fresh database with all migrations. `--check` fails when the file is stale.
import { spawnSync } from "node:child_process";
import { forCli, supabaseCli } from "../sandbox/postgres/migrate.ts";
import { freshDatabase } from "../tests/support/database.ts";
import { writeOrCheck } from "./generated-file.ts";

const HEADER = "// Generated from the migrations by `deno task gen:types`.\n";

/** The tables and functions as TypeScript, by the Supabase CLI. */
export async function generateTypes(url: string): Promise<string> {
  const types = await supabaseCli(["gen", "types", "typescript", `--remote=${forCli(url)}`, "--schema=public,private"]);
  const { stdout, status, stderr } = spawnSync(Deno.execPath(), ["fmt", "--ext=ts", "--line-width=120", "-"], {
    input: types,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`deno fmt: ${stderr}`);
  return HEADER + stdout;
}

if (import.meta.main) {
  const database = await freshDatabase();
  try {
    await writeOrCheck("platform/database-types.ts", await generateTypes(database.url), "gen:types");
  } finally {
    await database.close();
  }
}

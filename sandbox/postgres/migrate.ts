import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { Problem } from "../problem.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(root, "node_modules", "supabase", "dist", "supabase.js");

/** Runs the real Supabase CLI in this project, quiet and without calling home. Resolves with what it printed. */
export function supabaseCli(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("node", [cli, ...args, "--workdir", root], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DO_NOT_TRACK: "1", SUPABASE_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk) => output += chunk);
    child.stderr.on("data", (chunk) => errors += chunk);
    child.on(
      "error",
      () => reject(new Problem("The Supabase CLI did not start. Run `npm ci` with Node on your PATH.")),
    );
    child.on("close", (code) => {
      if (code === 0) return resolve(output);
      reject(new Problem(`supabase ${args.slice(0, 2).join(" ")} failed:\n${(output + errors).trim()}`));
    });
  });
}

/** A database URL as the CLI likes it: it tries TLS first and complains otherwise. */
export function forCli(url: string): string {
  return `${url}?sslmode=disable`;
}

/**
 * Applies what supabase/migrations and seed.sql have and the database has not, by `supabase db push`.
 * Half a second of CLI is left out when the database says that there is nothing to do.
 */
export async function migrateDatabase(url: string): Promise<"migrated" | "unchanged"> {
  if (await isUpToDate(url)) return "unchanged";
  await supabaseCli(["db", "push", "--include-seed", "--yes", `--remote=${forCli(url)}`]);
  return "migrated";
}

async function isUpToDate(url: string): Promise<boolean> {
  const files = (await readdir(join(root, "supabase", "migrations"))).filter((file) => file.endsWith(".sql"));
  const wanted = files.map((file) => file.split("_")[0]).sort();
  const seed = createHash("sha256").update(await readFile(join(root, "supabase", "seed.sql"))).digest("hex");

  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [{ exists }] = await sql`select to_regclass('supabase_migrations.seed_files') is not null as exists`;
    if (!exists) return false;
    const applied = await sql`select version from supabase_migrations.schema_migrations order by version`;
    const seeds = await sql`select hash from supabase_migrations.seed_files`;
    return applied.map((row) => row.version).join() === wanted.join() && seeds.some((row) => row.hash === seed);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

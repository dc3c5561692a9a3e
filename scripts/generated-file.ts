import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * Writes a generated file, or with `--check` only says whether it is what would be written.
 * `path` is relative to the project's root; `task` is what brings it up to date.
 */
export async function writeOrCheck(path: string, content: string, task: string): Promise<void> {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const current = await readFile(file, "utf8").catch(() => "");
  if (current === content) return console.log(`${path} is up to date.`);
  if (Deno.args.includes("--check")) {
    console.error(`${path} is not what the migrations make. Run \`deno task ${task}\` and commit it.`);
    Deno.exitCode = 1;
    return;
  }
  await writeFile(file, content);
  console.log(`${path} written.`);
}

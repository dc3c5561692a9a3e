import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** One import of one of our files by another; paths from the root of the project. */
export interface Import {
  from: string;
  to: string;
  /** `import type`: gone before anything runs. */
  typeOnly: boolean;
}

interface Graph {
  modules: {
    specifier: string;
    dependencies?: { specifier: string; code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

/** Root of this project. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SOURCE = /\.tsx?$/;

/** Every import between our own files below `root`, as Deno resolves them. */
export async function readImports(root: string, folders: readonly string[]): Promise<Import[]> {
  const files = (await Promise.all(folders.map((folder) => sourceFiles(root, folder)))).flat();
  const { modules } = await moduleGraph(root, files);
  const ours = (specifier: string | undefined): string | null => {
    if (!specifier?.startsWith("file:")) return null;
    const path = relative(root, fileURLToPath(specifier)).split(sep).join("/");
    return path.startsWith("..") || path.startsWith("node_modules/") ? null : path;
  };
  return modules.flatMap(({ specifier, dependencies = [] }) => {
    const from = ours(specifier);
    return dependencies.flatMap(({ code, type }) => {
      const to = ours(code?.specifier ?? type?.specifier);
      return from && to ? [{ from, to, typeOnly: code === undefined }] : [];
    });
  });
}

/** Names of the packages that run, directly or not, when `entries` run; those of types alone do not count. */
export async function readPackageImports(root: string, entries: readonly string[]): Promise<string[]> {
  const { modules } = await moduleGraph(root, [...entries]);
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (url: string) => {
    if (seen.has(url) || url.includes("/node_modules/")) return;
    seen.add(url);
    for (const { specifier, code } of byName.get(url)?.dependencies ?? []) {
      if (!code?.specifier) continue;
      if (/^[a-z@]/.test(specifier) && !/^(node|file):/.test(specifier)) packages.add(specifier);
      visit(code.specifier);
    }
  };
  for (const entry of entries) visit(pathToFileURL(join(root, entry)).href);
  return [...packages].sort();
}

async function sourceFiles(root: string, folder: string): Promise<string[]> {
  if (SOURCE.test(folder)) return [folder];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** `deno info` takes one file, so it gets one that imports them all. */
async function moduleGraph(root: string, files: string[]): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), "kredo-imports-"));
  try {
    const entry = join(folder, "all.ts");
    await writeFile(entry, files.map((file) => `import "${pathToFileURL(join(root, file))}";\n`).join(""));
    const arguments_ = ["info", "--json", "--no-remote", "--config", join(root, "deno.json"), entry];
    const { stdout } = await promisify(execFile)(Deno.execPath(), arguments_, { maxBuffer: 256 * 1024 * 1024 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

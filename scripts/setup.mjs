// Runs under plain Node before anything is installed: no dependencies, no TypeScript.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const denoPath = join(root, "node_modules", "deno", process.platform === "win32" ? "deno.exe" : "deno");

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** Checks Node and installs what the lockfile asks for, unless it is there already. */
export function setup() {
  process.chdir(root);
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) {
    stop(
      `Kredo needs Node 20 or newer, this is ${process.versions.node}. Install it from https://nodejs.org and try again.`,
    );
  }

  if (!isInstalled()) {
    console.log("Installing dependencies (npm ci)…");
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    if (npm.error) stop("npm was not found. It comes with Node: reinstall Node 20 or newer and try again.");
    if (npm.status !== 0) stop("npm ci failed (its message is above). Fix that and run the command again.");
  }

  // npm may be configured not to run install scripts; this is the one we cannot do without.
  if (!existsSync(denoPath)) spawnSync(process.execPath, [join(root, "node_modules", "deno", "install.cjs")]);
  if (!existsSync(denoPath)) {
    stop("node_modules/deno has no binary for this platform. Run `npm ci` and read its output.");
  }
}

/** npm notes in node_modules what it installed; compared with the lockfile package by package. */
function isInstalled() {
  const packages = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8")).packages;
  try {
    const installed = packages("node_modules", ".package-lock.json");
    return Object.entries(packages("package-lock.json")).every(([path, wanted]) =>
      path === "" || (installed[path] ? installed[path].version === wanted.version : wanted.optional === true)
    );
  } catch {
    return false;
  }
}

/** Environment of everything we start: the tools stay quiet and call nobody. */
export function environment() {
  return {
    ...process.env,
    DO_NOT_TRACK: "1",
    DENO_NO_UPDATE_CHECK: "1",
    SUPABASE_TELEMETRY_DISABLED: "1",
    PATH: join(root, "node_modules", ".bin") + (process.platform === "win32" ? ";" : ":") + process.env.PATH,
  };
}

/**
 * Runs Deno in the foreground and ends this process with its exit code. With `leashed`, its standard input is a pipe
 * from here, so that it notices when this process ends without a word (kill -9).
 */
export function runDeno(args, { leashed = false } = {}) {
  const child = spawn(denoPath, args, {
    stdio: [leashed ? "pipe" : "inherit", "inherit", "inherit"],
    env: environment(),
  });
  // A terminal sends Ctrl-C to the whole group, a supervisor (systemd, CI) only to us. The child hears it
  // either way and decides when to end; we stay to report its exit code.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => signal === "SIGINT" || child.kill(signal));
  }
  child.on("error", (error) => stop(`Could not run Deno: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

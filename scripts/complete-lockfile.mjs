// Run after `npm install` has written package-lock.json: node scripts/complete-lockfile.mjs
//
// A registry mirror may lack the newest build of a package for other platforms. `npm install` then
// leaves that optional package out of the lockfile, and `npm ci` refuses the lockfile as incomplete.
// This adds the missing entries by name and version. They carry no integrity hash (nobody here has
// seen the file), and npm skips them wherever `os` and `cpu` do not match.
import { readFileSync, writeFileSync } from "node:fs";

const systems = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  linuxmusl: "linux",
  openbsd: "openbsd",
  openharmony: "openharmony",
  win32: "win32",
  windows: "win32",
  wasm32: null,
};
const processors = ["arm64", "x64", "ia32", "arm", "ppc64", "s390x", "riscv64", "loong64", "wasm32"];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const { packages } = lock;

/** Where a dependency of the package at `path` may stand, nearest first. */
const places = (path, name) => [
  `${path}/node_modules/${name}`,
  `${path.slice(0, path.lastIndexOf("node_modules/"))}node_modules/${name}`,
  `node_modules/${name}`,
];

let added = 0;
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const candidates = places(path, name);
    if (!/^\d/.test(version) || candidates.some((place) => packages[place]?.version === version)) continue;
    const words = name.split(/[/-]/);
    const os = words.map((word) => systems[word]).find(Boolean);
    const cpu = processors.find((processor) =>
      words.some((word) => word === processor || word.startsWith(`${processor}_`))
    );
    // Beside the package that wants it, unless another version stands there already.
    packages[packages[candidates[1]] ? candidates[0] : candidates[1]] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      ...(words.includes("musl") && { libc: ["musl"] }),
      optional: true,
      ...(os && { os: [os] }),
    };
    added++;
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional packages added to package-lock.json`);

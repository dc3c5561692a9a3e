import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { type Import, readImports, ROOT } from "../support/imports.ts";

const SOURCES = [
  "main.ts",
  "entry.server.ts",
  "routes",
  "islands",
  "components",
  "locales",
  "domain",
  "platform",
  "supabase/functions",
];

/** What the files of a folder may import besides one another. `types:` is for `import type` alone. */
const MAY_IMPORT: Record<string, string[]> = {
  "entry.server.ts": ["main.ts"],
  "main.ts": ["platform/", "domain/errors.ts"],
  "routes/": ["components/", "islands/", "locales/", "domain/", "platform/", "static/", "assets.d.ts"],
  "supabase/functions/": ["domain/", "platform/"],
  // Rules stay on the server, but for those by which a browser checks what the server says.
  "islands/": [
    "components/",
    "locales/",
    "types:domain/",
    "domain/credits/statement/authority.ts",
    "domain/credits/statement/verify.ts",
    "domain/credits/checkpoints/verify-proof.ts",
  ],
  "components/": ["islands/", "locales/", "platform/request.ts", "static/", "domain/errors.ts", "types:domain/"],
  "domain/": ["platform/", "locales/"],
  // The list of errors is vocabulary: it imports nothing and everybody speaks it.
  "platform/": ["domain/errors.ts", "locales/locale.ts"],
  "locales/": ["types:domain/errors.ts"],
};

/** Nouns that others build on and that build on no other noun. */
const LEAVES = ["accounts", "credits"];

function violations(imports: readonly Import[]): string[] {
  const found = imports.filter(({ from, to, typeOnly }) => {
    const folder = Object.keys(MAY_IMPORT).find((name) => from.startsWith(name));
    if (!folder || to.startsWith(folder)) return false;
    return !MAY_IMPORT[folder].some((allowed) =>
      allowed.startsWith("types:") ? typeOnly && to.startsWith(allowed.slice("types:".length)) : to.startsWith(allowed)
    );
  });
  return [...found.map(({ from, to }) => `${from} → ${to}`), ...browserViolations(imports), ...nounViolations(imports)];
}

/** What an island may import brings its own imports along; none of those may lead to the server's outside world. */
function browserViolations(imports: readonly Import[]): string[] {
  const running = imports.filter(({ typeOnly }) => !typeOnly);
  const inBrowsers = new Set(running.map(({ from }) => from).filter((file) => file.startsWith("islands/")));
  const found: string[] = [];
  for (const file of inBrowsers) {
    for (const { to } of running.filter(({ from }) => from === file)) {
      if (!to.startsWith("platform/")) inBrowsers.add(to);
      else if (!file.startsWith("islands/")) found.push(`${file} → ${to} in a browser`);
    }
  }
  return found;
}

function nounViolations(imports: readonly Import[]): string[] {
  const noun = (path: string) => /^domain\/([^/]+)\//.exec(path)?.[1];
  const uses = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [user, used] = [noun(from), noun(to)];
    if (user && used && user !== used) uses.set(user, (uses.get(user) ?? new Set()).add(used));
  }
  const reaches = (from: string, target: string, seen = new Set<string>()): boolean =>
    [...uses.get(from) ?? []].some((next) =>
      next === target || !seen.has(next) && reaches(next, target, seen.add(next))
    );
  return [
    ...LEAVES.filter((leaf) => uses.has(leaf)).map((leaf) =>
      `domain/${leaf} is a leaf and uses ${[...uses.get(leaf)!]}`
    ),
    ...[...uses.keys()].filter((name) => reaches(name, name)).map((name) => `domain/${name} is part of a cycle`),
  ];
}

describe("imports", () => {
  it("point down: entry points, domain, platform", async () => {
    const imports = await readImports(ROOT, SOURCES);
    assert.ok(imports.length > 100, `the graph has only ${imports.length} imports: was it read at all?`);
    assert.deepEqual(violations(imports), []);
  });

  describe("that point elsewhere are found", () => {
    const folders: string[] = [];
    after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

    const plant = async (files: Record<string, string>) => {
      const root = await mkdtemp(join(tmpdir(), "kredo-planted-"));
      folders.push(root);
      for (const [path, text] of Object.entries({ "deno.json": "{}", ...files })) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), text);
      }
      return violations(await readImports(root, SOURCES));
    };

    it("when a rule reaches up to a route", async () => {
      const found = await plant({
        "routes/a.ts": "export const a = 1;",
        "domain/jobs/b.ts": 'import { a } from "../../routes/a.ts"; export const b = a;',
      });
      assert.deepEqual(found, ["domain/jobs/b.ts → routes/a.ts"]);
    });

    it("when anything reaches into the sandbox", async () => {
      const found = await plant({
        "sandbox/fake.ts": "export interface Fake { a: 1 }",
        "platform/c.ts": 'import type { Fake } from "../sandbox/fake.ts"; export const c: Fake = { a: 1 };',
      });
      assert.deepEqual(found, ["platform/c.ts → sandbox/fake.ts"]);
    });

    it("when an island brings a rule to the browser, though it may name its types", async () => {
      const found = await plant({
        "domain/jobs/d.ts": "export interface Job { id: string }\nexport const d = 1;",
        "islands/typed.ts": 'import type { Job } from "../domain/jobs/d.ts"; export const id = (job: Job) => job.id;',
        "islands/heavy.ts": 'import { d } from "../domain/jobs/d.ts"; export const e = d;',
      });
      assert.deepEqual(found, ["islands/heavy.ts → domain/jobs/d.ts"]);
    });

    it("when a rule that browsers have gets something of the server's", async () => {
      const found = await plant({
        "platform/i.ts": "export const i = 1;",
        "domain/credits/statement/entry.ts": 'export { i } from "../../../platform/i.ts";',
        "domain/credits/statement/verify.ts": 'export { i } from "./entry.ts";',
        "islands/check.ts": 'import { i } from "../domain/credits/statement/verify.ts"; export const j = i;',
      });
      assert.deepEqual(found, ["domain/credits/statement/entry.ts → platform/i.ts in a browser"]);
    });

    it("when two nouns need each other, and when a leaf needs any", async () => {
      const found = await plant({
        "domain/billing/f.ts": 'import type { G } from "../jobs/g.ts"; export type F = G;',
        "domain/jobs/g.ts": 'import type { F } from "../billing/f.ts"; export type G = string; export type H = F;',
        "domain/credits/h.ts": 'import type { G } from "../jobs/g.ts"; export type I = G;',
      });
      assert.deepEqual(found.sort(), [
        "domain/billing is part of a cycle",
        "domain/credits is a leaf and uses jobs",
        "domain/jobs is part of a cycle",
      ]);
    });
  });
});

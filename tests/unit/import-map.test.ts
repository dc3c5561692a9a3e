import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { readPackageImports, ROOT } from "../support/imports.ts";

const json = async (path: string) => JSON.parse(await readFile(`${ROOT}${path}`, "utf8"));

describe("the import map of the edge functions", () => {
  it("names exactly the packages they run with, at the versions of package.json", async () => {
    const entries = await readdir(`${ROOT}supabase/functions`, { withFileTypes: true });
    const functions = entries.filter((entry) => entry.isDirectory()).map(({ name }) =>
      `supabase/functions/${name}/index.ts`
    );
    const used = await readPackageImports(ROOT, functions);
    const { dependencies } = await json("package.json");
    const { imports } = await json("supabase/functions/import_map.json");
    assert.deepEqual(
      imports,
      Object.fromEntries(used.map((specifier) => {
        const name = /^(@[^/]+[/])?[^/]+/.exec(specifier)![0];
        return [specifier, `npm:${name}@${dependencies[name]}${specifier.slice(name.length)}`];
      })),
    );
  });
});

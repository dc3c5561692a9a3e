import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { ROOT } from "../support/imports.ts";

describe("schedules", () => {
  it("stand on one page, the last one, as the database has them", async () => {
    const folder = `${ROOT}supabase/migrations/`;
    const scheduled = async (path: string) =>
      (await readFile(path, "utf8")).match(/^select cron\.schedule\(.*$/gm) ?? [];
    const pages: string[] = [];
    for (const name of (await readdir(folder)).sort()) {
      if ((await scheduled(folder + name)).length > 0) pages.push(name);
    }
    assert.deepEqual(pages.filter((name) => !name.endsWith("_ops_schedules.sql")), []);
    assert.deepEqual(
      (await scheduled(folder + pages.at(-1))).sort(),
      (await scheduled(`${ROOT}supabase/schema.sql`)).sort(),
    );
  });
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { dumpSchema } from "../../scripts/db-dump.ts";
import { generateTypes } from "../../scripts/gen-types.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("generated files", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const committed = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

  it("supabase/schema.sql is what the migrations make (deno task db:dump)", async () => {
    assert.equal(await dumpSchema(db.url), await committed("supabase/schema.sql"));
  });

  it("platform/database-types.ts is what the migrations make (deno task gen:types)", async () => {
    assert.equal(await generateTypes(db.url), await committed("platform/database-types.ts"));
  });
});

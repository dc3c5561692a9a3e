import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { forCli, supabaseCli } from "../../sandbox/postgres/migrate.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("Supabase's own advisors", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const advise = () => supabaseCli(["db", "advisors", "--fail-on=warn", `--remote=${forCli(db.url)}`]);

  it("have nothing to say about the schema", async () => {
    await advise();
  });

  it("would have said something about a public table without row level security", async () => {
    await db.asPostgres((sql) => sql`create table public.bare (id int)`);
    await db.asPostgres((sql) => sql`grant select on public.bare to anon`);
    await assert.rejects(advise(), /rls_disabled_in_public/);
  });
});

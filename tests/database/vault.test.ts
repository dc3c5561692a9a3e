import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";

// What our code relies on in Vault. The same holds on Supabase.

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

describe("Vault", () => {
  it("stores a secret encrypted and shows it decrypted to the owner", async () => {
    await db.asPostgres((sql) => sql`select vault.create_secret('s3cret', 'a_name', 'what it is for')`);
    const [row] = await db.asPostgres((sql) =>
      sql`
      select secret, decrypted_secret, description from vault.decrypted_secrets where name = 'a_name'`
    );
    assert.equal(row.decrypted_secret, "s3cret");
    assert.equal(row.description, "what it is for");
    assert.ok(!row.secret.includes("s3cret") && !atob(row.secret.replaceAll("\n", "")).includes("s3cret"));
  });

  it("keeps names unique", async () => {
    const create = () => db.asPostgres((sql) => sql`select vault.create_secret('x', 'unique_name')`);
    await create();
    assert.equal(await refusal(create()), "23505");
  });

  it("changes what is given and leaves the rest", async () => {
    const [{ id }] = await db.asPostgres((sql) => sql`select vault.create_secret('old', 'changing', 'kept') as id`);
    await db.asPostgres((sql) => sql`select vault.update_secret(${id}, 'new')`);
    const [row] = await db.asPostgres((sql) =>
      sql`
      select name, decrypted_secret, description from vault.decrypted_secrets where id = ${id}`
    );
    assert.deepEqual({ ...row }, { name: "changing", decrypted_secret: "new", description: "kept" });
  });

  it("is closed to people and to the web server", async () => {
    const look = "select * from vault.decrypted_secrets";
    assert.equal(await refusal(db.asAnon((sql) => sql.unsafe(look))), "42501");
    assert.equal(await refusal(db.asUser(await db.createUser(), (sql) => sql.unsafe(look))), "42501");
    assert.equal(await refusal(db.asWeb((sql) => sql.unsafe("select vault.create_secret('x')"))), "42501");
  });

  it("keeps its key out of everybody's reach", async () => {
    assert.equal(await refusal(db.asPostgres((sql) => sql`select vault._key()`)), "42501");
    assert.equal(await refusal(db.asPostgres((sql) => sql`select pg_read_file('vault.key')`)), "42501");
  });
});

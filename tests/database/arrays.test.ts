/** Arrays go to Postgres and come back, without a question to it about their types. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Database, openDatabase } from "../../platform/database.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("arrays", () => {
  let test: TestDatabase;
  let db: Database;
  before(async () => {
    test = await freshDatabase();
    db = openDatabase(test.url);
  });
  after(async () => {
    await db.end();
    await test.close();
  });

  it("come back as they went", async () => {
    const texts = ["", "a b", 'a "quoted" \\ one', "{,}", "NULL", "null", "zażółć\n", "'"];
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    const times = [new Date("2026-02-28T23:59:59.123Z"), new Date(0)];
    const [row] = await db.asService((sql) =>
      sql`
        select ${texts}::text[] as texts, ${ids}::uuid[] as ids, ${[1, -2]}::int[] as ints, ${[
        2 ** 40,
        0,
      ]}::bigint[] as bigs,
          ${[]}::text[] as none, array[null, 'NULL'] as nulls, array[['a', 'b'], ['c', 'd']] as nested,
          array[true, false] as flags, array['{"a": ["}"]}'::jsonb] as objects,
          array[${times[0]}::timestamptz, ${times[1]}::timestamptz] as times, '[2:3]={a,b}'::text[] as bounds`
    );
    assert.deepEqual({ ...row }, {
      texts,
      ids,
      ints: [1, -2],
      bigs: [2 ** 40, 0],
      none: [],
      nulls: [null, "NULL"],
      nested: [["a", "b"], ["c", "d"]],
      flags: [true, false],
      objects: [{ a: ["}"] }],
      times,
      bounds: ["a", "b"],
    });
  });
});

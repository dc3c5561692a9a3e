import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, openPool, type TestDatabase } from "../support/database.ts";
import { balanceOf, refusal } from "../support/ledger.ts";
import { HOUR, passTime } from "../support/ledger-books.ts";
import { ask, type RequestOf } from "../support/ledger-requests.ts";
import { brokenRules } from "../support/ledger-rules.ts";

describe("sweeps over everybody's lots", () => {
  let db: TestDatabase;
  let sql: TestDatabase["sql"];
  before(async () => {
    db = await freshDatabase();
    sql = openPool(db.url, { max: 1 });
  });
  after(async () => {
    await sql.end();
    await db.close();
  });

  const grant = async (user: string, hours: { starts?: number; ends?: number }) => {
    const at = (hour?: number) => hour === undefined ? null : Date.now() + hour * HOUR;
    const request: RequestOf<"grant"> = {
      call: "grant",
      user,
      amount: 5,
      kind: "grant",
      counter: "plan",
      ref: `plan:${randomUUID()}`,
      key: randomUUID(),
      priority: 60,
      effectiveAt: at(hours.starts),
      expiresAt: at(hours.ends),
    };
    assert.ok("answer" in await ask(sql, request));
  };

  it("end lots although one account cannot be written, and come back to it when that is mended", async () => {
    const [broken, whole] = [await db.createUser(), await db.createUser()];
    for (const user of [broken, whole]) await grant(user, { ends: 1 });
    const balance = (available: number) =>
      db.sql`update public.credit_accounts set available = ${available} where user_id = ${broken}`;
    await balance(2);
    await passTime(db.sql, [broken, whole], 2);
    for (let i = 0; i < 2; i++) await ask(sql, { call: "expire", limit: 100 });
    assert.deepEqual(await balanceOf(db, whole), { available: 10, held: 0, debt: 0 });

    await balance(15);
    assert.deepEqual(await ask(sql, { call: "expire", limit: 100 }), { answer: 1 });
    assert.deepEqual(await brokenRules(db.sql, [broken, whole]), []);
  });

  it("start lots although one cannot be added to its account", async () => {
    const [broken, whole] = [await db.createUser(), await db.createUser()];
    for (const user of [broken, whole]) await grant(user, { starts: 1 });
    const amount = (credits: string) =>
      db.sql`update public.credit_grants set amount = ${credits}::text::bigint where user_id = ${broken} and entry_seq is null`;
    await amount("9223372036854775807");
    await passTime(db.sql, [broken, whole], 2);
    for (let i = 0; i < 2; i++) await ask(sql, { call: "activate", limit: 100 });
    assert.deepEqual(await balanceOf(db, whole), { available: 15, held: 0, debt: 0 });

    await amount("5");
    assert.deepEqual(await ask(sql, { call: "activate", limit: 100 }), { answer: 1 });
    assert.deepEqual(await brokenRules(db.sql, [broken, whole]), []);
  });

  it("never see a grant whose name could be mistaken in the chain, or is too large for any balance", async () => {
    const user = await db.createUser();
    const later = "now() + interval '1 hour'";
    for (const ref of ["Two words", "line\nbreak", "", `x:${"y".repeat(200)}`]) {
      for (const when of ["null", later]) {
        const query = sql.unsafe(`select private.grant_credits($1, 5, 'grant', 'plan', $2, '{}', $3, 50, ${when})`, [
          user,
          ref,
          randomUUID(),
        ]);
        assert.match(await refusal(query), /^(KR004|23514)$/, JSON.stringify(ref));
      }
    }
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
  });
});

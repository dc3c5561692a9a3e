import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { freshDatabase, openPool, type TestDatabase } from "../support/database.ts";
import { balanceOf, entriesOf } from "../support/ledger.ts";
import { HOUR, passTime } from "../support/ledger-books.ts";
import { ask, type Request, type RequestOf } from "../support/ledger-requests.ts";
import { brokenRules } from "../support/ledger-rules.ts";

describe("what is asked twice", () => {
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

  const topUp = (user: string, changes: Partial<RequestOf<"grant">> = {}): RequestOf<"grant"> => ({
    call: "grant",
    user,
    amount: 5,
    kind: "topup",
    counter: "stripe",
    ref: `checkout:${randomUUID()}`,
    key: randomUUID(),
    priority: 50,
    effectiveAt: null,
    expiresAt: null,
    ...changes,
  });

  it("is answered as at first, also when a grant's end has passed meanwhile", async () => {
    const user = await db.createUser();
    const expiresAt = Date.now() + 1_500;
    const grant = topUp(user, { expiresAt });
    assert.deepEqual(await ask(sql, grant), { answer: 2 });
    await sleep(expiresAt - Date.now() + 50);
    assert.deepEqual(await ask(sql, grant), { answer: 2 });
    await ask(sql, { call: "expire", limit: 100 });
    assert.deepEqual(await ask(sql, grant), { answer: 2 });
    assert.equal((await balanceOf(db, user)).available, 10);
  });

  it("is refused when anything about it differs under the same key", async () => {
    const [user, other] = [await db.createUser(), await db.createUser()];
    const [starts, ends] = [Date.now() + HOUR, Date.now() + 2 * HOUR];
    const name = () => ({ ref: `test:${randomUUID()}`, key: randomUUID() });
    const back = { call: "claw back", user, amount: 2, kind: "refund", grantRef: "signup", ...name() } as const;
    const others: [Request, Record<string, unknown>][] = [
      [topUp(user, { expiresAt: ends }), {
        user: other,
        amount: 6,
        kind: "grant",
        counter: "promo",
        ref: "checkout:another",
        priority: 60,
        effectiveAt: starts,
        expiresAt: null,
      }],
      [topUp(user, { effectiveAt: starts }), { effectiveAt: starts + 1, expiresAt: ends }],
      [back, { user: other, amount: 3, kind: "dispute", ref: "refund:another", grantRef: null }],
      [{ call: "adjust", user, amount: -1, ...name() }, { user: other, amount: 1, ref: "adjustment:another" }],
      [{ call: "transfer", from: user, to: other, amount: 1, ...name() }, { amount: 2, ref: "transfer:another" }],
      [{ call: "transfer", from: user, to: other, amount: 1, ...name() }, { from: other, to: user }],
      [{ call: "reserve", user, amount: 1, hold: randomUUID() }, { user: other, amount: 2 }],
    ];
    for (const [request, changes] of others) {
      assert.ok("answer" in await ask(sql, request), JSON.stringify(request));
      const before = [await balanceOf(db, user), await balanceOf(db, other)];
      for (const [field, value] of Object.entries(changes)) {
        // Both sides of a transfer at once, or it would be one to oneself.
        const another = field === "from" || field === "to"
          ? { ...request, ...changes }
          : { ...request, [field]: value };
        assert.deepEqual(await ask(sql, another as Request), { refused: "KR002" }, `${request.call}: ${field}`);
      }
      assert.deepEqual([await balanceOf(db, user), await balanceOf(db, other)], before);
    }
  });

  it("is not done twice for having another key: one payment is one top-up", async () => {
    const [user, ref] = [await db.createUser(), "checkout:one-payment"];
    assert.deepEqual(await ask(sql, topUp(user, { ref })), { answer: 2 });
    assert.ok("refused" in await ask(sql, topUp(user, { ref })), "refused with a code of ours");
    assert.equal((await balanceOf(db, user)).available, 15);
  });

  for (const [first, second] of [["scheduled", "at once"], ["at once", "scheduled"], ["scheduled", "scheduled"]]) {
    it(`${first}, then ${second}: one grant under two keys is one grant, and nobody else's waits for it`, async () => {
      const [user, other, ref] = [
        await db.createUser(),
        await db.createUser(),
        `checkout:${first}:${second}`.replaceAll(" ", "-"),
      ];
      const later = { effectiveAt: Date.now() + HOUR };
      const when = (what: string) => what === "scheduled" ? later : {};
      assert.ok("answer" in await ask(sql, topUp(user, { ref, ...when(first) })));
      assert.ok("refused" in await ask(sql, topUp(user, { ref, ...when(second) })), "refused with a code of ours");
      await ask(sql, topUp(other, later));

      await passTime(db.sql, [user, other], 2);
      await ask(sql, { call: "activate", limit: 100 });
      assert.equal((await entriesOf(db, user)).filter((entry) => entry.ref === ref).length, 1);
      assert.equal((await balanceOf(db, other)).available, 15);
      assert.deepEqual(await brokenRules(db.sql, [user, other]), []);
    });
  }
});

/**
 * Fifty calls at once under one key, of every function that writes credits: one effect, the same answer for all. Here and
 * not beside the other tests of the database, for it needs most of the connections there are.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freshDatabase, openPool, type Sql, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";
import { booksInDatabase, booksInModel, HOUR, passTime } from "../support/ledger-books.ts";
import { LedgerModel } from "../support/ledger-model.ts";
import { ask, type Call, type Request } from "../support/ledger-requests.ts";
import { brokenRules } from "../support/ledger-rules.ts";
import { changed } from "../support/ledger-steps.ts";

type Row = Record<string, unknown>;

const STORM = 50;
const KEYED = [
  "grant",
  "scheduled grant",
  "reserve",
  "settle",
  "settle many",
  "release",
  "claw back",
  "adjust up",
  "adjust down",
  "transfer",
];

describe("fifty calls at once under one key, of the ledger's functions", () => {
  let db: TestDatabase;
  let sql: TestDatabase["sql"];
  before(async () => {
    db = await freshDatabase();
    sql = openPool(db.url, { max: STORM });
    await Promise.all(Array.from({ length: STORM }, () => sql`select pg_sleep(0.3)`));
  });
  after(async () => {
    await sql.end();
    await db.close();
  });

  /** Two people, two reservations of the first, and the requests that the storms are made of. */
  async function newScene() {
    const [ann, bob] = [await db.createUser(), await db.createUser()];
    const model = new LedgerModel(Date.now());
    for (const user of [ann, bob]) model.openAccount(user);
    const both = async (request: Request) => assert.deepEqual(await ask(sql, request), model.perform(request));
    const [one, two, name] = [randomUUID(), randomUUID(), randomUUID()];
    await both({ call: "reserve", user: ann, amount: 3, hold: one });
    await both({ call: "reserve", user: ann, amount: 2, hold: two });

    const grant = { call: "grant", user: ann, amount: 4, kind: "topup", counter: "stripe", priority: 50 } as const;
    const keyed = { ref: `checkout:${name}`, key: name, effectiveAt: null, expiresAt: null };
    const settle = (hold: string, amount: number) => ({ hold, amount, ref: `job:${hold}` });
    const requests: Record<string, Request> = {
      "grant": { ...grant, ...keyed },
      "scheduled grant": { ...grant, ...keyed, effectiveAt: model.now + HOUR },
      "reserve": { call: "reserve", user: ann, amount: 4, hold: randomUUID() },
      "settle": { call: "settle", ...settle(one, 2) },
      "settle many": { call: "settle many", settlements: [settle(two, 1), settle(one, 2)] },
      "release": { call: "release", hold: one, reason: "test" },
      "claw back": {
        call: "claw back",
        user: ann,
        amount: 4,
        kind: "refund",
        ref: keyed.ref,
        key: name,
        grantRef: "signup",
      },
      "adjust up": { call: "adjust", user: ann, amount: 3, ref: keyed.ref, key: name },
      "adjust down": { call: "adjust", user: ann, amount: -2, ref: keyed.ref, key: name },
      "transfer": { call: "transfer", from: ann, to: bob, amount: 2, ref: keyed.ref, key: name },
    };
    const assertBooks = async () => {
      const users = [ann, bob];
      assert.deepEqual(await booksInDatabase(sql, users, model.now, [0, 0]), booksInModel(model, users, [0, 0]));
      assert.deepEqual(await brokenRules(sql, users), []);
    };
    return { users: [ann, bob], model, requests, both, assertBooks };
  }

  const storm = (requestOf: (nth: number) => Request) =>
    Promise.all(Array.from({ length: STORM }, async (_, nth) => ({ nth, answer: await ask(sql, requestOf(nth)) })));

  for (const name of KEYED) {
    it(`${name}: one effect, one answer`, async () => {
      const { model, requests, assertBooks } = await newScene();
      const answers = await storm(() => requests[name]);
      const expected = model.perform(requests[name]);
      assert.ok("answer" in expected);
      for (const { answer } of answers) assert.deepEqual(answer, expected);
      await assertBooks();
    });
  }

  for (const name of KEYED.filter((name) => !["settle many", "release"].includes(name))) {
    it(`${name}: of two different requests one wins, and the other is told of the conflict`, async () => {
      const { model, requests, assertBooks } = await newScene();
      const rivals = [requests[name], changed(requests[name])];
      const answers = await storm((nth) => rivals[nth % 2]);
      const winner = answers.find(({ answer }) => "answer" in answer)!.nth % 2;
      const expected = model.perform(rivals[winner]);
      for (const { nth, answer } of answers) {
        assert.deepEqual(answer, nth % 2 === winner ? expected : { refused: "KR002" });
      }
      await assertBooks();
    });
  }

  it("settle and release: a reservation has one end, and everybody hears of that", async () => {
    const { model, requests, assertBooks } = await newScene();
    const rivals = [requests.settle, requests.release];
    const answers = await storm((nth) => rivals[nth % 2]);
    const winner = answers.find(({ answer }) => "answer" in answer)!.nth % 2;
    const expected = model.perform(rivals[winner]);
    for (const { nth, answer } of answers) {
      assert.deepEqual(answer, nth % 2 === winner ? expected : { refused: "KR008" });
    }
    await assertBooks();
  });

  it("reserve: a reservation's id belongs to one person, also when two ask at once", async () => {
    const { users: [ann, bob], model, assertBooks } = await newScene();
    const hold = randomUUID();
    const rivals: Request[] = [ann, bob].map((user) => ({ call: "reserve", user, amount: 2, hold }));
    const answers = await storm((nth) => rivals[nth % 2]);
    const winner = answers.find(({ answer }) => "answer" in answer)!.nth % 2;
    model.perform(rivals[winner]);
    for (const { nth, answer } of answers) {
      assert.deepEqual(answer, nth % 2 === winner ? { answer: null } : { refused: "KR002" });
    }
    await assertBooks();
  });

  for (const call of ["activate", "expire"] satisfies Call[]) {
    it(`${call}: sweeps that run side by side do each lot once`, async () => {
      const { users, model, requests, both, assertBooks } = await newScene();
      for (let i = 1; i <= 12; i++) {
        const name = randomUUID();
        const [effectiveAt, expiresAt] = call === "activate"
          ? [model.now + HOUR - i, null]
          : [null, model.now + HOUR - i];
        const request = { ...requests.grant as Extract<Request, { call: "grant" }>, user: users[i % 2] };
        await both({ ...request, ref: `checkout:${name}`, key: name, effectiveAt, expiresAt });
      }
      model.passTime(HOUR);
      await passTime(db.sql, users, 1);
      const answers = await storm(() => ({ call, limit: 100 }));
      const counts = answers.map(({ answer }) => (answer as { answer: number }).answer);
      assert.equal(counts.reduce((sum, count) => sum + count, 0), 12);
      model.perform({ call, limit: 100 });
      await assertBooks();
    });
  }

  it("take_checkpoint: one for the day", async () => {
    // A day that begins meanwhile would have one of its own.
    const [{ left }] = await sql<{ left: number }[]>`
      select extract(epoch from date_trunc('day', clock_timestamp(), 'UTC') + interval '1 day' - clock_timestamp())::float as left`;
    if (left < 20) await sleep(left * 1_000 + 100);
    const numbers = await Promise.all(
      Array.from({ length: STORM }, async () => (await sql`select private.take_checkpoint() as number`)[0].number),
    );
    assert.deepEqual(new Set(numbers), new Set([1]));
    const [{ count }] = await sql`select count(*)::int as count from public.credit_checkpoints`;
    assert.equal(count, 1);
  });
});

describe("fifty calls at once under one key, of what people press", () => {
  let db: TestDatabase;
  let buyer: string;
  let operators: string[];
  before(async () => {
    db = await freshDatabase({ max: STORM });
    buyer = await db.createUser();
    operators = [await db.createUser(), await db.createUser()];
    await db.sql`update public.profiles set role = 'operator' where id = any(${operators}::uuid[])`;
    await Promise.all(Array.from({ length: STORM }, () => db.asWeb((sql) => sql`select pg_sleep(0.3)`)));
  });
  after(() => db.close());

  /** Calls as that person; the answers, or the codes of refusals. */
  const storm = (
    user: string,
    query: (sql: Sql, nth: number) => PromiseLike<Iterable<Row>>,
  ): Promise<(Row | string)[]> =>
    Promise.all(
      Array.from({ length: STORM }, (_, nth) =>
        db.asUser(user, async (sql) =>
          [...await query(sql, nth)][0]).catch((error) => {
            if (!/^KR/.test(error.code)) {
              throw error;
            }
            return error.code as string;
          })),
    );
  const distinct = (
    rows: (Row | string)[],
    column: string,
  ) => [...new Set(rows.map((row) => typeof row === "string" ? row : row[column]))];
  const firsts = (rows: (Row | string)[]) => rows.filter((row) => typeof row !== "string" && !row.replayed).length;

  it("enqueue_job: one job, one reservation", async () => {
    const rows = await storm(buyer, (sql) =>
      sql<Row[]>`
      select * from public.enqueue_job('seedream-4-5', '{"prompt": "x", "num_outputs": 2}', 'one press', 'same')`);
    assert.equal(distinct(rows, "job_id").length, 1);
    assert.equal(firsts(rows), 1);
    assert.deepEqual(await balanceOf(db, buyer), { available: 8, held: 2, debt: 0 });
    assert.deepEqual(await brokenRules(db.sql, [buyer]), []);
  });

  it("open_checkout: one purchase", async () => {
    const rows = await Promise.all(
      Array.from(
        { length: STORM },
        () =>
          db.asWeb(async (sql) =>
            (await sql<Row[]>`select * from private.open_checkout(${buyer}, 'pack_10', 'one press', 'same')`)[0]
          ),
      ),
    );
    assert.equal(distinct(rows, "checkout_id").length, 1);
    assert.equal(firsts(rows), 1);
    const [{ count }] = await db
      .sql`select count(*)::int as count from public.checkout_sessions where user_id = ${buyer}`;
    assert.equal(count, 1);
  });

  it("request_adjustment: one correction, and of two different ones the other is refused", async () => {
    const rows = await storm(operators[0], (sql) =>
      sql<Row[]>`
      select * from public.request_adjustment(${buyer}, 5, 'a reason of enough length', 'one press', 'same')`);
    assert.equal(distinct(rows, "adjustment_id").length, 1);
    assert.equal(firsts(rows), 1);
    assert.equal((await balanceOf(db, buyer)).available, 13);

    const rivals = await storm(operators[0], (sql, nth) =>
      sql<Row[]>`
      select * from public.request_adjustment(${buyer}, ${1 + nth % 2}, 'a reason of enough length', 'another press', ${
        String(nth % 2)
      })`);
    assert.equal(firsts(rivals), 1);
    assert.equal(rivals.filter((row) => row === "KR002").length, STORM / 2);
    assert.deepEqual(await brokenRules(db.sql, [buyer]), []);
  });

  it("decide_adjustment: one decision, whose repeat gives the same answer", async () => {
    const [{ adjustment_id, state }] = await db.asUser(
      operators[0],
      (sql) => sql<Row[]>`select * from public.request_adjustment(${buyer}, 500, 'a reason of enough length')`,
    );
    assert.equal(state, "pending");
    const before = (await balanceOf(db, buyer)).available;
    const rows = await storm(
      operators[1],
      (sql) => sql<Row[]>`select * from public.decide_adjustment(${adjustment_id as string}, true)`,
    );
    assert.deepEqual(distinct(rows, "state"), ["applied"]);
    assert.equal(distinct(rows, "entry_seq").length, 1);
    assert.equal((await balanceOf(db, buyer)).available, before + 500);
    assert.deepEqual(await brokenRules(db.sql, [buyer]), []);
  });
});

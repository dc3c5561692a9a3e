import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { examplesOn, shapeOf } from "../support/docs.ts";
import { createJob, prompt, startJob, untilEnded } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, newCustomer } from "../support/web.ts";

let sql: postgres.Sql;
before(async () => void (sql = postgres((await stack()).dbAdmin, { max: 1 })));
after(() => sql.end());

const grant = (user: string, amount: number) =>
  sql`select private.grant_credits(${user}, ${amount}, 'grant', 'promo', ${`gift:${randomUUID()}`}, '{}', ${randomUUID()})`;

describe("the ledger", () => {
  it("is there for the person whose it is, and for nobody else", async () => {
    for (const path of ["/api/credits/balance", "/api/credits/ledger"]) assert.equal((await ask(path)).status, 401);
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    await grant(ann.id, 7);
    assert.equal((await ask("/api/credits/balance", { token: ann.token })).body.available, 17);
    assert.equal((await ask("/api/credits/balance", { token: bob.token })).body.available, 10);
    assert.equal((await ask("/api/credits/ledger", { token: bob.token })).body.entries.length, 1);
  });

  it("says what each entry was, newest first, and where the next page begins", async () => {
    const { id, token } = await newCustomer();
    for (const amount of [1, 2, 3, 4]) await grant(id, amount);
    const seen: number[] = [];
    let cursor = "";
    for (const expected of [[5, 4], [3, 2], [1]]) {
      const { status, body } = await ask(`/api/credits/ledger?limit=2${cursor}`, { token });
      assert.equal(status, 200);
      assert.deepEqual(body.entries.map(({ seq }: { seq: number }) => seq), expected);
      for (const entry of body.entries) {
        assert.deepEqual(
          ["amount", "balance_after", "created_at", "kind", "ref", "seq"].filter((name) => !(name in entry)),
          [],
        );
        assert.ok(Number.isInteger(entry.amount) && !Number.isNaN(Date.parse(entry.created_at)));
        seen.push(entry.amount);
      }
      cursor = `&cursor=${body.next_cursor}`;
      assert.equal(body.next_cursor === null, expected.length === 1);
    }
    assert.equal(seen.reduce((sum, amount) => sum + amount), 20);
    assert.equal((await ask("/api/credits/balance", { token })).body.available, 20);
  });

  it("and its lots are described with examples that have the shape of real answers", async () => {
    const customer = await newCustomer();
    const { id, token } = customer;
    await sql`
      select private.grant_credits(${id}, 3, 'grant', 'plan', ${`free:${id}`}, '{}', ${`plan:${id}`}, 80, null, now() + interval '1 day')`;
    const job = await startJob(customer, { input: { prompt: prompt(), num_outputs: 2 } });
    await untilEnded(customer, job.id);
    for (const at of ["/docs/credits", "/pl/docs/credits"]) {
      const examples = await examplesOn(at);
      assert.deepEqual(Object.keys(examples), ["balance", "ledger", "grants", "jobs"]);
      for (const path of ["balance", "ledger?limit=1", "grants"]) {
        const { body } = await ask(`/api/credits/${path}`, { token });
        assert.deepEqual(shapeOf(body), shapeOf(examples[path.split("?")[0]]), path);
      }
      const refused = await createJob(customer, { expected: 2 });
      assert.deepEqual(shapeOf(refused.body), shapeOf(examples.jobs));
    }
  });

  it("refuses a page that cannot be", async () => {
    const { token } = await newCustomer();
    const fields = async (query: string) => {
      const { status, body } = await ask(`/api/credits/ledger?${query}`, { token });
      return [status, ...Object.keys(body.errors ?? {})];
    };
    assert.deepEqual(await fields("limit=0"), [422, "limit"]);
    assert.deepEqual(await fields("limit=101"), [422, "limit"]);
    assert.deepEqual(await fields("limit=many&cursor="), [422, "limit", "cursor"]);
    assert.deepEqual(await fields("cursor=WzEsMl0"), [422, "cursor"]);
    assert.deepEqual(await fields("cursor=%27%3B--"), [422, "cursor"]);
  });
});

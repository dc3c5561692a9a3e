import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { stack } from "../support/stack.ts";
import { ask, type AskOptions, type Customer, newCustomer } from "../support/web.ts";

const PATH = "/api/ops/credits/adjust";
const reason = "Goodwill after an outage – zażółć gęślą jaźń";

let sql: postgres.Sql;
let operator: Customer;
before(async () => {
  sql = postgres((await stack()).dbAdmin, { max: 1 });
  operator = await newOperator();
});
after(() => sql.end());

async function newOperator(): Promise<Customer> {
  const customer = await newCustomer();
  await sql`update public.profiles set role = 'operator' where id = ${customer.id}`;
  return customer;
}

const adjust = (json: unknown, { key, ...as }: AskOptions & { key?: string } = {}) =>
  ask(PATH, {
    json,
    token: as.cookie ? undefined : operator.token,
    ...as,
    headers: key ? { "idempotency-key": key } : {},
  });

const available = async ({ token }: Customer) => (await ask("/api/credits/balance", { token })).body.available;

describe("POST /api/ops/credits/adjust", () => {
  it("corrects at once what is small, for an account named by id or by address", async () => {
    const customer = await newCustomer();
    const first = await adjust({ user: customer.id, amount: 5, reason });
    assert.equal(first.status, 201, first.text);
    assert.match(first.body.id, /^[0-9a-f-]{36}$/);
    assert.deepEqual({ ...first.body, id: null }, { id: null, state: "applied", entry_seq: 2 });
    assert.equal((await adjust({ user: customer.email.toUpperCase(), amount: -3, reason })).body.entry_seq, 3);
    assert.equal(await available(customer), 12);

    // The customer sees who and why on their own page.
    const { entries: [, entry] } = (await ask("/api/credits/ledger", { token: customer.token })).body;
    assert.deepEqual([entry.kind, entry.cause.reason, entry.cause.operator], ["adjustment", reason, operator.id]);
  });

  it("works with the cookie of the operator's browser as well", async () => {
    const customer = await newCustomer();
    assert.equal((await adjust({ user: customer.id, amount: 1, reason }, { cookie: operator.cookie })).status, 201);
    assert.equal(await available(customer), 11);
  });

  it("leaves what is large, or one's own, to another operator", async () => {
    const customer = await newCustomer();
    for (const user of [customer.id, operator.id]) {
      const { status, body } = await adjust({ user, amount: user === operator.id ? 1 : 101, reason });
      assert.deepEqual([status, body.state, body.entry_seq], [201, "pending", null]);
    }
    assert.equal(await available(customer), 10);
  });

  it("does once what comes fifty times under one key, and answers each time the same", async () => {
    const customer = await newCustomer();
    const key = randomUUID();
    const json = { user: customer.email, amount: 2, reason };
    const answers = await Promise.all(Array.from({ length: 50 }, () => adjust(json, { key })));
    assert.deepEqual(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1);
    assert.equal(answers[0].status, 201);
    assert.equal(await available(customer), 12);

    const other = await adjust({ ...json, amount: 3 }, { key });
    assert.deepEqual([other.status, other.body.code], [409, "idempotency_conflict"]);
  });

  it("says which fields are wrong, and how much is missing", async () => {
    const customer = await newCustomer();
    const fields = async (json: unknown) => {
      const { status, body } = await adjust(json);
      return [status, ...Object.keys(body.errors ?? {})];
    };
    assert.deepEqual(await fields({ user: customer.id, amount: 0, reason: "too short" }), [422, "amount", "reason"]);
    assert.deepEqual(await fields({ user: "nobody@example.test", amount: 1, reason }), [422, "user"]);
    assert.deepEqual(await fields({ user: randomUUID(), amount: 1, reason }), [422, "user"]);
    assert.deepEqual(await fields({ user: customer.id, amount: 1.5, reason }), [422, "amount"]);
    assert.deepEqual(await fields({ user: customer.id, amount: "5", reason }), [422, "amount"]);
    assert.deepEqual(await fields({ amount: 1, reason, note: "x" }), [422, "user", "body"]);

    const { status, body } = await adjust({ user: customer.id, amount: -11, reason });
    assert.deepEqual([status, body.code, body.required, body.available, body.missing], [
      402,
      "insufficient_credits",
      11,
      10,
      1,
    ]);
    assert.equal(await available(customer), 10);
  });

  it("is no address at all for anybody else, whatever they send", async () => {
    const [customer, locked] = [await newCustomer(), await newOperator()];
    await sql`update public.profiles set status = 'suspended' where id = ${locked.id}`;
    const nowhere = await ask("/api/ops/credits/nowhere", { json: {} });
    for (const token of [customer.token, locked.token, undefined]) {
      for (const json of [{ user: customer.id, amount: 1, reason }, { wrong: true }, "no object"]) {
        const { status, body } = await ask(PATH, { json, token });
        assert.deepEqual([status, { ...body, request_id: null }], [404, { ...nowhere.body, request_id: null }]);
      }
      for (const method of ["GET", "DELETE"]) assert.equal((await ask(PATH, { method, token })).status, 404);
    }
    assert.equal((await ask(PATH, { token: operator.token })).status, 405);
    assert.equal(await available(customer), 10);
  });
});

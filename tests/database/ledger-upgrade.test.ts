/** Books that were kept before there were lots, and what the migrations make of them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { prepareDatabase } from "../../sandbox/postgres/prepare.ts";
import { freshDatabase, openPool, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";
import { brokenRules } from "../support/ledger-rules.ts";
import { takeSeed } from "../support/seed.ts";
import { type Attempt, buy, cancel, checkBooks, claim, complete, enqueue, fail, transfer } from "../support/trade.ts";

const FIRST_WITH_LOTS = "20261121001000";
const FOR_SALE = `
  insert into public.models (slug, name, kind, provider_model, credits, max_outputs, input_schema) values
    ('seedream-4-5', 'Seedream 4.5', 'image', 'bytedance/seedream-4.5', 1, 4,
      '{"type": "object", "required": ["prompt"], "properties": {"prompt": {"type": "string"}, "num_outputs": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}}}');
  insert into public.credit_packs (id, credits, price_cents, position) values ('pack_10', 10, 900, 1), ('pack_50', 50, 3900, 2);`;
const migrations = new URL("../../supabase/migrations/", import.meta.url);

describe("books from before there were lots", () => {
  let holder: TestDatabase;
  let db: TestDatabase;
  const template = `before_lots_${randomUUID().replaceAll("-", "")}`;
  const users: string[] = [];
  const running: Attempt[] = [];
  let balances: unknown[];
  let entries: unknown[];

  before(async () => {
    holder = await freshDatabase();
    await holder.sql.unsafe(`create database ${template}`);
    const port = Number(new URL(holder.adminUrl).port);
    await prepareDatabase({
      adminUrl: connectionUrl("supabase_admin", port, template),
      authUrl: connectionUrl("supabase_auth_admin", port, template),
    });
    await migrate(connectionUrl("postgres", port, template), (version) => version < FIRST_WITH_LOTS);
    db = await freshDatabase({ template });
    for (let i = 0; i < 4; i++) users.push(await db.createUser());
    await trade(takeSeed("books from before there were lots"));
    balances = await Promise.all(users.map((user) => balanceOf(db, user)));
    entries = await allEntries();
    await migrate(db.url, (version) => version >= FIRST_WITH_LOTS);
  });
  after(async () => {
    await db?.close();
    await holder.sql.unsafe(`drop database if exists ${template} with (force)`);
    await holder.close();
  });

  /** As the owner of the schema, a file at a time, as the CLI does it; then the seed, or before it fits what was for sale then. */
  async function migrate(url: string, chosen: (version: string) => boolean): Promise<void> {
    const files = (await readdir(migrations)).filter((file) => file.endsWith(".sql") && chosen(file.split("_")[0]))
      .sort();
    const read = (file: string) => readFile(new URL(file, migrations), "utf8");
    const texts = [...await Promise.all(files.map(read)), chosen("0") ? FOR_SALE : await read("../seed.sql")];
    const sql = openPool(url, { max: 1 });
    for (const text of texts) await sql.unsafe(text).simple();
    await sql.end();
  }

  /** A purchase as it was credited then. */
  async function buyAsThen(user: string): Promise<void> {
    const [{ id, price_cents }] = await db.asWeb((sql) =>
      sql`select checkout_id as id, price_cents from private.open_checkout(${user}, 'pack_10', null, '')`
    );
    const session = {
      id: `cs_test_${id}`,
      status: "complete",
      payment_status: "paid",
      amount_total: price_cents,
      currency: "usd",
      payment_intent: `pi_${id}`,
      metadata: { checkout_id: id, user_id: user },
    };
    await db.asService((sql) =>
      sql`select private.apply_stripe_checkout(${`evt_${id}`}, 'checkout.session.completed', false, '{}', ${
        sql.json(session)
      })`
    );
  }

  /** What was resolved before there were lots names none. */
  async function broken(): Promise<string[]> {
    const rows = await db.sql<
      { id: string }[]
    >`select id from public.credit_holds where grants = '{}' and state <> 'held'`;
    const forgiven = rows.map(({ id }) => `reservation ${id} is drawn from lots`);
    return (await brokenRules(db.sql)).filter((sentence) => !forgiven.some((end) => sentence.endsWith(end)));
  }

  const allEntries = async () => [
    ...await db.sql`
      select user_id, seq, kind, amount, balance_after, ref, cause, created_at::text, hash from public.credit_entries order by 1, 2`,
  ];

  /** Purchases and pictures, some of them still queued or under way at the end. The fourth person never comes back. */
  async function trade(seed: number): Promise<void> {
    const random = seededRandom(String(seed));
    for (let i = 0; i < 60; i++) {
      const user = users[random.below(3)];
      const dice = random.below(10);
      const refused = (error: { code?: string }) => assert.equal(error.code, "KR001");
      if (dice < 2) await buyAsThen(user);
      else if (dice < 6) await enqueue(db, user, 1 + random.below(4)).catch(refused);
      else if (dice < 9) running.push(...await claim(db, 2));
      const attempt = dice % 2 === 0 ? undefined : running.shift();
      if (!attempt) continue;
      if (dice === 9) await cancel(db, attempt.user_id, attempt.job_id);
      else if (dice === 7) await fail(db, attempt);
      else await complete(db, attempt, 1 + random.below(attempt.outputs_requested));
    }
    await buyAsThen(users[0]);
    await enqueue(db, users[0], 3);
    running.push(...await claim(db, 1));
  }

  it("keep every balance and every entry", async () => {
    assert.deepEqual(await Promise.all(users.map((user) => balanceOf(db, user))), balances);
    assert.deepEqual(await allEntries(), entries);
  });

  it("have lots for what is left and what is reserved, and break no rule", async () => {
    assert.ok((await db.sql`select from public.credit_holds where state = 'held'`).length > 0, "something is reserved");
    assert.deepEqual(await broken(), []);
    assert.deepEqual(await checkBooks(db), []);
  });

  it("go on: what was under way is charged or returned to its lots", async () => {
    running.push(...await claim(db, 100));
    for (const [nth, attempt] of running.entries()) {
      await (nth % 2 === 0 ? complete(db, attempt, 1) : fail(db, attempt));
    }
    await buy(db, users[3]);
    await transfer(db, users[3], users[0], 20);
    assert.deepEqual(await broken(), []);
    assert.deepEqual(await checkBooks(db), []);
  });
});

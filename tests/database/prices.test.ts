import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, refusal } from "../support/ledger.ts";

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

/** `credits/cents` of each version, in order. */
const versions = async (subject: string) => {
  const rows = await db.sql<{ version: number; credits: number; price_cents: number | null }[]>`
    select version, credits, price_cents from public.credit_prices where subject = ${subject} order by version`;
  assert.deepEqual(rows.map(({ version }) => version), rows.map((_, i) => i + 1), "versions are numbered without gaps");
  return rows.map(({ credits, price_cents }) => price_cents === null ? `${credits}` : `${credits}/${price_cents}`);
};

const newModel = async (credits: number) => {
  const slug = `model-${randomUUID()}`;
  await db.sql`
    insert into public.models (slug, name, kind, provider_model, credits, max_outputs, input_schema)
    select ${slug}, slug, kind, provider_model, ${credits}, max_outputs, input_schema
    from public.models where slug = 'seedream-4-5'`;
  return slug;
};
const setPrice = (slug: string, credits: number) =>
  db.sql`update public.models set credits = ${credits} where slug = ${slug}`;

describe("the price of a model or a pack", () => {
  it("is on record from the moment it is for sale", async () => {
    const rows = await db.sql<{ subject: string; missing: boolean }[]>`
      select s.subject, p.subject is null as missing
      from (select 'model:' || slug, credits, null::bigint from public.models
        union all select 'pack:' || id, credits, price_cents from public.credit_packs) as s (subject, credits, cents)
      left join public.credit_prices p on p.subject = s.subject and p.version = 1 and p.credits = s.credits
        and p.price_cents is not distinct from s.cents`;
    assert.ok(rows.length > 5);
    assert.deepEqual(rows.filter(({ missing }) => missing), []);
  });

  it("gets the next version when it changes, and none when it is written as it was", async () => {
    const slug = await newModel(2);
    for (const credits of [2, 3, 3, 2]) await setPrice(slug, credits);
    assert.deepEqual(await versions(`model:${slug}`), ["2", "3", "2"]);
    await db.sql`update public.models set name = 'Another', active = false where slug = ${slug}`;
    assert.equal((await versions(`model:${slug}`)).length, 3);

    await db.sql`insert into public.credit_packs (id, credits, price_cents) values ('pack_70', 70, 5000)`;
    await db.sql`update public.credit_packs set price_cents = 4500 where id = 'pack_70'`;
    await db.sql`update public.credit_packs set credits = 75 where id = 'pack_70'`;
    assert.deepEqual(await versions("pack:pack_70"), ["70/5000", "70/4500", "75/4500"]);
  });

  it("survives the reference data being loaded again, also after an operator has changed it", async () => {
    const seed = await readFile(new URL("../../supabase/seed.sql", import.meta.url), "utf8");
    const count = async () => (await db.sql`select count(*) from public.credit_prices`)[0].count;
    const before = await count();
    await db.sql.unsafe(seed).simple();
    assert.equal(await count(), before);
    await setPrice("kling", 12);
    await db.sql.unsafe(seed).simple();
    assert.deepEqual(await versions("model:kling"), ["10", "12", "10"]);
  });

  it("changes one at a time when many change it at once", async () => {
    const slug = await newModel(1);
    await Promise.all(Array.from({ length: 20 }, (_, i) => setPrice(slug, i + 2)));
    const all = await versions(`model:${slug}`);
    assert.equal(all.length, 21);
    const [{ credits }] = await db.sql`select credits from public.models where slug = ${slug}`;
    assert.equal(all.at(-1), String(credits), "the last version is the price in force");
  });

  it("is never rewritten, removed or truncated, not even by its owner", async () => {
    const tries = [
      "update public.credit_prices set credits = 1",
      "delete from public.credit_prices",
      "truncate public.credit_prices cascade",
    ];
    for (const statement of tries) {
      assert.equal(await refusal(db.asPostgres((sql) => sql.unsafe(statement))), "KR008", statement);
    }
  });
});

describe("a job", () => {
  const enqueue = async (
    user: string,
    model: string,
    options: { outputs?: number; key?: string; expected?: number },
  ) => {
    const { outputs = 1, key = null, expected = null } = options;
    const [row] = await db.asUser(user, (sql) =>
      sql<{ job_id: string; replayed: boolean }[]>`
        select * from enqueue_job(${model}, ${
        sql.json({ prompt: "x", num_outputs: outputs })
      }, ${key}, 'h', ${expected})`);
    return row;
  };
  const complete = async (job: string) => {
    const claims = await db.asService((sql) =>
      sql<{ attempt_id: string; job_id: string }[]>`select attempt_id, job_id from private.claim_jobs('test', 100)`
    );
    const attempt = claims.find(({ job_id }) => job_id === job)!.attempt_id;
    const file = {
      path: `${job}.png`,
      content_type: "image/png",
      bytes: 1,
      sha256: "0".repeat(64),
      width: 1,
      height: 1,
    };
    await db.asService((sql) =>
      sql`select private.complete_job(${attempt}, ${sql.json([{ position: 0, ...file }])}, '{}')`
    );
  };

  it("keeps the price it was reserved at, whatever the model costs when its picture comes, and its entry says so", async () => {
    const user = await db.createUser();
    const slug = await newModel(2);
    const { job_id } = await enqueue(user, slug, { outputs: 2 });
    await setPrice(slug, 5);
    await complete(job_id);
    const [entry] = await db.asUser(
      user,
      (sql) => sql`select amount, cause from credit_entries order by seq desc limit 1`,
    );
    assert.equal(entry.amount, -2);
    assert.deepEqual(entry.cause, { model: slug, outputs: 1, credits_per_output: 2, price: `model:${slug}@1` });

    const later = await enqueue(user, slug, {});
    const rows = await db.asUser(
      user,
      (sql) => sql`select price_version, credits_per_output from jobs order by created_at`,
    );
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { price_version: 1, credits_per_output: 2 },
      { price_version: 2, credits_per_output: 5 },
    ]);
    await complete(later.job_id);
    assert.deepEqual(await balanceOf(db, user), { available: 3, held: 0, debt: 0 });
  });

  it("cannot have a price that never was", async () => {
    const user = await db.createUser();
    const { job_id } = await enqueue(user, "seedream-4-5", {});
    assert.equal(await refusal(db.sql`update public.jobs set price_version = 99 where id = ${job_id}`), "23503");
  });

  it("is refused with the price of now when another one was shown, and neither key nor credits are used up", async () => {
    const user = await db.createUser();
    const slug = await newModel(2);
    await setPrice(slug, 3);
    const error = await enqueue(user, slug, { outputs: 2, key: "k", expected: 4 }).then(() => null, (e) => e);
    assert.equal(error?.code, "KR008");
    assert.match(error.message, /\b6\b/);
    assert.deepEqual(JSON.parse(error.detail), { credits: 6, expected_credits: 4 });
    assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });

    const first = await enqueue(user, slug, { outputs: 2, key: "k", expected: 6 });
    assert.equal(first.replayed, false);
    await setPrice(slug, 4);
    const again = await enqueue(user, slug, { outputs: 2, key: "k", expected: 6 });
    assert.deepEqual(
      again,
      { job_id: first.job_id, replayed: true },
      "a repeat is answered at the price it was made at",
    );
    assert.deepEqual(await balanceOf(db, user), { available: 4, held: 6, debt: 0 });
  });
});

describe("a purchase", () => {
  it("keeps the price that Stripe's page showed, and its entry names price and payment", async () => {
    const user = await db.createUser();
    await db.sql`insert into public.credit_packs (id, credits, price_cents) values ('pack_30', 30, 2500)`;
    const [{ checkout_id: id }] = await db.asWeb((sql) =>
      sql`select checkout_id from private.open_checkout(${user}, 'pack_30', null, '')`
    );
    await db.sql`update public.credit_packs set price_cents = 9900 where id = 'pack_30'`;
    const session = {
      id: "cs_1",
      payment_intent: "pi_1",
      payment_status: "paid",
      amount_total: 2500,
      currency: "usd",
      metadata: { checkout_id: id, user_id: user },
    };
    await applyEvent(db, "checkout.session.completed", { session });
    const [entry] = await db.asUser(user, (sql) => sql`select kind, amount, cause from credit_entries where seq = 2`);
    assert.deepEqual({ ...entry }, {
      kind: "topup",
      amount: 30,
      cause: {
        pack: "pack_30",
        price: "pack:pack_30@1",
        price_cents: 2500,
        currency: "usd",
        payment: "pi_1",
        stripe_session: "cs_1",
        livemode: false,
      },
    });
    const [row] = await db.asUser(user, (sql) => sql`select price_version from checkout_sessions`);
    assert.equal(row.price_version, 1);
  });
});

/** Lots and the reasons of entries, through the API and the functions behind the pages. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { listEntries } from "../../domain/credits/list-entries.ts";
import { type Grant, GRANT_STATES, listGrants } from "../../domain/credits/list-grants.ts";
import { readAnchor } from "../../domain/credits/read-anchor.ts";
import { readEntry } from "../../domain/credits/read-entry.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { makeEveryKind } from "../support/every-kind.ts";
import { inDatabase } from "../support/jobs.ts";
import { ask, newCustomer } from "../support/web.ts";

let test: TestDatabase;
let web: Database;
before(async () => {
  test = await freshDatabase();
  web = openDatabase(connectionUrl("kredo_web", Number(new URL(test.adminUrl).port), test.name), { max: 3 });
});
after(async () => {
  await web.end();
  await test.close();
});

const entry = async (user: string, seq: number) => (await web.asUser({ sub: user }, (sql) => readEntry(sql, seq)))!;

/** A job through its whole life, at today's price. */
async function makePictures(
  user: string,
  { asked = 1, made, model = "seedream-4-5" }: { asked?: number; made?: number; model?: string } = {},
): Promise<string> {
  const [{ job_id }] = await test.asUser(
    user,
    (sql) => sql`select job_id from enqueue_job(${model}, ${sql.json({ prompt: "x", num_outputs: asked })})`,
  );
  const [{ attempt_id }] = await test.asService((sql) => sql`select attempt_id from private.claim_jobs('test', 1)`);
  const files = Array.from({ length: made ?? asked }, (_, position) => ({
    position,
    path: `${job_id}/${position}.png`,
    content_type: "image/png",
    bytes: 1,
    sha256: "0".repeat(64),
    width: 1,
    height: 1,
  }));
  await test.asService((sql) => sql`select private.complete_job(${attempt_id}, ${sql.json(files)}, '{}')`);
  return job_id;
}

describe("the lots of an account, over the API", () => {
  it("are there for the person whose they are, the one that is spent next first", async () => {
    assert.equal((await ask("/api/credits/grants")).status, 401);
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    await inDatabase((sql) => makeEveryKind(sql, ann.id, bob.id));

    const { status, body } = await ask("/api/credits/grants", { token: ann.token });
    assert.equal(status, 200);
    assert.deepEqual(
      body.grants.map(({ number, source, state, priority, amount, remaining, held }: Grant) =>
        [number, source, state, priority, amount, remaining, held].join(" ")
      ),
      [
        "1 promo active 70 10 5 0",
        "7 creator active 70 2 2 0",
        "3 plan active 60 30 30 0",
        "2 stripe active 50 50 3 0",
        "6 adjustment active 50 3 3 0",
        "5 promo scheduled 70 20 0 0",
        "4 promo expired 70 5 0 0",
      ],
    );
    assert.equal(body.next_cursor, null);
    const [first, , plan] = body.grants;
    assert.deepEqual([first.ref, first.entry_seq, first.expires_at], ["signup", 1, null]);
    assert.deepEqual(body.expiring, { credits: 30, at: plan.expires_at });
    assert.ok(Date.parse(plan.effective_at) < Date.parse(plan.expires_at));
    assert.deepEqual(
      Object.keys(first).sort(),
      "amount effective_at entry_seq expires_at held number priority ref remaining source state".split(" "),
    );

    const other = await ask("/api/credits/grants", { token: bob.token });
    assert.deepEqual(other.body.grants.map(({ source }: Grant) => source), ["promo", "creator"]);
    assert.equal(other.body.expiring, null, "what is bought or free for ever does not expire");
  });

  it("can be asked for by state, and refuses a state or a cursor that cannot be", async () => {
    const { token } = await newCustomer();
    for (const state of GRANT_STATES) {
      const { status, body } = await ask(`/api/credits/grants?state=${state}`, { token });
      assert.deepEqual([status, body.grants.length], [200, state === "active" ? 1 : 0], state);
    }
    for (const [query, field] of [["state=gone", "state"], ["cursor=WzEsMl0", "cursor"], ["limit=0", "limit"]]) {
      const { status, body } = await ask(`/api/credits/grants?${query}`, { token });
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]], query);
    }
  });
});

describe("the lots of an account", () => {
  const all = async (user: string, limit: number) => {
    const seen: Grant[] = [];
    let cursor: string | undefined;
    do {
      const page = await web.asUser({ sub: user }, (sql) => listGrants(sql, { limit, cursor }));
      seen.push(...page.grants);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return seen;
  };

  it("come in pages of any size without missing or repeating one, in the order in which they are drawn", async () => {
    const [user, other] = [await test.createUser(), await test.createUser()];
    await makeEveryKind(test.sql, user, other);
    for (const [priority, days] of [[50, 3], [50, 2], [80, 9], [50, 2]]) {
      const ref = randomUUID();
      await test.sql`
        select private.grant_credits(${user}, 2, 'grant', 'promo', ${`gift:${ref}`}, '{}', ${ref}, ${priority}, null,
          ${`2030-01-0${days}`}::timestamptz)`;
    }
    const once = await all(user, 100);
    assert.equal(once.length, 11);
    for (const size of [1, 2, 3]) assert.deepEqual(await all(user, size), once, `pages of ${size}`);

    const spendable = once.filter(({ remaining }) => remaining > 0);
    const total = spendable.reduce((sum, { remaining }) => sum + remaining, 0);
    const hold = randomUUID();
    await test.sql`select private.reserve_credits(${user}, ${total}, ${hold})`;
    const [{ grants }] = await test.sql`select grants from public.credit_holds where id = ${hold}`;
    assert.deepEqual(spendable.map(({ number }) => number), grants);
    await test.sql`select private.release_hold(${hold}, 'test')`;
  });

  it("say what is held of each, and are called spent only when nothing of them can come back", async () => {
    const user = await test.createUser();
    const ref = randomUUID();
    await test.sql`
      select private.grant_credits(${user}, 5, 'grant', 'plan', ${`plan:${ref}`}, '{}', ${ref}, 80, null, now() + interval '1 hour')`;
    const hold = randomUUID();
    await test.sql`select private.reserve_credits(${user}, 7, ${hold})`;
    const lots = async () =>
      (await all(user, 10)).map(({ source, state, remaining, held }) => [source, state, remaining, held]);
    assert.deepEqual(await lots(), [["plan", "active", 0, 5], ["promo", "active", 8, 2]]);

    await test.sql`
      update public.credit_grants set effective_at = now() - interval '2 hours', expires_at = clock_timestamp()
      where user_id = ${user} and source = 'plan'`;
    assert.deepEqual(
      await lots(),
      [["promo", "active", 8, 2], ["plan", "expired", 0, 5]],
      "it expires if it comes back",
    );
    await test.sql`select private.settle_hold(${hold}, 7, ${`job:${hold}`}, '{}')`;
    assert.deepEqual(await lots(), [["promo", "active", 8, 0], ["plan", "spent", 0, 0]], "it was spent in time");
  });
});

describe("an entry", () => {
  it("of a job names what it drew on and the price of its time, also when that is another one by now", async () => {
    const user = await test.createUser();
    const slug = `model-${randomUUID()}`;
    await test.sql`
      insert into public.models (slug, name, kind, provider_model, credits, max_outputs, input_schema)
      select ${slug}, slug, kind, provider_model, 3, 4, input_schema from public.models where slug = 'seedream-4-5'`;
    await test.sql`select private.adjust_credits(${user}, 5, 'adjustment:x', '{}', ${randomUUID()})`;
    const job = await makePictures(user, { asked: 4, model: slug });
    await test.sql`update public.models set credits = 4 where slug = ${slug}`;

    const { entry: { kind, amount, ref }, lots, price, hash, previousHash, hasNewer } = await entry(user, 3);
    assert.deepEqual([kind, amount, ref, hasNewer], ["settle", -12, `job:${job}`, false]);
    assert.deepEqual(lots.map(({ number, source, credits }) => [number, source, credits]), [
      [1, "promo", 10],
      [2, "adjustment", 2],
    ]);
    assert.deepEqual(
      [price?.then, price?.now].map((each) => [each?.subject, each?.version, each?.credits]),
      [[`model:${slug}`, 1, 3], [`model:${slug}`, 2, 4]],
    );
    const before = await entry(user, 2);
    assert.equal(previousHash, before.hash);
    assert.notEqual(hash, before.hash);
    assert.equal(before.hasNewer, true);
    assert.equal((await entry(user, 1)).previousHash, "0".repeat(64));
  });

  it("of a job that made less than was asked for draws only on what was charged", async () => {
    const user = await test.createUser();
    const ref = randomUUID();
    await test.sql`select private.grant_credits(${user}, 1, 'grant', 'promo', ${`gift:${ref}`}, '{}', ${ref}, 90)`;
    await makePictures(user, { asked: 4, made: 2 });
    const { lots } = await entry(user, 3);
    assert.deepEqual(lots.map(({ number, credits }) => [number, credits]), [[2, 1], [1, 1]]);
  });

  it("of every kind knows its lots and, where money or a model had one, its price", async () => {
    const [user, other] = [await test.createUser(), await test.createUser()];
    const made = await makeEveryKind(test.sql, user, other);
    const shown = async (seq: number) => {
      const { lots, price } = await entry(user, seq);
      return [lots.map(({ number, credits }) => `${number}:${credits}`).join(), price && price.then.subject];
    };
    assert.deepEqual(await shown(made.signup), ["1:10", null]);
    assert.deepEqual(await shown(made.topup), ["2:50", "pack:pack_50"]);
    assert.deepEqual(await shown(made.plan), ["3:30", null]);
    assert.deepEqual(await shown(made.promo), ["4:5", null]);
    assert.deepEqual(await shown(made.expiry), ["4:5", null]);
    assert.deepEqual(await shown(made.added), ["6:3", null]);
    assert.deepEqual(await shown(made.removed), ["1:1", null]);
    assert.deepEqual(await shown(made.sent), ["1:4", null]);
    assert.deepEqual(await shown(made.received), ["7:2", null]);
    assert.deepEqual(await shown(made.refund), ["2:47", null]);
    assert.equal(
      await web.asUser({ sub: other }, (sql) => readEntry(sql, made.refund)),
      null,
      "a stranger has no such entry",
    );
  });

  it("is recognised as changed when somebody went around the ledger, and only then", async () => {
    const user = await test.createUser();
    // A cause that JavaScript and Postgres spell differently.
    await test.sql`
      select private.adjust_credits(${user}, 3, 'adjustment:y', '{"z": 1.10, "reason": "ąę", "a": null}', ${randomUUID()})`;
    const intact = async () => [(await entry(user, 1)).intact, (await entry(user, 2)).intact];
    assert.deepEqual(await intact(), [true, true]);
    await test.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`update public.credit_entries set amount = 30 where user_id = ${user} and seq = 2`;
    });
    assert.deepEqual(await intact(), [true, false]);
  });

  it("from before causes named a price has that of its job", async () => {
    const user = await test.createUser();
    await makePictures(user);
    const { entry: { cause, ...rest }, price } = await entry(user, 2);
    assert.equal(cause.price, "model:seedream-4-5@1");
    delete cause.price;
    // As it would be read if the ledger had been written then; entries cannot be changed to look like it.
    const id = rest.ref.split(":")[1];
    await test.sql`
      insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
      values (${user}, 3, 'settle', -1, 'usage', 8, ${`job:${id}`}, ${test.sql.json(cause as never)}, now(), '')`;
    assert.deepEqual((await entry(user, 3)).price, price);
  });
});

describe("the list of entries", () => {
  it("goes forth and back through its pages and shows each entry once", async () => {
    const [user, other] = [await test.createUser(), await test.createUser()];
    await makeEveryKind(test.sql, user, other);
    const page = (cursor?: string) => web.asUser({ sub: user }, (sql) => listEntries(sql, { limit: 4, cursor }));
    const first = await page();
    assert.deepEqual([first.entries.map(({ seq }) => seq), first.previousCursor], [[10, 9, 8, 7], null]);
    const second = await page(first.nextCursor!);
    const third = await page(second.nextCursor!);
    assert.deepEqual([third.entries.map(({ seq }) => seq), third.nextCursor], [[2, 1], null]);
    const back = await page(third.previousCursor!);
    assert.deepEqual(back, second);
    assert.deepEqual(await page(back.previousCursor!), first);
  });
});

describe("an anchor", () => {
  it("is the newest signed checkpoint, and fixes what was written before it", async () => {
    const user = await test.createUser();
    const anchor = () => web.asUser({ sub: user }, readAnchor);
    assert.equal(await anchor(), null);
    const [{ number }] = await test.sql<{ number: number }[]>`select private.take_checkpoint(true) as number`;
    assert.equal(await anchor(), null, "without a signature it is not published");
    await test.sql`select private.sign_checkpoint(${number}, ${new Uint8Array(32)}, ${new Uint8Array(64)})`;
    await test.sql`select private.adjust_credits(${user}, 1, 'adjustment:after', '{}', ${randomUUID()})`;
    const found = await anchor();
    assert.deepEqual([found?.checkpoint, found?.seq], [number, 1]);
    const [{ taken }] = await test
      .sql`select taken_at as taken from public.credit_checkpoints where number = ${number}`;
    assert.deepEqual(found?.taken_at, taken);
  });
});

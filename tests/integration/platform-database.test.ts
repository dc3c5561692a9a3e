import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listCheckouts } from "../../domain/billing/list-checkouts.ts";
import type { Checkout } from "../../domain/billing/read-checkout.ts";
import { AppError } from "../../domain/errors.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let test: TestDatabase;
let db: Database;
let ann: string;
let bob: string;

before(async () => {
  test = await freshDatabase();
  const port = Number(new URL(test.adminUrl).port);
  db = openDatabase(connectionUrl("kredo_web", port, test.name), {
    max: 3,
    applicationName: "kredo-test",
    statementTimeoutMs: 500,
  });
  [ann, bob] = [await test.createUser(), await test.createUser()];
});
after(async () => {
  await db.end();
  await test.close();
});

const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(() => "ok", (error) => error instanceof AppError ? error.code : String(error.code ?? error));

describe("the database, as the web app enters it", () => {
  it("shows a person what is theirs", async () => {
    const accounts = await db.asUser({ sub: ann }, (sql) => sql`select user_id, available from public.credit_accounts`);
    assert.deepEqual(accounts.map((row) => ({ ...row })), [{ user_id: ann, available: 10 }]);
  });

  it("forgets who was there before: people and visitors on one connection never mix", async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const look = async (sql: Parameters<Parameters<Database["asAnon"]>[0]>[0]) =>
          (await sql`select (select auth.uid()) as id, current_user as role`)[0];
        return index % 3 === 0 ? db.asAnon(look) : db.asUser({ sub: index % 3 === 1 ? ann : bob }, look);
      }),
    );
    seen.forEach(({ id, role }, index) => {
      assert.deepEqual([id, role], [[null, "anon"], [ann, "authenticated"], [bob, "authenticated"]][index % 3]);
    });
  });

  it("does not let claims choose the role", async () => {
    const [row] = await db.asUser(
      { sub: ann, role: "service_role" },
      (sql) => sql`select current_user as role, auth.role() as claim`,
    );
    assert.deepEqual({ ...row }, { role: "authenticated", claim: "authenticated" });
  });

  it("has no way to the job engine's rights, and runs nothing if it tries", async () => {
    let ran = false;
    const attempt = db.asService(async (sql) => {
      await sql`select 1`;
      ran = true;
    });
    assert.equal(await codeOf(attempt), "42501");
    assert.equal(ran, false);
  });

  it("reads no table under its own name", async () => {
    assert.equal(await codeOf(db.asWeb((sql) => sql`select * from public.profiles`)), "42501");
    assert.equal(await codeOf(db.asWeb((sql) => sql`select * from private.idempotency_keys`)), "42501");
  });

  it("keeps nothing of a run that failed", async () => {
    const failing = db.asUser({ sub: ann }, async (sql) => {
      await sql`select public.update_profile('Ann', 'pl')`;
      throw new Error("changed my mind");
    });
    await assert.rejects(failing, /changed my mind/);
    const [{ locale }] = await db.asUser({ sub: ann }, (sql) => sql`select locale from public.profiles`);
    assert.equal(locale, "en");
  });

  it("says in our words what our functions refuse", async () => {
    const refused = await db.asUser({ sub: ann }, (sql) => sql`select public.update_profile('Ann', 'de')`).catch((
      error,
    ) => error);
    assert.deepEqual([refused.code, Object.keys(refused.fields)], ["validation_failed", ["locale"]]);
  });

  it("reads numbers as numbers, and refuses one that would not be exact", async () => {
    const [row] = await db.asAnon((sql) => sql`select 9007199254740991::bigint as most, now() as at`);
    assert.equal(row.most, Number.MAX_SAFE_INTEGER);
    assert.ok(row.at instanceof Date);
    await assert.rejects(db.asAnon((sql) => sql`select 9007199254740993::bigint`), RangeError);
  });

  it("gives up on what takes too long, and asks to come back", async () => {
    const slow = await db.asAnon((sql) => sql`select pg_sleep(5)`).catch((error) => error);
    assert.deepEqual([slow.code, slow.retryAfter], ["unavailable", 2]);
  });

  it("goes on after its connections were cut", async () => {
    const waiting = codeOf(db.asAnon((sql) => sql`select pg_sleep(0.4)`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await test.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kredo-test'`;
    assert.equal(await waiting, "unavailable");
    const [row] = await db.asUser({ sub: ann }, (sql) => sql`select available from public.credit_accounts`);
    assert.equal(row.available, 10);
  });

  it("answers every run whose connection is cut in the middle, and loses no place in its pool", async () => {
    const cut = openDatabase(connectionUrl("kredo_web", Number(new URL(test.adminUrl).port), test.name), {
      max: 4,
      applicationName: "kredo-cut",
    });
    const answers: string[] = [];
    const runs = Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 12; turn++) {
        answers.push(
          await codeOf(cut.asUser({ sub: ann }, async (sql) => {
            await sql`select pg_sleep(0.005)`;
            await sql`select available from public.credit_accounts`;
          })),
        );
      }
    });
    for (let killed = 0; killed < 24 && answers.length < 48;) {
      const [one] = await test.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'kredo-cut' and query like '%pg_sleep%' and state = 'active' order by random() limit 1`;
      if (one) killed++;
    }
    await Promise.all(runs);
    assert.deepEqual(new Set(answers), new Set(["ok", "unavailable"]));
    assert.deepEqual(
      await Promise.all(
        Array.from({ length: 8 }, () => codeOf(cut.asUser({ sub: ann }, (sql) => sql`select pg_sleep(0.01)`))),
      ),
      Array(8).fill("ok"),
    );
    await cut.end();
  });
});

describe("the list of purchases", () => {
  it("comes in pages, newest first, without missing or repeating any that share a moment", async () => {
    const cat = await test.createUser();
    await test.sql`
      insert into public.checkout_sessions (user_id, pack, credits, price_cents, price_version, created_at)
      select ${cat}, 'pack_10', n, 900, 1, timestamptz '2026-01-01' + (n / 3) * interval '1 microsecond'
      from generate_series(1, 50) n`;
    const seen: Checkout[] = [];
    let cursor: string | undefined;
    do {
      const page = await db.asUser({ sub: cat }, (sql) => listCheckouts(sql, { limit: 7, cursor }));
      seen.push(...page.checkouts);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    assert.deepEqual(
      seen.map(({ credits }) => credits).sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
    const [newest] = seen;
    assert.ok(newest.credits >= 48 && !("cursor_at" in newest));
    assert.deepEqual((await db.asUser({ sub: ann }, (sql) => listCheckouts(sql, { limit: 7 }))).checkouts, []);
  });
});

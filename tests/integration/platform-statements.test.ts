/** Single statements as `service_role`: in one round trip where the connection may begin as that role. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AppError } from "../../domain/errors.ts";
import { type Database, openDatabase, wantsTls } from "../../platform/database.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

let test: TestDatabase;
before(async () => {
  test = await freshDatabase();
  await test.sql`create table public.spent (id bigint generated always as identity primary key, seen text)`;
  await test.sql`grant insert, select on public.spent to service_role`;
});
after(() => test.close());

const NAME = "kredo-statements";
const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(() => "ok", (error) => error instanceof AppError ? error.code : String(error.code ?? error));
const whoAmI = (db: Database) =>
  db.onceAsService((sql) => sql<{ role: string; claim: string }[]>`select current_user as role, auth.role() as claim`);

async function withDatabase(url: string, role: "service_role" | undefined, run: (db: Database) => Promise<void>) {
  const db = openDatabase(url, { max: 3, applicationName: NAME, role, statementTimeoutMs: 2_000 });
  await run(db);
  await db.end();
}

describe("a statement as service_role", () => {
  it("stands alone only where no TLS is asked for, over which a reset could mix up answers", () => {
    assert.equal(wantsTls("postgres://a@b/c"), false);
    assert.equal(wantsTls("postgres://a@b/c?sslmode=disable"), false);
    for (const mode of ["sslmode=require", "sslmode=verify-full", "sslmode=prefer", "ssl=true"]) {
      assert.equal(wantsTls(`postgres://a@b/c?${mode}`), true, mode);
    }
  });

  it("has that role and no more, whichever role its connection begins with", async () => {
    for (const role of ["service_role", undefined] as const) {
      await withDatabase(test.url, role, async (db) => {
        assert.deepEqual({ ...await whoAmI(db) }, { role: "service_role", claim: "service_role" });
        assert.equal(await codeOf(db.onceAsService((sql) => sql`select 1 from public.credit_accounts`)), "42501");
        assert.equal(
          await codeOf(db.onceAsService((sql) => sql`insert into private.settings default values`)),
          "42501",
        );
      });
    }
  });

  it("finds no trace of who was on the connection before, and leaves none", async () => {
    const ann = await test.createUser();
    await withDatabase(test.url, "service_role", async (db) => {
      const seen = await Promise.all(
        Array.from({ length: 60 }, async (_, nth) => {
          if (nth % 2 === 0) return { ...await whoAmI(db) };
          const [row] = await db.asUser({ sub: ann }, (sql) => sql`select current_user as role, auth.role() as claim`);
          return { ...row };
        }),
      );
      seen.forEach((row, nth) => {
        const role = nth % 2 === 0 ? "service_role" : "authenticated";
        assert.deepEqual(row, { role, claim: role });
      });
    });
  });

  it("cannot get the login role's rights back by resetting its own", async () => {
    await withDatabase(test.url, "service_role", async (db) => {
      const [row] = await db.asService(async (sql) => {
        await sql`reset role`;
        return await sql`select current_user as role`;
      });
      assert.equal(row.role, "service_role");
    });
  });

  it("is nothing for the web's login", async () => {
    const url = connectionUrl("kredo_web", Number(new URL(test.adminUrl).port), test.name);
    for (const role of ["service_role", undefined] as const) {
      await withDatabase(url, role, async (db) => assert.notEqual(await codeOf(whoAmI(db)), "ok"));
    }
  });

  it("is one transaction: what fails leaves nothing", async () => {
    await withDatabase(test.url, "service_role", async (db) => {
      const failing = db.onceAsService((sql) =>
        sql`with row as (insert into public.spent (seen) values ('half') returning 1) select 1 / (count(*) - 1) from row`
      );
      assert.equal(await codeOf(failing), "22012");
      assert.deepEqual([...await test.sql`select from public.spent where seen = 'half'`], []);
    });
  });

  it("is not repeated when it took too long", async () => {
    await withDatabase(test.url, "service_role", async (db) => {
      const begun = await test.sql`select nextval('public.spent_id_seq') as at`.then(([{ at }]) => at as number);
      const slow = db.onceAsService((sql) => sql`select nextval('public.spent_id_seq'), pg_sleep(5)`);
      assert.equal(await codeOf(slow), "42501", "the sequence is not its own");
      await test.sql`grant usage on sequence public.spent_id_seq to service_role`;
      assert.equal(
        await codeOf(db.onceAsService((sql) => sql`select nextval('public.spent_id_seq'), pg_sleep(5)`)),
        "unavailable",
      );
      const [{ at }] = await test.sql`select nextval('public.spent_id_seq') as at`;
      assert.equal(at, begun + 2);
    });
  });

  it("is sent again when its connection is lost, and no place in the pool is lost with it", async () => {
    await withDatabase(test.url, "service_role", async (db) => {
      await whoAmI(db);
      let working = true;
      const answers: string[] = [];
      const runs = Array.from({ length: 6 }, async () => {
        while (working) {
          answers.push(await codeOf(db.onceAsService((sql) => sql`select pg_sleep(0.004)`)));
        }
      });
      for (let killed = 0; killed < 60;) {
        const before = answers.length;
        const found = await test.sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = ${NAME} and query like '%pg_sleep%' and state = 'active' order by random() limit 1`;
        killed += found.length;
        await until(() => answers.length > before, "the others go on");
      }
      working = false;
      await Promise.all(runs);
      // Whoever meets the loss four times in a row hears of it; nothing else is ever the answer, and nobody waits for ever.
      const kinds = new Set(answers);
      kinds.delete("unavailable");
      assert.deepEqual(kinds, new Set(["ok"]));
      assert.deepEqual(await Promise.all(Array.from({ length: 9 }, () => codeOf(whoAmI(db)))), Array(9).fill("ok"));
    });
  });
});

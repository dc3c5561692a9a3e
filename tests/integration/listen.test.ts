import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listenTo } from "../../platform/listen.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

describe("listening", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const disconnect = () =>
    db.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${db.name} and application_name = 'kredo-listen'`;

  it("goes on after a cut, and after one that lasts longer than a single try", async () => {
    const payloads: string[] = [];
    const states: boolean[] = [];
    const listening = listenTo(db.url, "news", {
      onPayload: (payload) => payloads.push(payload),
      onState: (connected) => states.push(connected),
    });
    const untilState = (connected: boolean) => until(() => Promise.resolve(states.at(-1) === connected || null));
    const hears = async (payload: string) => {
      await db.sql.notify("news", payload);
      await until(() => Promise.resolve(payloads.includes(payload) || null));
    };
    await untilState(true);
    await hears("first");

    await disconnect();
    await untilState(false);
    await untilState(true);
    await hears("after a cut");

    await db.sql.unsafe(`alter database ${db.name} connection limit 0`);
    await disconnect();
    await untilState(false);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(states.at(-1), false);
    await db.sql.unsafe(`alter database ${db.name} connection limit -1`);
    await untilState(true);
    await hears("after a long cut");

    await listening.close();
    await db.sql.notify("news", "too late");
    assert.deepEqual(payloads, ["first", "after a cut", "after a long cut"]);
    assert.deepEqual(states, [true, false, true, false, true], "each change is told once");
  });
});

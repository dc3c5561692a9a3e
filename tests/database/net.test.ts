import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cron, startCron } from "../../sandbox/cron/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

// What our code relies on in pg_net. The same holds on Supabase.

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

describe("pg_net", () => {
  let cron: Cron;
  let base: string;
  const seen: { method?: string; url?: string; type?: string; extra?: string | string[]; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/hang") return;
    seen.push({
      method: request.method,
      url: request.url,
      type: request.headers["content-type"],
      extra: request.headers["x-extra"],
      body,
    });
    response.writeHead(201, { "content-type": "text/plain" }).end("thanks");
  });

  before(async () => {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    cron = startCron({ adminUrl: db.adminUrl });
  });
  after(async () => {
    await cron.stop();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const responseOf = (id: number) =>
    until(async () => {
      const [row] = await db.sql`
      select status_code, content_type, content, timed_out, error_msg from net._http_response where id = ${id}`;
      return row ?? null;
    });

  it("sends once the transaction has committed, and not before", async () => {
    const id = await db.asPostgres(async (sql) => {
      const [{ id }] = await sql`
        select net.http_post(${`${base}/after-commit`}, '{"a": 1}', '{"q": "ä b&c"}', '{"x-extra": "yes"}') as id`;
      await sleep(1_500); // longer than the sender's own rounds
      assert.equal(seen.length, 0);
      return id as number;
    });
    const response = await responseOf(id);
    assert.deepEqual({ ...response }, {
      status_code: 201,
      content_type: "text/plain",
      content: "thanks",
      timed_out: false,
      error_msg: null,
    });
    assert.deepEqual(seen, [{
      method: "POST",
      url: "/after-commit?q=%C3%A4%20b%26c",
      type: "application/json",
      extra: "yes",
      body: '{"a": 1}',
    }]);
  });

  it("sends nothing of a transaction that rolled back", async () => {
    await assert.rejects(db.asPostgres(async (sql) => {
      await sql`select net.http_get(${`${base}/never`})`;
      throw new Error("no");
    }));
    const [{ id }] = await db.asPostgres((sql) => sql`select net.http_get(${`${base}/later`}) as id`);
    await responseOf(id);
    assert.deepEqual(seen.map((request) => request.url).filter((url) => url === "/never"), []);
  });

  it("gives up after the caller's patience and says so", async () => {
    const [{ id }] = await db.asPostgres((sql) =>
      sql`
      select net.http_get(${`${base}/hang`}, timeout_milliseconds => 50) as id`
    );
    const response = await responseOf(id);
    assert.deepEqual([response.status_code, response.timed_out], [null, true]);
  });

  it("writes down why a request could not be sent", async () => {
    const [{ id }] = await db.asPostgres((sql) => sql`select net.http_delete('http://127.0.0.1:1/nobody') as id`);
    const response = await responseOf(id);
    assert.equal(response.status_code, null);
    assert.ok(response.error_msg);
  });

  it("posts JSON only", async () => {
    const post = db.asPostgres((sql) =>
      sql`
      select net.http_post(${base}, '{}', '{}', '{"Content-Type": "text/plain"}')`
    );
    await assert.rejects(post, /Content-Type header must be "application\/json"/);
  });
});

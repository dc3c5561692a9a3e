import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { inDatabase } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

let customer: Customer;
before(async () => void (customer = await newCustomer()));

describe("every error of the API", () => {
  it("is a problem document with a stable code and the id of the request", async () => {
    const { status, headers, body } = await ask("/api/nothing-here");
    assert.equal(status, 404);
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.deepEqual(Object.keys(body).sort(), ["code", "detail", "request_id", "status", "title", "type"]);
    assert.equal(body.code, "not_found");
    assert.equal(body.request_id, headers.get("x-request-id"));
  });

  it("points with its type to the words about its code", async () => {
    const { body } = await ask("/api/nothing-here");
    const [path, code] = body.type.split("#");
    const reference = await ask(path);
    assert.equal(reference.status, 200);
    assert.ok(reference.text.includes(`id="${code}"`));
  });

  it("is one under any method and at every depth", async () => {
    for (const path of ["/api", "/api/", "/api/a/b/c", "/api/auth", "/api/auth/me/x", "/pl/api/nothing"]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        const { status, body } = await ask(path, { method });
        assert.deepEqual([status, body?.code], [404, "not_found"], `${method} ${path}`);
      }
    }
  });

  it("is one even where the address cannot be read", async () => {
    for (const path of ["/api/%", "/api/jobs/%ff"]) {
      const { status, body } = await ask(path);
      assert.deepEqual([status, body?.code], [400, "invalid_request"], path);
    }
    assert.equal((await ask("/api/billing/checkout-session/%00", { token: customer.token })).status, 404);
  });

  it("names the methods that would have worked", async () => {
    const cases = [["DELETE", "/api/health", "GET, HEAD"], ["GET", "/api/auth/login", "POST"], [
      "PUT",
      "/api/credits/balance",
      "GET, HEAD",
    ]];
    for (const [method, path, allow] of cases) {
      const { status, body, headers } = await ask(path, { method });
      assert.deepEqual([status, body.code, headers.get("allow")], [405, "method_not_allowed", allow]);
    }
  });
});

describe("a body", () => {
  const send = async (body: BodyInit, type = "application/json", path = "/api/billing/checkout-session") => {
    const answer = await ask(path, { method: "POST", body, token: customer.token, headers: { "content-type": type } });
    return [answer.status, answer.body?.code];
  };

  it("that is not JSON is refused as what it is", async () => {
    for (const body of ["", "{", "{'pack': 1}", "\u0000", '{"pack": "pack_10"}}', "NaN"]) {
      assert.deepEqual(await send(body), [400, "invalid_request"], JSON.stringify(body));
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"]) {
      assert.deepEqual(await send('{"pack": "pack_10"}', type), [415, "unsupported_media_type"], type);
    }
    for (const body of ["null", "[]", '"pack_10"', "{}", '{"pack": 10}', '{"pack": "pack_10", "price": 1}']) {
      assert.deepEqual(await send(body), [422, "validation_failed"], body);
    }
  });

  it("of a megabyte is refused, announced or not, and the connection lives on", async () => {
    const megabyte = "x".repeat(1024 * 1024);
    assert.deepEqual(await send(megabyte), [413, "payload_too_large"]);
    assert.deepEqual(await send(JSON.stringify({ pack: megabyte })), [413, "payload_too_large"]);
    const unannounced = new Blob([JSON.stringify({ pack: megabyte })]).stream();
    assert.deepEqual(await send(unannounced), [413, "payload_too_large"]);
    for (const path of ["/log-in", "/sign-up", "/pl/log-in"]) {
      const { status } = await ask(path, { form: { email: "a@b.test", password: megabyte } });
      assert.equal(status, 413, path);
    }
    assert.equal((await ask("/api/health")).status, 200);
  });

  it("of 64 KB is the most that fits", async () => {
    const of = (size: number) => JSON.stringify({ pack: "" }).replace('""', `"${"x".repeat(size - 11)}"`);
    assert.equal(of(64 * 1024).length, 64 * 1024);
    assert.deepEqual(await send(of(64 * 1024)), [422, "validation_failed"]);
    assert.deepEqual(await send(of(64 * 1024 + 1)), [413, "payload_too_large"]);
  });
});

describe("every answer", () => {
  const PATHS = ["/", "/pl", "/log-in", "/pricing", "/app", "/nowhere", "/pl/nowhere", "/api/health", "/api/nowhere"];

  it("tells the browser what it may do", async () => {
    for (const path of PATHS) {
      const { headers } = await ask(path);
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(policy, /script-src 'self' 'nonce-[\w+/=]{24}'/, path);
      assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin", path);
      assert.ok(headers.get("x-request-id"), path);
    }
  });

  it("has a nonce of its own, and every inline script carries it", async () => {
    const nonces = new Set<string>();
    for (const path of [...PATHS, "/app/create"]) {
      const { headers, text } = await ask(path, { cookie: customer.cookie });
      const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "";
      assert.ok(!nonces.has(nonce), path);
      nonces.add(nonce);
      const inline = [...text.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map(([, attributes]) => attributes);
      for (const attributes of inline) {
        if (attributes.includes("application/ld+json")) continue;
        assert.ok(attributes.includes(`nonce="${nonce}"`), `${path}: <script${attributes}>`);
      }
      if (path === "/app/create") assert.ok(inline.length > 0, "a page with islands has one");
      assert.doesNotMatch(text, /<[^>]+\sstyle="/, `${path}: an inline style, which the policy forbids`);
    }
  });

  it("is sent compressed, pages and files alike, to whoever takes that", async () => {
    const { web } = await stack();
    const sizes = async (path: string) => {
      // fetch() undoes the encoding, but not the header that names it.
      const [packed, plain] = await Promise.all(
        ["gzip", "identity"].map((encoding) => fetch(web + path, { headers: { "accept-encoding": encoding } })),
      );
      assert.equal(await packed.text(), await plain.text());
      return [
        packed.headers.get("content-encoding"),
        plain.headers.get("content-encoding"),
        plain.headers.get("x-content-type-options"),
      ];
    };
    const styles = /href="(\/assets\/[^"]+\.css)"/.exec((await ask("/")).text)?.[1] ?? "";
    assert.deepEqual(await sizes(styles), ["gzip", null, "nosniff"]);
    const page = await fetch(`${web}/pricing`, { headers: { "accept-encoding": "gzip" } });
    assert.equal(page.headers.get("content-encoding"), "gzip");
    assert.match(page.headers.get("vary") ?? "", /Accept-Encoding/);
    assert.match(await page.text(), /<\/html>$/);
  });

  it("is not kept by caches if it may be about somebody", async () => {
    for (const path of ["/", "/app", "/api/auth/me"]) {
      assert.match(
        (await ask(path, { cookie: customer.cookie })).headers.get("cache-control") ?? "",
        /no-store|private/,
        path,
      );
    }
  });

  it("has links to our own pages alone, whatever path was asked for", async () => {
    // "/./" keeps the two slashes out of the hands of URL, which would take them for a host here too.
    for (const path of ["/.//evil.test/x", "/pl//evil.test/x"]) {
      const [missing, refused] = [
        await ask(path),
        await ask(path, { method: "POST", headers: { origin: "https://evil.test" } }),
      ];
      assert.deepEqual([missing.status, refused.status], [404, 403]);
      for (const { text } of [missing, refused]) assert.doesNotMatch(text, /(href|action)="\/\/evil/, path);
    }
  });
});

describe("health and readiness", () => {
  it("are two questions: does it answer, and can it work", async () => {
    assert.deepEqual((await ask("/api/health")).body, { status: "ok" });
    const { status, body } = await ask("/api/ready");
    assert.equal(status, 200);
    assert.equal(body.ready, true);
    assert.deepEqual([body.checks.database, body.checks.auth], [true, true]);
    const { ok, count, breaches } = body.checks.ledger;
    assert.deepEqual({ ok, count, breaches }, { ok: true, count: 0, breaches: [] });
  });

  it("turn red when somebody tampers with a balance, name the account, and are green again once it is repaired", async () => {
    await inDatabase(async (sql) => {
      const change = (by: number) =>
        sql.begin(async (tampering) => {
          await tampering`set local session_replication_role = replica`;
          await tampering`update public.credit_accounts set held = held + ${by} where user_id = ${customer.id}`;
          await tampering`reset session_replication_role`;
          await tampering`set local role postgres`;
          await tampering`select private.run_invariants(60)`;
        });
      await change(1);
      const red = await ask("/api/ready");
      await change(-1);
      assert.equal(red.status, 503);
      assert.equal(red.body.ready, false);
      const { ok, count, breaches, checked_seconds } = red.body.checks.ledger;
      assert.deepEqual([ok, count, checked_seconds < 60], [false, 3, true]);
      const named = breaches.map((breach: Record<string, unknown>) => [breach.invariant, breach.account, breach.seq]);
      assert.deepEqual(named.sort(), [
        ["balance", customer.id, 1],
        ["holds", customer.id, 1],
        ["trial_balance", null, null],
      ]);
      assert.ok(breaches.every((breach: { since: string }) => !Number.isNaN(Date.parse(breach.since))));
      const green = await ask("/api/ready");
      assert.deepEqual([green.status, green.body.checks.ledger.count], [200, 0]);
    });
  });

  it("answer HEAD like GET, without a body", async () => {
    const { status, text } = await ask("/api/health", { method: "HEAD" });
    assert.deepEqual([status, text], [200, ""]);
  });
});

describe("the language", () => {
  it("is that of the path, also for errors", async () => {
    assert.match((await ask("/nowhere")).text, /<html[^>]* lang="en"/);
    assert.match((await ask("/pl/nowhere")).text, /<html[^>]* lang="pl"/);
    const { web } = await stack();
    assert.match(await (await fetch(`${web}/pl/log-in`)).text(), /<html[^>]* lang="pl"/);
  });
});

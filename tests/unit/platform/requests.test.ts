import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { AppError } from "../../../domain/errors.ts";
import { BODY_LIMIT, readForm, readJson } from "../../../platform/http/body.ts";
import { clientAddress } from "../../../platform/http/client-address.ts";
import { checkOrigin } from "../../../platform/http/origin.ts";
import { readSessionCookie, sessionCookieName, writeSessionCookie } from "../../../platform/session-cookie.ts";

const HERE = "http://127.0.0.1:8000";

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return "ok";
};

describe("a write from another site", () => {
  const write = (headers: Record<string, string>, { method = "POST", cookie = true } = {}) =>
    codeOf(() => checkOrigin(new Request(HERE, { method, headers }), HERE, cookie));

  it("is refused, with a session and without", async () => {
    for (const cookie of [true, false]) {
      assert.equal(await write({ origin: "https://evil.test" }, { cookie }), "forbidden_origin");
      assert.equal(await write({ origin: "null" }, { cookie }), "forbidden_origin");
      assert.equal(await write({ "sec-fetch-site": "cross-site" }, { cookie }), "forbidden_origin");
      assert.equal(await write({ origin: `${HERE}.evil.test` }, { cookie }), "forbidden_origin");
    }
    assert.equal(await write({ origin: "https://evil.test" }, { method: "DELETE" }), "forbidden_origin");
  });

  it("is not what our own forms look like", async () => {
    assert.equal(await write({ origin: HERE }), "ok");
    assert.equal(
      await write({ origin: "http://localhost:8000", "sec-fetch-site": "same-origin" }),
      "ok",
      "another name for us",
    );
  });

  it("cannot be told from a program unless the program shows a session", async () => {
    assert.equal(await write({}, { cookie: true }), "forbidden_origin");
    assert.equal(await write({}, { cookie: false }), "ok");
    assert.equal(await write({ authorization: "Bearer x" }, { cookie: true }), "ok");
    assert.equal(await write({ authorization: "Basic x" }, { cookie: true }), "forbidden_origin", "browsers send that");
  });

  it("does not matter for reads", async () => {
    assert.equal(await write({ origin: "https://evil.test" }, { method: "GET" }), "ok");
  });
});

describe("a JSON body", () => {
  const schema = z.object({ a: z.string() });
  const read = (body: BodyInit, type = "application/json") =>
    codeOf(() => readJson(new Request(HERE, { method: "POST", body, headers: { "content-type": type } }), schema));

  it("is refused by what is wrong with it", async () => {
    assert.equal(await read('{"a": "b"}', "application/json; charset=utf-8"), "ok");
    assert.equal(await read('{"a": "b"}', "text/plain"), "unsupported_media_type");
    assert.equal(await read("{"), "invalid_request");
    assert.equal(await read(""), "invalid_request");
    assert.equal(await read(new Uint8Array([0x22, 0xff, 0x22])), "invalid_request");
    assert.equal(await read('{"a": 1}'), "validation_failed");
    assert.equal(await read("[]"), "validation_failed");
    assert.equal(await read("[".repeat(BODY_LIMIT)), "invalid_request");
  });

  it("may not carry what Postgres cannot store", async () => {
    assert.equal(await read(String.raw`{"a": "\u0000"}`), "invalid_request");
    assert.equal(await read(String.raw`{"a": "\ud800"}`), "invalid_request");
    assert.equal(await read(String.raw`{"a": "\\u0000 \ud83d\ude00"}`), "ok");
  });

  it("is counted while it is read, if it did not announce its length", async () => {
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(BODY_LIMIT / 2));
      },
    });
    const request = new Request(HERE, {
      method: "POST",
      body: stream,
      headers: { "content-type": "application/json" },
    });
    assert.equal(await codeOf(() => readJson(request, schema)), "payload_too_large");
  });
});

describe("a form", () => {
  it("is read in both of its encodings, without files", async () => {
    const form = new FormData();
    form.append("a", "ż");
    form.append("file", new Blob(["x"]), "x.txt");
    for (const body of [form, new URLSearchParams({ a: "ż" })]) {
      assert.deepEqual([...await readForm(new Request(HERE, { method: "POST", body }))], [["a", "ż"]]);
    }
    assert.equal(
      await codeOf(() => readForm(new Request(HERE, { method: "POST", body: "{}" }))),
      "unsupported_media_type",
    );
  });

  it("may hold as little as JSON what cannot be stored", async () => {
    const form = (body: BodyInit) => codeOf(() => readForm(new Request(HERE, { method: "POST", body })));
    assert.equal(await form(new URLSearchParams({ a: "b\0" })), "invalid_request");
    const fields = new FormData();
    fields.set("a", "b\0");
    assert.equal(await form(fields), "invalid_request");
  });
});

describe("the address that limits count", () => {
  const from = (ip: string, forwarded = "", trustProxy = false) => {
    const request = new Request(HERE, { headers: forwarded ? { "x-forwarded-for": forwarded } : {} });
    return clientAddress(Object.assign(request, { ip }), { trustProxy });
  };

  it("is that of the connection, unless a proxy of ours stands before it", () => {
    assert.equal(from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
    assert.equal(
      from("192.0.2.1", "203.0.113.9, 198.51.100.7", true),
      "198.51.100.7",
      "what the proxy saw, not what it was told",
    );
  });

  it("is a whole network in IPv6, which one client can fill with addresses", () => {
    assert.equal(from("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assert.equal(from("2001:DB8::1"), "2001:db8:0:0::/64");
    assert.equal(from("::1"), "0:0:0:0::/64");
    assert.equal(from("::ffff:192.0.2.1"), "192.0.2.1");
  });
});

describe("the session cookie", () => {
  const tokens = {
    access_token: "a".repeat(5000),
    refresh_token: "r",
    expires_at: 1,
    expires_in: 1,
    token_type: "bearer" as const,
  };
  const jar = (cookies: string[]) =>
    new Map(cookies.map((cookie) => cookie.split(";")[0].split("=") as [string, string]));

  it("comes back as it was, in chunks if it is long", async () => {
    const name = sessionCookieName(true);
    const written = writeSessionCookie(new Map(), name, true, tokens);
    assert.ok(written.length > 1 && written.every((cookie) => cookie.length < 4096));
    for (const cookie of written) {
      assert.match(cookie, /^__Host-kredo-session\.\d+=.*; Path=\/; HttpOnly; SameSite=Lax; Secure; /);
    }
    assert.deepEqual(await readSessionCookie(jar(written), name), tokens);
  });

  it("leaves no chunk of an older one behind", () => {
    const sent = new Map([["kredo-session.0", "x"], ["kredo-session.1", "y"], ["other", "z"]]);
    const written = writeSessionCookie(sent, "kredo-session", false, { ...tokens, access_token: "a" });
    assert.deepEqual(written.map((cookie) => `${cookie.split("=")[0]} ${/Max-Age=\d+/.exec(cookie)}`), [
      "kredo-session.0 Max-Age=0",
      "kredo-session.1 Max-Age=0",
      "kredo-session Max-Age=34560000",
    ]);
    assert.equal(writeSessionCookie(sent, "kredo-session", false, null).length, 2);
  });

  it("is nothing if somebody else wrote it", async () => {
    for (const value of ["", "x", "base64-%%%", `base64-${btoa("{}")}`, `base64-${btoa("null")}`]) {
      assert.equal(await readSessionCookie(new Map([["kredo-session", value]]), "kredo-session"), null, value);
    }
  });
});

import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFunctions } from "../../sandbox/functions/mod.ts";

const SECRET = "a secret of at least thirty-two characters";

const ECHO = `
  import { createHash } from "node:crypto";
  Deno.serve(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    return Response.json({
      method: request.method, path: pathname + search, bytes: body.length, signature: request.headers.get("stripe-signature"),
      sha256: createHash("sha256").update(body).digest("hex"), greeting: Deno.env.get("GREETING"), home: Deno.env.get("SECRET_OF_THE_MACHINE") ?? null,
    });
  });`;

const DRIP = `
  Deno.serve((request) => new Response(request.body, { headers: { "content-type": "text/plain" } }));`;

const FRAGILE = `
  Deno.serve((request) => {
    if (request.method === "DELETE") Deno.exit(7);
    EdgeRuntime.waitUntil(Promise.reject(new Error("later")));
    return new Response("here");
  });`;

const NOSY = `
  const write = async () => await Deno.writeTextFile("/tmp/nosy", "");
  const run = async () => await new Deno.Command("id").output();
  Deno.serve(async () => {
    const tries = await Promise.allSettled([write(), run()]);
    return Response.json(tries.map((each) => each.reason?.name));
  });`;

async function functions() {
  const root = await mkdtemp(join(tmpdir(), "kredo-functions-"));
  for (const [name, source] of Object.entries({ echo: ECHO, drip: DRIP, fragile: FRAGILE, nosy: NOSY })) {
    await mkdir(join(root, "supabase", "functions", name), { recursive: true });
    await writeFile(join(root, "supabase", "functions", name, "index.ts"), source);
  }
  await writeFile(join(root, "deno.json"), "{}");
  await mkdir(join(root, "supabase", "functions", "_shared"));

  const pids = new Map<string, number | undefined>();
  const running = await startFunctions({
    root,
    open: ["echo", "drip", "fragile"],
    jwtSecret: SECRET,
    env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/", GREETING: "hello" },
    watch: false,
    output: (name) => ({ file: join(root, `${name}.log`) }),
    report: () => {},
    onPid: (name, pid) => pids.set(name, pid),
  });
  return {
    ...running,
    pids,
    call: (path: string, init?: RequestInit) =>
      running.fetch(new Request(`http://127.0.0.1/functions/v1/${path}`, init)),
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(root, { recursive: true });
    },
  };
}

Deno.test("functions gateway", async (t) => {
  await using gateway = await functions();
  const { call, pids } = gateway;

  await t.step("knows the folders that hold an index.ts", () => {
    assert.deepEqual(gateway.names, ["drip", "echo", "fragile", "nosy"]);
  });

  await t.step("passes a body on byte for byte, with its headers and the rest of the path", async () => {
    const body = crypto.getRandomValues(new Uint8Array(60_000));
    const response = await call("echo/deeper?a=1", {
      method: "POST",
      body,
      headers: { "stripe-signature": "t=1,v1=ab" },
    });
    assert.equal(response.status, 200);
    const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex();
    assert.deepEqual(await response.json(), {
      method: "POST",
      path: "/echo/deeper?a=1",
      bytes: body.length,
      signature: "t=1,v1=ab",
      sha256,
      greeting: "hello",
      home: null,
    });
  });

  await t.step("streams: the first part comes back before the last was sent", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answer = call("drip", { method: "POST", body: readable, duplex: "half" } as RequestInit);
    await writer.write(new TextEncoder().encode("first"));
    const reader = (await answer).body!.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "first");
    await writer.write(new TextEncoder().encode("last"));
    await writer.close();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "last");
    assert.equal((await reader.read()).done, true);
  });

  await t.step("answers 404 for a function that does not exist", async () => {
    for (const name of ["nothing", "_shared", "..%2Fecho", ""]) {
      const response = await call(name);
      assert.equal(response.status, 404, name);
      assert.equal((await response.json()).code, "NOT_FOUND");
    }
  });

  await t.step("lets nobody in without a token of ours where verify_jwt is on", async () => {
    const sign = (secret: string) =>
      new SignJWT({ role: "authenticated" }).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1m")
        .sign(new TextEncoder().encode(secret));
    const as = (token: string) => call("nosy", { headers: { authorization: `Bearer ${token}` } });
    const statuses = [
      call("nosy"),
      as("nonsense"),
      as(await sign("another secret of thirty-two characters")),
      as(await sign(SECRET)),
    ];
    assert.deepEqual(
      (await Promise.all(statuses)).map((response) => (void response.body?.cancel(), response.status)),
      [401, 401, 401, 200],
    );
  });

  await t.step("gives a function neither the disk nor other programs", async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
    const response = await call("nosy", { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(await response.json(), ["NotCapable", "NotCapable"]);
  });

  await t.step("starts a function again that ended; meanwhile the answer is 503, at once", async () => {
    const before = pids.get("fragile");
    assert.equal((await call("fragile", { method: "DELETE" })).status, 503);
    const meanwhile = await call("fragile");
    assert.ok([200, 503].includes(meanwhile.status));
    await meanwhile.body?.cancel();

    let response = meanwhile;
    for (let attempt = 0; attempt < 200 && response.status !== 200; attempt++) {
      await new Promise((done) => setTimeout(done, 25));
      response = await call("fragile");
      if (response.status !== 200) await response.body?.cancel();
    }
    assert.equal(response.bodyUsed || await response.text(), "here");
    assert.notEqual(pids.get("fragile"), before);
  });

  await t.step("keeps a function alive when work after its answer fails", async () => {
    const before = pids.get("fragile");
    for (let call_ = 0; call_ < 3; call_++) assert.equal(await (await call("fragile")).text(), "here");
    assert.equal(pids.get("fragile"), before);
  });
});

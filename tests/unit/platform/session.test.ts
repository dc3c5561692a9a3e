import { exportJWK, generateKeyPair, SignJWT } from "jose";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Auth, createAuth, type Tokens } from "../../../platform/auth.ts";
import type { Database } from "../../../platform/database.ts";
import { loadSession } from "../../../platform/http/session.ts";
import { createLog } from "../../../platform/log.ts";
import type { RequestContext, Session } from "../../../platform/request.ts";
import { writeSessionCookie } from "../../../platform/session-cookie.ts";

const NAME = "kredo-session";
const quiet = createLog({}, () => {});
const ann: Session = { userId: "ann", email: "ann@example.test", accessToken: "good", claims: {} };
const tokens = (access_token: string, secondsLeft: number, refresh_token = "r1"): Tokens => ({
  access_token,
  refresh_token,
  expires_at: Math.floor(Date.now() / 1000) + secondsLeft,
  expires_in: 3600,
  token_type: "bearer",
});

/** Auth that accepts the token `good`, remembers `ended` and renews as told. */
function fakeAuth(renew: () => Promise<Tokens | null>): Auth {
  const verify = (token: string) => Promise.resolve(token === "good" ? ann : null);
  const ownerOf = (token: string) => Promise.resolve(["good", "ended"].includes(token) ? "ann" : null);
  const refresh: Auth["refresh"] = async (_token, before) => {
    await before?.();
    return await renew();
  };
  return { verify, ownerOf, refresh } as Partial<Auth> as Auth;
}

/** A database whose limits let the first `hits` through. */
function fakeDatabase(hits: number): Database {
  const sql = () => Promise.resolve([{ allowed: hits-- > 0, retry_after_seconds: 9 }]);
  return { asWeb: (run: (sql: unknown) => unknown) => run(sql) } as Partial<Database> as Database;
}

async function load(held: Tokens | null, auth: Auth, db = fakeDatabase(Infinity)) {
  const cookies = new Map(
    (held ? writeSessionCookie(new Map(), NAME, false, held) : []).map((cookie) =>
      cookie.split(";")[0].split("=") as [string, string]
    ),
  );
  const context = { cookies, sessionCookie: NAME, tokens: undefined, authUnavailable: false } as Partial<
    RequestContext
  > as RequestContext;
  const session = await loadSession(new Request("http://127.0.0.1:8000"), context, { auth, db, log: quiet });
  return { session: session?.userId ?? null, kept: context.tokens, unavailable: context.authUnavailable };
}

const down = () => Promise.reject(new Error("no answer"));
const never = (): Promise<never> => Promise.reject(new Error("must not be asked"));

describe("a session", () => {
  it("that has time left asks nobody", async () => {
    assert.deepEqual(await load(tokens("good", 600), fakeAuth(never)), {
      session: "ann",
      kept: undefined,
      unavailable: false,
    });
    assert.deepEqual(await load(null, fakeAuth(never)), { session: null, kept: undefined, unavailable: false });
  });

  it("about to end is renewed, and the answer carries the new one", async () => {
    const renewed = tokens("good", 3600, "r2");
    for (const held of [tokens("good", 30), tokens("ended", -30)]) {
      assert.deepEqual(await load(held, fakeAuth(() => Promise.resolve(renewed))), {
        session: "ann",
        kept: renewed,
        unavailable: false,
      });
    }
  });

  it("that Auth refuses to renew is over", async () => {
    assert.deepEqual(await load(tokens("ended", -30), fakeAuth(() => Promise.resolve(null))), {
      session: null,
      kept: null,
      unavailable: false,
    });
  });

  it("that somebody made up is forgotten without a word to Auth", async () => {
    assert.deepEqual(await load(tokens("forged", -30), fakeAuth(never)), {
      session: null,
      kept: null,
      unavailable: false,
    });
  });

  it("is renewed only so often, and what is too often ends nothing", async () => {
    const db = fakeDatabase(2);
    const renewed = tokens("good", 3600, "r2");
    const asked = () => load(tokens("ended", -30), fakeAuth(() => Promise.resolve(renewed)), db);
    assert.deepEqual([(await asked()).kept, (await asked()).kept], [renewed, renewed]);
    assert.deepEqual(await asked(), { session: null, kept: undefined, unavailable: true });
  });

  it("is not over because Auth is down", async () => {
    assert.deepEqual(await load(tokens("good", 30), fakeAuth(down)), {
      session: "ann",
      kept: undefined,
      unavailable: false,
    });
    assert.deepEqual(await load(tokens("ended", -30), fakeAuth(down)), {
      session: null,
      kept: undefined,
      unavailable: true,
    });
  });
});

describe("a token", () => {
  it("is judged by the published keys, and not at all while they cannot be read", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const other = await generateKeyPair("ES256");
    let status = 503;
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async () => Response.json({ keys: [{ ...await exportJWK(publicKey), kid: "1", alg: "ES256" }] }, { status }),
    );
    const sign = (key: CryptoKey, ends = "1h") =>
      new SignJWT({ role: "authenticated", email: "ann@example.test" }).setProtectedHeader({ alg: "ES256", kid: "1" })
        .setSubject("ann")
        .setAudience("authenticated").setExpirationTime(ends).sign(key);
    const auth = createAuth({ url: `http://127.0.0.1:${server.addr.port}`, publishableKey: "x" });

    await assert.rejects(auth.verify(await sign(privateKey)), { code: "unavailable" });
    status = 200;
    assert.equal((await auth.verify(await sign(privateKey)))?.userId, "ann");
    assert.equal(await auth.verify(await sign(other.privateKey)), null);
    assert.equal(await auth.verify("not a token"), null);

    const lastYear = await sign(privateKey, "-1y");
    assert.deepEqual([await auth.verify(lastYear), await auth.ownerOf(lastYear)], [null, "ann"]);
    assert.equal(await auth.ownerOf(await sign(other.privateKey, "-1y")), null);
    await server.shutdown();
  });
});

describe("renewing", () => {
  it("at once from several tabs is one call, whose answer a late one gets too", async () => {
    let calls = 0;
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      calls++;
      const user = { id: "ann", aud: "authenticated", email: "ann@example.test", created_at: "2026-01-01T00:00:00Z" };
      return Response.json({ ...tokens("good", 3600, `r${calls + 1}`), user });
    });
    const auth = createAuth({
      url: `http://127.0.0.1:${server.addr.port}`,
      publishableKey: "x",
      jwtSecret: "s".repeat(32),
    });
    const answers = await Promise.all([auth.refresh("r1"), auth.refresh("r1"), auth.refresh("r1")]);
    answers.push(await auth.refresh("r1", never));
    assert.deepEqual(answers.map((answer) => answer?.refresh_token), ["r2", "r2", "r2", "r2"]);
    assert.equal(calls, 1);
    await server.shutdown();
  });

  it("that failed is tried again by the next request", async () => {
    let calls = 0;
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      calls++;
      return Response.json({ code: 400, error_code: "refresh_token_not_found", msg: "" }, {
        status: calls === 1 ? 503 : 400,
      });
    });
    const auth = createAuth({
      url: `http://127.0.0.1:${server.addr.port}`,
      publishableKey: "x",
      jwtSecret: "s".repeat(32),
    });
    await assert.rejects(auth.refresh("r1"));
    assert.equal(await auth.refresh("r1"), null);
    await server.shutdown();
  });
});

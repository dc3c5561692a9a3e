import { SignJWT } from "jose";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "node:test";
import { mailAbout } from "../support/mail.ts";
import { stack, type StackInfo } from "../support/stack.ts";
import { ask, cookiesOf, newCustomer } from "../support/web.ts";

let info: StackInfo;
before(async () => void (info = await stack()));

const someone = () => ({ email: `${randomUUID()}@example.test`, password: "correct horse" });

describe("registering", () => {
  it("answers with the person and a session in Supabase's shape, and ten credits are there", async () => {
    const { status, body, headers } = await ask("/api/auth/register", {
      json: { email: " Ann.B@Example.TEST ".replace("Ann", randomUUID()), password: "8 chars." },
    });
    assert.equal(status, 201);
    assert.deepEqual(Object.keys(body), ["user", "session"]);
    assert.match(body.user.email, /\.b@example\.test$/, "one spelling for one address");
    assert.ok(Math.abs(body.session.expires_at - Date.now() / 1000 - body.session.expires_in) < 60);
    assert.ok(body.session.refresh_token && body.session.token_type === "bearer");
    assert.match(headers.getSetCookie()[0], /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=/);
    assert.equal(headers.get("cache-control"), "no-store");

    const balance = await ask("/api/credits/balance", { token: body.session.access_token });
    assert.deepEqual(balance.body, { available: 10, held: 0, debt: 0 });
  });

  it("says which field is wrong", async () => {
    const cases: [Record<string, unknown>, string[]][] = [
      [{}, ["email", "password"]],
      [{ email: "nonsense", password: "long enough" }, ["email"]],
      [{ email: "a@b.test", password: "7 chars" }, ["password"]],
      [{ email: "a@b.test", password: "ż".repeat(37) }, ["password"]],
      [{ email: ["a@b.test"], password: 12345678 }, ["email", "password"]],
      [{ email: `${"a".repeat(250)}@b.test`, password: "long enough" }, ["email"]],
    ];
    for (const [json, fields] of cases) {
      const { status, body } = await ask("/api/auth/register", { json });
      assert.deepEqual([status, body.code, Object.keys(body.errors).sort()], [422, "validation_failed", fields]);
    }
    const exactly = { ...someone(), password: "ż".repeat(36) };
    assert.equal((await ask("/api/auth/register", { json: exactly })).status, 201, "72 bytes fit");
  });

  it("the same address a second time is refused, also when both come at once", async () => {
    const json = someone();
    const answers = await Promise.all([1, 2, 3].map(() => ask("/api/auth/register", { json })));
    // Auth itself answers some that race with an internal error, which we pass on as "try again".
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const { status } of answers) assert.ok([201, 409, 503].includes(status), String(status));
    const late = await ask("/api/auth/register", { json: { ...json, email: json.email.toUpperCase() } });
    assert.deepEqual([late.status, late.body.code], [409, "account_exists"]);
  });

  it("mails a link in the person's language that confirms the address, and only once", async () => {
    const json = { ...someone(), locale: "pl", next: "/app/create" };
    const { session } = (await ask("/api/auth/register", { json })).body;
    const { links: [link] } = await mailAbout(info.console, json.email, /Potwierdź/);
    assert.match(link, /\/pl\/auth\/confirm\?/);
    assert.equal((await ask("/api/auth/me", { token: session.access_token })).body.user.email_confirmed, false);

    const confirmed = await ask(link);
    // The page it asked for, which is told to say thank you.
    assert.deepEqual(
      [confirmed.status, confirmed.headers.get("location")],
      [303, "/pl/app/create?confirmation=done"],
    );
    const { user } = (await ask("/api/auth/me", { cookie: cookiesOf(confirmed) })).body;
    assert.deepEqual([user.email, user.email_confirmed, user.locale], [json.email, true, "pl"]);
    assert.equal((await ask(link)).status, 410);
  });

  it("mails a link that outlives the scanner of a mailbox, which only asks whether it is alive", async () => {
    const json = someone();
    await ask("/api/auth/register", { json });
    const { links: [link] } = await mailAbout(info.console, json.email, /Confirm/);
    const looked = await ask(link, { method: "HEAD" });
    assert.deepEqual([looked.status, looked.headers.getSetCookie()], [200, []]);
    assert.equal((await ask(link)).status, 303);
  });

  it("mails a link that confirms, and does not log anybody into an account that is not theirs", async () => {
    const [mallory, victim] = [someone(), await newCustomer()];
    const { session } = (await ask("/api/auth/register", { json: mallory })).body;
    const { links: [link] } = await mailAbout(info.console, mallory.email, /Confirm/);
    const followed = await ask(link, { headers: { cookie: victim.cookie } });
    assert.deepEqual([followed.status, followed.headers.getSetCookie()], [303, []]);
    assert.equal((await ask("/api/auth/me", { token: session.access_token })).body.user.email_confirmed, true);
  });
});

describe("logging in", () => {
  it("answers the same whether the account does not exist or the password is wrong", async () => {
    const { email } = await newCustomer();
    const wrong = await ask("/api/auth/login", { json: { email, password: "not this one" } });
    const nobody = await ask("/api/auth/login", { json: someone() });
    for (const { body } of [wrong, nobody]) delete body.request_id;
    assert.equal(wrong.status, 401);
    assert.equal(wrong.body.code, "invalid_credentials");
    assert.deepEqual(nobody.body, wrong.body);
    assert.equal(nobody.status, wrong.status);
  });

  it("does not answer sooner where there is no password to compare", async () => {
    const { email } = await newCustomer();
    for (const address of [email, someone().email]) {
      const startedAt = performance.now();
      await ask("/api/auth/login", { json: { email: address, password: "not this one" } });
      assert.ok(performance.now() - startedAt >= 300);
    }
  });

  it("works as often as one likes", async () => {
    const { email, password } = await newCustomer();
    for (let time = 0; time < 7; time++) {
      assert.equal((await ask("/api/auth/login", { json: { email: email.toUpperCase(), password } })).status, 200);
    }
  });

  it("stops guessing after five attempts on one account, even if they come at once", async () => {
    const { email, password } = await newCustomer();
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, guess) => ask("/api/auth/login", { json: { email, password: `guess ${guess}` } })),
    );
    assert.equal(guesses.filter(({ status }) => status === 401).length, 5);
    const refused = guesses.filter(({ status }) => status === 429);
    assert.equal(refused.length, 15);
    assert.equal(refused[0].body.code, "rate_limited");
    assert.match(refused[0].headers.get("retry-after") ?? "", /^([1-9]|[1-5]\d|60)$/);
    assert.equal((await ask("/api/auth/login", { json: { email, password } })).status, 429, "the right one too");
    assert.equal((await newCustomer()).token.length > 0, true, "others are not affected");
  });

  it("goes on to the page that was asked for, and never to another site", async () => {
    const { email, password } = await newCustomer();
    const landing = async (next: string) =>
      (await ask("/log-in", { form: { email, password, next } })).headers.get("location");
    assert.equal(await landing("/app/jobs?a=1"), "/app/jobs?a=1");
    for (const next of ["//evil.test", "/\\evil.test", "https://evil.test", "/%2f/evil.test", "/.//evil.test"]) {
      assert.equal(await landing(next), "/app", next);
      const page = await ask(`/log-in?next=${encodeURIComponent(next)}`);
      assert.match(page.text, /name="next" value="\/app"/, next);
    }
  });
});

/** An access token as Auth makes them. */
const token = (claims: Record<string, unknown>, { secret = info.jwtSecret, expires = "1h" } = {}) =>
  new SignJWT({ role: "authenticated", ...claims }).setProtectedHeader({ alg: "HS256" }).setSubject(
    String(claims.sub ?? randomUUID()),
  )
    .setAudience(String(claims.aud ?? "authenticated")).setExpirationTime(expires).sign(
      new TextEncoder().encode(secret),
    );

describe("who is asking", () => {
  const statusOf = async (bearer: string) => {
    const answer = await ask("/api/auth/me", { headers: { authorization: bearer } });
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    return [answer.status, answer.body.code, answer.headers.get("www-authenticate")];
  };

  it("is nobody without a token, and with one that is not good", async () => {
    const { token: good, id } = await newCustomer();
    const [header, payload, signature] = good.split(".");
    const none = btoa('{"alg":"none","typ":"JWT"}').replaceAll("=", "");
    const bad = [
      "",
      "Bearer",
      "Bearer x",
      "Basic dXNlcjpwYXNz",
      `Bearer ${info.anonKey}`,
      `Bearer ${info.serviceRoleKey}`,
      `Bearer ${header}.${payload}.${signature.slice(0, -2)}${signature.endsWith("AA") ? "BA" : "AA"}`,
      `Bearer ${none}.${payload}.`,
      `Bearer ${none}.${payload}.${signature}`,
      `Bearer ${await token({ sub: id }, { secret: "another secret that is long enough for HS256" })}`,
      `Bearer ${await token({ sub: id }, { expires: "-1m" })}`,
      `Bearer ${await token({ sub: id, aud: "elsewhere" })}`,
      `Bearer ${await token({ sub: id, role: "service_role" })}`,
      `Bearer ${await token({ sub: id, role: "anon" })}`,
      `Bearer ${await token({ sub: randomUUID() })}`,
    ];
    for (const bearer of bad) {
      assert.deepEqual(await statusOf(bearer), [401, "unauthenticated", "Bearer"], bearer.slice(0, 60));
    }
  });

  it("is whom the cookie names, or the bearer token if there is one, and never a mixture", async () => {
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    assert.equal((await ask("/api/auth/me", { cookie: ann.cookie })).body.user.id, ann.id);
    assert.equal((await ask("/api/auth/me", { cookie: ann.cookie, token: bob.token })).body.user.id, bob.id);
    assert.equal((await ask("/api/auth/me", { cookie: ann.cookie, token: "x" })).status, 401);
  });
});

describe("a cookie session", () => {
  /** The cookie as it will be when its access token is about to end. */
  const aged = (cookie: string, change: Record<string, unknown> = {}) => {
    const [name, value] = cookie.split("=");
    const tokens = JSON.parse(atob(value.slice("base64-".length).replaceAll("-", "+").replaceAll("_", "/")));
    const older = JSON.stringify({ ...tokens, expires_at: Math.floor(Date.now() / 1000) + 5, ...change });
    return `${name}=base64-${btoa(older).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  };

  it("is renewed before it ends, and the new one goes on", async () => {
    const { cookie, id } = await newCustomer();
    const answer = await ask("/api/auth/me", { cookie: aged(cookie) });
    assert.equal(answer.body.user.id, id);
    const renewed = cookiesOf(answer);
    assert.ok(renewed && renewed !== cookie);
    assert.equal((await ask("/api/auth/me", { cookie: aged(renewed) })).status, 200);
  });

  it("survives several tabs that wake at once with the same cookie", async () => {
    const { cookie, id } = await newCustomer();
    const old = aged(cookie);
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask("/api/auth/me", { cookie: old })));
    for (const { body } of answers) assert.equal(body.user.id, id);
    assert.equal((await ask("/api/auth/me", { cookie: old })).status, 200, "a tab that was late");
    for (const answer of answers) {
      assert.equal((await ask("/api/auth/me", { cookie: aged(cookiesOf(answer)) })).status, 200);
    }
  });

  it("is forgotten when it can no longer be renewed", async () => {
    const { cookie, id } = await newCustomer();
    const answer = await ask("/api/auth/me", {
      cookie: aged(cookie, { access_token: await token({ sub: id }, { expires: "-1m" }), refresh_token: "spent" }),
    });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.getSetCookie()[0], /^kredo-session=; .*Max-Age=0/);
  });

  it("renews also when the page then fails, or the new token would be lost", async () => {
    const { cookie } = await newCustomer();
    const answer = await ask("/app/jobs/00000000-0000-4000-8000-000000000000", { cookie: aged(cookie) });
    assert.equal(answer.status, 404);
    assert.match(cookiesOf(answer), /^kredo-session=base64-/);
  });

  it("is renewed on no answer that a shared cache may keep", async () => {
    const { cookie } = await newCustomer();
    const answer = await ask("/api/models", { cookie: aged(cookie) });
    assert.match(cookiesOf(answer), /^kredo-session=base64-/);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  });

  it("ends with logging out: the cookie goes and its refresh token is worth nothing", async () => {
    const { cookie, id } = await newCustomer();
    const ended = { access_token: await token({ sub: id }, { expires: "-1m" }) };
    const other = await newCustomer();
    const otherEnded = { access_token: await token({ sub: other.id }, { expires: "-1m" }) };
    assert.equal((await ask("/api/auth/me", { cookie: aged(other.cookie, otherEnded) })).status, 200, "renewed");
    const out = await ask("/api/auth/logout", { method: "POST", cookie });
    assert.equal(out.status, 204);
    assert.match(out.headers.getSetCookie()[0], /Max-Age=0/);
    assert.equal((await ask("/api/auth/me", { cookie: aged(cookie, ended) })).status, 401);
  });

  it("writes only from our own pages", async () => {
    const { cookie, token } = await newCustomer();
    const write = async (headers: Record<string, string>) => {
      const answer = await ask("/api/billing/checkout-session", { json: { pack: "nothing" }, headers });
      return answer.body.code;
    };
    assert.equal(await write({ cookie, origin: "https://evil.test" }), "forbidden_origin");
    assert.equal(await write({ cookie, origin: "null" }), "forbidden_origin");
    assert.equal(await write({ cookie, "sec-fetch-site": "cross-site" }), "forbidden_origin");
    assert.equal(await write({ cookie }), "forbidden_origin");
    assert.equal(await write({ cookie, origin: info.web }), "validation_failed");
    assert.equal(
      await write({ cookie, origin: "https://evil.test", authorization: `Bearer ${token}` }),
      "validation_failed",
    );
    const form = await ask("/log-out", { form: {}, headers: { cookie, origin: "https://evil.test" } });
    assert.equal(form.status, 403);
    assert.match(form.headers.get("content-type") ?? "", /text\/html/);
  });
});

describe("a forgotten password", () => {
  it("is replaced through the mailed link, which ends the other sessions", async () => {
    const { id, email, password, cookie: elsewhere } = await newCustomer();
    assert.equal((await ask("/forgot-password", { form: { email } })).status, 200);
    const { links: [link] } = await mailAbout(info.console, email, /Choose a new password/);
    const arrived = await ask(link);
    assert.deepEqual([arrived.status, arrived.headers.get("location")], [303, "/new-password"]);
    const cookie = cookiesOf(arrived);

    assert.equal((await ask("/new-password", { form: { password: "short" }, cookie })).status, 422);
    assert.equal((await ask("/new-password", { form: { password: "a better one" }, cookie })).status, 303);
    assert.equal((await ask("/api/auth/login", { json: { email, password } })).status, 401);
    assert.equal((await ask("/api/auth/login", { json: { email, password: "a better one" } })).status, 200);
    assert.equal((await ask("/api/auth/me", { cookie })).status, 200, "this session goes on");

    const [name, value] = elsewhere.split("=");
    const tokens = JSON.parse(atob(value.slice("base64-".length).replaceAll("-", "+").replaceAll("_", "/")));
    const ended = btoa(JSON.stringify({ ...tokens, access_token: await token({ sub: id }, { expires: "-1m" }) }));
    assert.equal((await ask("/api/auth/me", { cookie: `${name}=base64-${ended}` })).status, 401);
    assert.equal((await ask(link)).status, 410);
  });

  it("is asked for with the same words for an address that nobody has", async () => {
    const { email } = await newCustomer();
    const nobody = someone().email;
    const startedAt = performance.now();
    const [known, unknown] = await Promise.all(
      [email, nobody].map((address) => ask("/forgot-password", { form: { email: address } })),
    );
    assert.ok(performance.now() - startedAt >= 1000, "and not sooner");
    const neutral = (text: string, address: string) => text.replaceAll(address, "…").replaceAll(/nonce="[^"]*"/g, "");
    assert.equal(unknown.status, known.status);
    assert.equal(neutral(unknown.text, nobody), neutral(known.text, email));
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigError, parseFunctionsConfig, parseWebConfig } from "../../../platform/config.ts";

const SHARED = {
  KREDO_ENV: "sandbox",
  KREDO_WEB_URL: "http://127.0.0.1:8000",
  SUPABASE_URL: "http://127.0.0.1:54321/",
  STRIPE_SECRET_KEY: "sk_test_do-not-print-me",
};
const WEB = {
  ...SHARED,
  SUPABASE_PUBLISHABLE_KEY: "sb_publishable_x",
  KREDO_DATABASE_URL: "postgres://kredo_web:do-not-print-me@127.0.0.1:54322/postgres",
  KREDO_OPERATOR_TOKEN: "an-operator-token-of-some-length",
};
const FUNCTIONS = {
  ...SHARED,
  SUPABASE_SECRET_KEY: "sb_secret_x",
  SUPABASE_DB_URL: "postgresql://postgres@127.0.0.1:54322/postgres",
  STRIPE_WEBHOOK_SECRET: "whsec_old, whsec_new",
  REPLICATE_API_TOKEN: "r8_x",
  REPLICATE_WEBHOOK_SECRET: "whsec_x",
};

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the configuration", () => {
  it("of the web app has defaults for all that can have one", () => {
    const config = parseWebConfig(WEB);
    assert.deepEqual([config.host, config.port, config.trustProxy, config.production], [
      "127.0.0.1",
      8000,
      false,
      false,
    ]);
    assert.equal(config.supabase.url, "http://127.0.0.1:54321", "without the slash at the end");
    assert.equal(config.stripe.livemode, false);
  });

  it("names everything that is wrong at once", () => {
    const problems = problemsOf(() =>
      parseWebConfig({ ...WEB, PORT: "99999", SUPABASE_URL: "nonsense", KREDO_OPERATOR_TOKEN: "short" })
    );
    assert.deepEqual(problems.map((problem) => problem.split(" ")[0]).sort(), [
      "KREDO_OPERATOR_TOKEN",
      "PORT",
      "SUPABASE_URL",
    ]);
  });

  it("treats a variable that is empty as one that is missing", () => {
    assert.deepEqual(problemsOf(() => parseWebConfig({ ...WEB, KREDO_DATABASE_URL: "  " })), [
      "KREDO_DATABASE_URL is not set",
    ]);
    assert.equal(parseWebConfig({ ...WEB, STRIPE_API_URL: "" }).stripe.apiUrl, undefined);
  });

  it("never repeats a value, for it may be a secret", () => {
    const broken = Object.fromEntries(Object.keys(WEB).map((name) => [name, "do-not-print-me"]));
    const problems = problemsOf(() => parseWebConfig(broken));
    assert.ok(problems.length >= 5, String(problems.length));
    assert.doesNotMatch(problems.join("\n"), /do-not-print-me/);
  });

  it("in production refuses stand-ins and a web app without https", () => {
    const problems = problemsOf(() =>
      parseWebConfig({ ...WEB, KREDO_ENV: "production", STRIPE_API_URL: "http://127.0.0.1:1" })
    );
    assert.deepEqual(problems.map((problem) => problem.split(" ")[0]), ["STRIPE_API_URL", "KREDO_WEB_URL"]);
    assert.deepEqual(
      problemsOf(() => parseWebConfig({ ...WEB, KREDO_ENV: "production", KREDO_WEB_URL: "https://kredo.test" })),
      [],
    );
  });

  it("knows live money by the key", () => {
    assert.equal(parseWebConfig({ ...WEB, STRIPE_SECRET_KEY: "sk_live_x" }).stripe.livemode, true);
    assert.equal(problemsOf(() => parseWebConfig({ ...WEB, STRIPE_SECRET_KEY: "pk_live_x" })).length, 1);
  });

  it("of the functions takes several webhook secrets while one is rotated", () => {
    assert.deepEqual(parseFunctionsConfig(FUNCTIONS).stripe.webhookSecrets, ["whsec_old", "whsec_new"]);
    assert.equal(problemsOf(() => parseFunctionsConfig({ ...FUNCTIONS, STRIPE_WEBHOOK_SECRET: " , " })).length, 1);
  });

  it("of the functions finds the secret key under the names Supabase gives it", () => {
    const { SUPABASE_SECRET_KEY: _, ...hosted } = FUNCTIONS;
    const key = (env: Record<string, string>) => parseFunctionsConfig({ ...hosted, ...env }).supabase.secretKey;
    assert.equal(
      key({ SUPABASE_SECRET_KEYS: '{"default": "sb_secret_y"}', SUPABASE_SERVICE_ROLE_KEY: "old" }),
      "sb_secret_y",
    );
    assert.equal(key({ SUPABASE_SERVICE_ROLE_KEY: "old" }), "old");
    assert.deepEqual(problemsOf(() => parseFunctionsConfig(hosted)), ["SUPABASE_SECRET_KEY is not set"]);
  });

  it("of the functions has no mail without its server, and no mail server without a sender", () => {
    const smtp = "smtps://kredo:do-not-print-me@mail.example:465";
    const mail = (env: Record<string, string>) => parseFunctionsConfig({ ...FUNCTIONS, ...env }).mail;
    assert.equal(mail({}), undefined);
    assert.equal(mail({ KREDO_MAIL_FROM: "hello@kredo.example" }), undefined);
    assert.deepEqual(problemsOf(() => mail({ KREDO_SMTP_URL: smtp })), [
      "KREDO_MAIL_FROM is not set, but KREDO_SMTP_URL is",
    ]);
    for (const from of ["Kredo <hello@kredo.example>", "hello@kredo.example"]) {
      assert.deepEqual(mail({ KREDO_SMTP_URL: smtp, KREDO_MAIL_FROM: from }), { smtpUrl: smtp, from });
    }
    for (const from of ["Kredo", "a@b@c", "Kredo <hello>", "Kredo\r\nBcc: <eve@evil.test>", "a@b.c, d@e.f"]) {
      assert.equal(problemsOf(() => mail({ KREDO_SMTP_URL: smtp, KREDO_MAIL_FROM: from })).length, 1, from);
    }
    for (const url of ["https://do-not-print-me.example", "mail.example:465", "smtp://", "smtps:do-not-print-me"]) {
      const problems = problemsOf(() => mail({ KREDO_SMTP_URL: url, KREDO_MAIL_FROM: "hello@kredo.example" }));
      assert.deepEqual(problems, ["KREDO_SMTP_URL is not an smtp(s):// URL"], url);
    }
  });
});

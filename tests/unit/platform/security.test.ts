import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseWebConfig } from "../../../platform/config.ts";
import { addNonce, createNonce, securityHeaders } from "../../../platform/http/security.ts";

const environment = {
  KREDO_ENV: "sandbox",
  KREDO_WEB_URL: "http://127.0.0.1:8000",
  SUPABASE_URL: "http://127.0.0.1:54321",
  SUPABASE_PUBLISHABLE_KEY: "x",
  KREDO_DATABASE_URL: "postgres://x@127.0.0.1/x",
  KREDO_OPERATOR_TOKEN: "an-operator-token-of-some-length",
  STRIPE_SECRET_KEY: "sk_test_x",
  STRIPE_API_URL: "http://127.0.0.1:54324",
};
const sandbox = parseWebConfig(environment);
const production = parseWebConfig({
  ...environment,
  KREDO_ENV: "production",
  KREDO_WEB_URL: "https://kredo.test",
  STRIPE_API_URL: "",
});

const directives = (config = sandbox) =>
  Object.fromEntries(
    securityHeaders(config, "N")["content-security-policy"].split("; ").map((directive) => {
      const [name, ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );

describe("the content security policy", () => {
  it("runs scripts of ours and the one with this answer's nonce, and nothing inline", () => {
    assert.equal(directives()["script-src"], "'self' 'nonce-N'");
    assert.doesNotMatch(securityHeaders(sandbox, "N")["content-security-policy"], /unsafe/);
  });

  it("lets forms end at the checkout, for a redirect counts as their target", () => {
    assert.equal(directives()["form-action"], "'self' http://127.0.0.1:54324");
    assert.equal(directives(production)["form-action"], "'self' https://checkout.stripe.com");
  });

  it("keeps our pages out of frames, and in production on https", () => {
    assert.equal(directives()["frame-ancestors"], "'none'");
    assert.equal(securityHeaders(sandbox, "N")["strict-transport-security"], undefined);
    assert.match(securityHeaders(production, "N")["strict-transport-security"], /max-age=\d{8}/);
  });
});

describe("the nonce", () => {
  it("is new each time, with 128 random bits", () => {
    const nonces = Array.from({ length: 100 }, createNonce);
    assert.equal(new Set(nonces).size, 100);
    assert.equal(atob(nonces[0]).length, 16);
  });

  it("goes on the boot script of Fresh and on nothing that people could have typed", () => {
    const typed = '&lt;script type="module">';
    assert.equal(
      addNonce(`<p>${typed}</p><script type="module">boot()</script><script type="module" src="/a.js"></script>`, "N"),
      `<p>${typed}</p><script type="module" nonce="N">boot()</script><script type="module" src="/a.js"></script>`,
    );
  });
});

import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { safeNext } from "../../../domain/accounts/safe-next.ts";

const HERE = "https://kredo.test";

/** Where a browser on our log-in page ends up. */
const landing = (next: string) => new URL(next, `${HERE}/log-in`);

describe("the way on after logging in", () => {
  it("is the page that was asked for, with query and hash", () => {
    for (const path of ["/app", "/pl/app/jobs/1?a=b%20c&d=%2F%2F#top", "/app/create?prompt=//x", "/a//b", "/żółć"]) {
      assert.equal(landing(safeNext(path)).href, landing(path).href);
    }
  });

  it("is the studio for everything that leads elsewhere", () => {
    const elsewhere = [
      "",
      null,
      undefined,
      "//evil.test",
      "///evil.test",
      "/\\evil.test",
      "\\\\evil.test",
      "https://evil.test",
      "https:/evil.test",
      "javascript:alert(1)",
      "data:text/html,x",
      "evil.test",
      "./app",
      "?next=/app",
      "/\t/evil.test",
      "/\n/evil.test",
      " //evil.test",
      "\u0000//evil.test",
      "/%2f/evil.test",
      "/%2F%2Fevil.test",
      "/%5cevil.test",
      "/%5C%5Cevil.test",
      "/%252f/evil.test",
      "/%09/evil.test",
      "/.//evil.test",
      "/app/..//evil.test",
      "/./\\evil.test",
      "/%",
      "/%zz",
      `/${"a".repeat(3000)}`,
      "/a\\b",
    ];
    for (const next of elsewhere) assert.equal(safeNext(next), "/app", JSON.stringify(next));
  });

  it("may be written in full where Auth wrote it, but only for this site", () => {
    assert.equal(safeNext(`${HERE}/pl/new-password`, "/app", HERE), "/pl/new-password");
    for (
      const next of [HERE, `${HERE}.evil.test/x`, `${HERE}@evil.test/x`, `${HERE}//evil.test`, "http://kredo.test/x"]
    ) {
      assert.equal(safeNext(next, "/app", HERE), "/app", next);
    }
    assert.equal(safeNext(`${HERE}/pl/new-password`), "/app", "elsewhere it is refused");
  });

  it("never leaves this site, whatever is written", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      "//",
      ".",
      "..",
      "%2f",
      "%5c",
      "%09",
      "\t",
      "\n",
      "@",
      ":",
      "evil.test",
      "app",
      "?",
      "#",
      "https:",
    );
    const next = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(next, (text) => {
        const answer = safeNext(text);
        assert.match(answer, /^\/(?![/\\])/);
        assert.equal(landing(answer).origin, HERE);
        // What a proxy makes of it by decoding must stay here too.
        const decoded = decodeURIComponent(answer.replace(/[?#].*$/s, ""));
        assert.equal(landing(decoded).origin, HERE);
        assert.equal(safeNext(answer), answer, "a way that was accepted is accepted again");
      }),
      { numRuns: 1000 },
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ownAddress } from "../../../platform/http/own-address.ts";

const WEB = "http://127.0.0.1:8000";
const page = { locale: "pl", path: "/app/jobs", search: "?status=failed" } as const;
const asked = (host: string, { method = "GET", path = page.path as string, web = WEB } = {}) =>
  ownAddress(new Request(`http://${host}${path}`, { method }), { ...page, path }, web);

describe("the machine's other name", () => {
  it("leads to the same page under the configured one, in its language", () => {
    assert.equal(asked("localhost:8000"), `${WEB}/pl/app/jobs?status=failed`);
    assert.equal(asked("localhost:8000", { method: "HEAD" }), `${WEB}/pl/app/jobs?status=failed`);
  });

  it("is left alone where it is right, in the API, in a write and behind a proxy", () => {
    assert.equal(asked("127.0.0.1:8000"), null);
    assert.equal(asked("localhost:8000", { path: "/api/ready" }), null);
    assert.equal(asked("localhost:8000", { method: "POST" }), null);
    assert.equal(asked("kredo.internal"), null);
    assert.equal(asked("localhost:8000", { web: "https://kredo.example" }), null);
  });
});

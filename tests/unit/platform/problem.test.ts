import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MethodNotAllowedError, NotFoundError } from "fresh/errors";
import { AppError, errorCodes, validationFailed } from "../../../domain/errors.ts";
import { fromDatabase } from "../../../platform/database-errors.ts";
import { problemResponse } from "../../../platform/http/problem.ts";

const problemOf = async (error: unknown) => {
  const response = problemResponse(error, "request-1");
  return { status: response.status, headers: response.headers, body: await response.json() };
};

describe("a problem document", () => {
  it("carries status, code, title and request id for every code there is", async () => {
    for (const code of errorCodes) {
      const { status, headers, body } = await problemOf(new AppError(code));
      assert.equal(headers.get("content-type"), "application/problem+json");
      assert.deepEqual(
        [body.status, body.code, body.type, body.request_id],
        [status, code, `/docs/errors#${code}`, "request-1"],
      );
      assert.ok(body.title.length > 3 && status >= 400 && status < 600);
    }
  });

  it("says which fields are wrong, what is missing and when to come back", async () => {
    assert.deepEqual((await problemOf(validationFailed({ pack: "No." }))).body.errors, { pack: "No." });
    const short = new AppError("insufficient_credits", { extra: { required: 5, available: 2, missing: 3 } });
    const { required, available, missing } = (await problemOf(short)).body;
    assert.deepEqual({ required, available, missing }, { required: 5, available: 2, missing: 3 });
    assert.equal((await problemOf(new AppError("rate_limited", { retryAfter: 0.2 }))).headers.get("retry-after"), "1");
  });

  it("cannot be bent by what it carries", async () => {
    const { body } = await problemOf(new AppError("conflict", { extra: { status: 200, code: "ok", request_id: "x" } }));
    assert.deepEqual([body.status, body.code, body.request_id], [409, "conflict", "request-1"]);
  });

  it("keeps what nobody foresaw to itself", async () => {
    const { status, body } = await problemOf(new Error("password=hunter2 at /srv/kredo"));
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(body), /hunter2|srv/);
  });

  it("translates what Fresh throws", async () => {
    assert.equal((await problemOf(new NotFoundError())).body.code, "not_found");
    const { status, headers } = await problemOf(new MethodNotAllowedError(["GET", "POST"]));
    assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD, POST"]);
  });
});

describe("an error of the database", () => {
  const raised = (code: string, detail?: string) => fromDatabase(Object.assign(new Error("x"), { code, detail }));

  it("raised by our functions becomes ours, with its sentence and its facts", () => {
    const short = raised("KR001", '{"required": 4, "available": 1, "missing": 3}') as AppError;
    assert.deepEqual([short.code, short.extra], ["insufficient_credits", { required: 4, available: 1, missing: 3 }]);
    assert.equal(short.detail, "x");
    assert.deepEqual((raised("KR004", '{"pack": "No."}') as AppError).fields, { pack: "No." });
    assert.equal((raised("KR007", '{"retry_after": 7}') as AppError).retryAfter, 7);
    assert.equal((raised("KR003", "not json") as AppError).code, "not_found");
  });

  it("that will pass asks to come back; any other stays a bug", () => {
    for (const code of ["57P01", "ECONNREFUSED", "CONNECTION_CLOSED", "57014"]) {
      const error = raised(code) as AppError;
      assert.deepEqual([error.code, typeof error.retryAfter], ["unavailable", "number"]);
    }
    assert.ok(!(raised("42P01") instanceof AppError));
  });
});

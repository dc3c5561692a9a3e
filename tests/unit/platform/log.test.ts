import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLog } from "../../../platform/log.ts";

function lineOf(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLog({ app: "test" }, (_level, line) => lines.push(line)));
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0]);
}

describe("a line of the log", () => {
  it("is one JSON object with time, level and message", () => {
    const line = lineOf((log) => log.info("a\nb", { status: 200 }));
    assert.deepEqual([line.level, line.message, line.app, line.status], ["info", "a\nb", "test", 200]);
    assert.ok(!Number.isNaN(Date.parse(String(line.time))));
  });

  it("drops what looks like a secret, however deep", () => {
    const line = lineOf((log) =>
      log.info("x", { headers: { Authorization: "Bearer s3cret", cookie: "s3cret", host: "h" }, apiKey: "s3cret" })
    );
    assert.doesNotMatch(JSON.stringify(line), /s3cret/);
    assert.deepEqual(line.headers, { host: "h" });
  });

  it("says of an error what it was and why, and not what it carried", () => {
    const cause = Object.assign(new Error("refused"), {
      code: "ECONNREFUSED",
      request: { password: "s3cret", body: "s3cret" },
    });
    const line = lineOf((log) => log.error("failed", { error: new Error("no answer", { cause }) })) as {
      error: { message: string; cause: { code: string } };
    };
    assert.equal(line.error.message, "no answer");
    assert.equal(line.error.cause.code, "ECONNREFUSED");
    assert.doesNotMatch(JSON.stringify(line), /s3cret/);
  });

  it("survives what JSON cannot say", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    assert.equal(lineOf((log) => log.info("x", { circle, big: 10n })).big, "10");
  });
});

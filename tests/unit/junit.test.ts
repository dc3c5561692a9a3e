import assert from "node:assert/strict";
import { countTests } from "../../scripts/junit.ts";

const report = (cases: Record<string, string>) =>
  Object.entries(cases).map(([name, body]) =>
    `<testcase name="${name}" classname="./a.test.ts" time="0.1">${body}</testcase>`
  ).join("\n");

Deno.test("test counts: the tests of a group count, the group does not", () => {
  assert.deepEqual(countTests(report({ "a": "", "group": "", "group &gt; one": "", "group &gt; two": "" })), {
    passed: 3,
    failed: 0,
  });
});

Deno.test("test counts: a failing test counts once, not again in its group", () => {
  assert.deepEqual(
    countTests(report({ "group": "<failure/>", "group &gt; one": "", "group &gt; two": "<failure>no</failure>" })),
    { passed: 1, failed: 1 },
  );
});

Deno.test("test counts: a group that fails of itself counts", () => {
  assert.deepEqual(countTests(report({ "group": "<failure/>", "group &gt; one": "" })), { passed: 1, failed: 1 });
});

Deno.test("test counts: what was skipped is neither", () => {
  assert.deepEqual(countTests(report({ "a": "<skipped/>" })), { passed: 0, failed: 0 });
});

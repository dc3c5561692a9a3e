/**
 * Counts the tests of a JUnit report: the innermost ones, for a group that is written as describe/it is reported
 * beside its tests. A group that fails of itself, with none of its tests failing, counts as one failure.
 */
export function countTests(report: string): { passed: number; failed: number } {
  const cases = [...report.matchAll(/<testcase name="([^"]*)"[^>]*>(.*?)<\/testcase>/gs)].map(([, name, body]) => ({
    name,
    outcome: /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed",
  }));
  const within = (group: string) => cases.filter(({ name }) => name.startsWith(`${group} &gt; `));

  let passed = 0;
  let failed = 0;
  for (const { name, outcome } of cases) {
    const inner = within(name);
    if (outcome === "failed" && !inner.some((test) => test.outcome === "failed")) failed++;
    if (outcome === "passed" && inner.length === 0) passed++;
  }
  return { passed, failed };
}

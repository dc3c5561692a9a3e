import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAdjustment, parseAmount, readAdjustment } from "../../components/admin/adjustment-form.ts";
import { agoWords, verdictOf, wrongWords } from "../../components/admin/words.ts";
import type { Invariant } from "../../domain/ops/read-books.ts";

const now = new Date("2026-11-21T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const invariant = (facts: Partial<Invariant> = {}): Invariant => ({
  name: "chain",
  description: "",
  last_run_at: minutesAgo(1),
  last_checked: 1,
  last_ms: 1,
  passes: 1,
  pass_started_at: minutesAgo(1),
  pass_finished_at: minutesAgo(1),
  progress: null,
  pass_checked: 1,
  next_run_at: now,
  open_breaches: 0,
  check_failed: false,
  ...facts,
});

describe("the verdict over the books", () => {
  it("is that they agree only when everything was checked, and lately", () => {
    assert.equal(verdictOf([invariant(), invariant()], now), "agree");
    assert.equal(verdictOf([invariant(), invariant({ last_run_at: null, next_run_at: null })], now), "never");
    assert.equal(verdictOf([invariant(), invariant({ next_run_at: minutesAgo(4) })], now), "late");
    assert.equal(verdictOf([invariant(), invariant({ next_run_at: minutesAgo(2) })], now), "agree");
  });

  it("is a breach before anything else", () => {
    assert.equal(verdictOf([invariant({ open_breaches: 1 }), invariant({ last_run_at: null })], now), "breaches");
  });

  it("has words for a rule, which mean something else for some invariants, and shows an unknown one as it is", () => {
    assert.notEqual(wrongWords(["balance"], "en", "balance")[0], wrongWords(["balance"], "en", "chain")[0]);
    assert.deepEqual(wrongWords(["hash"], "en", "checkpoints"), wrongWords(["hash"], "en"));
    assert.deepEqual(wrongWords(["brand_new"], "pl"), ["brand_new"]);
    assert.deepEqual(wrongWords(undefined, "en"), []);
  });

  it("says how long ago, as each language counts", () => {
    assert.equal(agoWords(minutesAgo(0.5), now, "en"), "less than a minute ago");
    assert.equal(agoWords(minutesAgo(1), now, "en"), "1 minute ago");
    assert.equal(agoWords(minutesAgo(22), now, "pl"), "22 minuty temu");
    assert.equal(agoWords(minutesAgo(119), now, "en"), "119 minutes ago");
    assert.equal(agoWords(minutesAgo(300), now, "pl"), "5 godzin temu");
  });
});

describe("the form for a correction", () => {
  it("takes an amount as people write it, and none that could mean two things", () => {
    for (
      const [text, amount] of [["25", 25], ["+25", 25], ["-25", -25], ["−25", -25], ["1 000", 1000], [
        "1\u00a0000",
        1000,
      ]]
    ) {
      assert.equal(parseAmount(String(text)), amount, String(text));
    }
    for (const text of ["", "0", "-0", "1.5", "1,000", "1e3", "--1", "ten", "1000000001", "99999999999"]) {
      assert.equal(parseAmount(text), null, text);
    }
  });

  it("names every field that is wrong, and counts letters as the database does", () => {
    const check = (values: Record<string, string>) => checkAdjustment(readAdjustment(new URLSearchParams(values)));
    assert.deepEqual(check({}), { wrong: ["user", "amount", "reason"] });
    assert.deepEqual(check({ user: "a", amount: "1", reason: " 123456789 " }), { wrong: ["reason"] });
    const request = { user: "a@b.test", amount: -3, reason: "🙂".repeat(500) };
    assert.deepEqual(check({ user: " a@b.test ", amount: "−3", reason: request.reason }), { request });
    assert.deepEqual(check({ user: "a", amount: "1", reason: "🙂".repeat(501) }), { wrong: ["reason"] });
  });
});

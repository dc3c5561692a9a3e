import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  bestSaving,
  includedWords,
  priceWords,
  trialWords,
  yearlySaving,
} from "../../../components/billing/plan-words.ts";
import { daysUntil, isLive, type Standing, standingOf } from "../../../components/billing/standing.ts";
import { centsIn, wholeIn } from "../../../components/billing/TopupForm.tsx";
import { usageWords } from "../../../components/billing/usage-words.ts";
import type { SubscriptionStatus } from "../../../domain/billing/read-plan.ts";
import { inDays, NOW, offers, onFree, planState } from "../../support/plan-states.ts";

describe("how a plan stands", () => {
  const cases: [Standing, ReturnType<typeof planState>][] = [
    ["free", onFree],
    ["active", planState()],
    ["canceling", planState({ cancelAt: inDays(20) })],
    ["trialing", planState({ status: "trialing" })],
    ["trial_canceled", planState({ status: "trialing", cancelAt: inDays(3) })],
    ["past_due", planState({ status: "past_due" })],
    ["stopped", planState({ status: "past_due" }, "free")],
    ["stopped", planState({ status: "unpaid" }, "free")],
    ["stopped", planState({ status: "paused" }, "free")],
    ["incomplete", planState({ status: "incomplete" }, "free")],
    ["unfinished", planState({ status: "incomplete_expired" }, "free")],
    ["ended", planState({ status: "canceled" }, "free")],
    ["ended", planState({ status: "active", cancelAt: inDays(-1) }, "free")],
  ];
  for (const [standing, state] of cases) {
    it(`is ${standing} on ${state.plan} with ${state.subscription?.status ?? "no subscription"}`, () => {
      assert.equal(standingOf(state), standing);
      assert.equal(isLive(standing), state.plan !== "free");
    });
  }

  it("has a name for every status that Stripe knows", () => {
    const statuses: SubscriptionStatus[] = [
      "trialing",
      "active",
      "past_due",
      "canceled",
      "incomplete",
      "incomplete_expired",
      "unpaid",
      "paused",
    ];
    for (const status of statuses) assert.ok(standingOf(planState({ status }, "free")), status);
  });

  it("counts the day that has begun as one that is left", () => {
    assert.equal(daysUntil(inDays(2.1), NOW), 3);
    assert.equal(daysUntil(inDays(3), NOW), 3);
    assert.equal(daysUntil(inDays(-1), NOW), 0);
  });
});

describe("the words of a plan", () => {
  const [free, pro, enterprise] = offers;

  it("say what a year saves, and nothing where it saves nothing", () => {
    assert.deepEqual(yearlySaving(pro.prices), { cents: 58_00, percent: 17 });
    assert.equal(yearlySaving({ month: 10_00, year: 120_00 }), null);
    assert.equal(yearlySaving(free.prices), null);
    assert.equal(bestSaving(offers), 17);
    assert.equal(bestSaving([free]), null);
  });

  it("write a price with its interval in both languages", () => {
    assert.equal(priceWords(29_00, "month", "en"), "$29 a month");
    assert.equal(priceWords(290_00, "year", "pl"), "290\u00a0$ rocznie");
  });

  it("tell an allowance from no limit, and what is open from what is not", () => {
    assert.deepEqual(includedWords(pro, "en").now.map(({ text }) => text), [
      "500 credits every month",
      "100 jobs at once",
      "120 jobs a minute",
    ]);
    assert.equal(includedWords(enterprise, "pl").now[0].text, "Tyle obrazów, ile chcesz");
    assert.deepEqual(includedWords(free, "pl").later, [
      "5 zbiorów danych",
      "10 treningów na miesiąc",
      "100 predykcji na miesiąc",
    ]);
  });

  it("name the credits of a trial, where it has a number of them", () => {
    assert.match(trialWords(pro, 29_00, "month", "en"), /^Then \$29 a month\. The trial holds 50 credits/);
    assert.doesNotMatch(trialWords(enterprise, 99_00, "month", "en"), /credits/);
  });
});

describe("the words of usage", () => {
  const generations = (used: number, limit: number | null) =>
    usageWords({ entitlement: "generations", used, limit, resetsAt: inDays(20) }, "en");

  it("change their colour at 80 % and at 100 %, and say it without the colour", () => {
    assert.deepEqual([generations(399, 500).tone, generations(399, 500).state], ["success", null]);
    assert.deepEqual([generations(400, 500).tone, generations(400, 500).state], ["warning", "Nearly used up"]);
    assert.deepEqual([generations(500, 500).tone, generations(500, 500).state], ["danger", "Used up"]);
    assert.deepEqual([generations(600, 500).tone, generations(600, 500).count], ["danger", "600 of 500"]);
  });

  it("know when it begins anew, except for a minute", () => {
    assert.equal(generations(1, 500).note, "New on 30 Mar 2026");
    assert.match(generations(500, 500).note!, /30 Mar 2026/);
    assert.equal(usageWords({ entitlement: "rate", used: 1, limit: 60, resetsAt: NOW }, "en").note, null);
  });

  it("neither fill nor alarm where there is no limit", () => {
    assert.deepEqual([generations(12_345, null).tone, generations(12_345, null).count], [
      "success",
      "12,345, no limit",
    ]);
  });

  it("do not call an allowance used up that is not paid yet", () => {
    assert.deepEqual([generations(0, 0).tone, generations(0, 0).state], ["warning", null]);
  });
});

describe("amounts as people write them", () => {
  it("are read in both languages' ways", () => {
    for (const text of ["1000.50", "1000,50", "1 000,50", "$1000.50", "1000,50 $"]) {
      assert.equal(centsIn(text), 1000_50, text);
    }
    assert.equal(centsIn("39"), 39_00);
    assert.equal(wholeIn(" 1 000 "), 1000);
  });

  it("are refused where they are no amount", () => {
    for (const text of ["", "-5", "1.234", "abc", "1e3", "12345678"]) assert.equal(centsIn(text), null, text);
    for (const text of ["", "-5", "1.5", "0x10"]) assert.equal(wholeIn(text), null, text);
  });
});

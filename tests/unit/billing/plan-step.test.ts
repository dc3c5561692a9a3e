import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanState } from "../../../domain/billing/read-plan.ts";
import { planStep } from "../../../domain/billing/plan-step.ts";
import { inDays, offers, onFree, planState } from "../../support/plan-states.ts";

const [free, pro, enterprise] = offers;
const viewer = (state: PlanState, suspended = false) => ({ state, suspended });

describe("the next step towards a plan", () => {
  it("is signing up for whoever is not signed in", () => {
    for (const offer of offers) assert.deepEqual(planStep(offer, "month", null), { kind: "sign_up" });
  });

  it("is subscribing on Free, with a trial for whoever never had a plan", () => {
    assert.deepEqual(planStep(free, "month", viewer(onFree)), { kind: "current" });
    assert.deepEqual(planStep(pro, "year", viewer(onFree)), { kind: "subscribe", trialDays: 7 });
    assert.deepEqual(planStep(enterprise, "month", viewer(onFree)), { kind: "subscribe", trialDays: 0 });
  });

  it("promises no second trial, whatever became of the first plan", () => {
    for (const status of ["canceled", "incomplete", "incomplete_expired", "unpaid"] as const) {
      assert.deepEqual(planStep(pro, "month", viewer(planState({ status }, "free"))), {
        kind: "subscribe",
        trialDays: 0,
      });
    }
  });

  it("is a change from one paid plan to another, with its direction", () => {
    assert.deepEqual(planStep(pro, "month", viewer(planState())), { kind: "current" });
    assert.deepEqual(planStep(enterprise, "month", viewer(planState())), { kind: "change", direction: "upgrade" });
    assert.deepEqual(planStep(pro, "year", viewer(planState())), { kind: "change", direction: "yearly" });
    const large = planState({ plan: "enterprise" });
    assert.deepEqual(planStep(pro, "year", viewer(large)), { kind: "change", direction: "downgrade" });
  });

  it("keeps a larger plan for a week after it was chosen, so that an hour of it is not had for an hour's price", () => {
    const chosen = (days: number) => viewer(planState({ plan: "enterprise", chosenAt: inDays(-days) }));
    assert.deepEqual(planStep(pro, "month", chosen(6.9)), { kind: "none", reason: "too_soon" });
    assert.deepEqual(planStep(pro, "month", chosen(7)), { kind: "change", direction: "downgrade" });
    assert.deepEqual(planStep(pro, "year", chosen(1)), { kind: "change", direction: "downgrade" });
    assert.deepEqual(planStep(free, "month", chosen(1)), { kind: "cancel" });
  });

  it("does not cut a paid year into months", () => {
    const yearly = viewer(planState({ interval: "year" }));
    assert.deepEqual(planStep(enterprise, "month", yearly), { kind: "none", reason: "paid_year" });
    assert.deepEqual(planStep(enterprise, "year", yearly), { kind: "change", direction: "upgrade" });
  });

  it("waits for a payment that failed, and still lets go of the plan", () => {
    const unpaid = viewer(planState({ status: "past_due", graceEndsAt: inDays(5) }));
    assert.deepEqual(planStep(enterprise, "month", unpaid), { kind: "none", reason: "unpaid" });
    assert.deepEqual(planStep(pro, "month", unpaid), { kind: "current" });
    assert.deepEqual(planStep(free, "month", unpaid), { kind: "cancel" });
  });

  it("is taking a cancellation back while the plan lasts; Free begins when it ends", () => {
    const canceled = viewer(planState({ cancelAt: inDays(20) }));
    assert.deepEqual(planStep(pro, "month", canceled), { kind: "resume" });
    assert.deepEqual(planStep(free, "month", canceled), { kind: "ends", at: inDays(20) });
  });

  it("waits while Stripe has not closed what is over by the clock", () => {
    for (const status of ["past_due", "active"] as const) {
      const over = viewer(planState({ status, cancelAt: inDays(-1) }, "free"));
      assert.deepEqual(planStep(pro, "month", over), { kind: "none", reason: "closing" });
    }
  });

  it("is not subscribing for a suspended account", () => {
    assert.deepEqual(planStep(pro, "month", viewer(onFree, true)), { kind: "none", reason: "suspended" });
  });
});

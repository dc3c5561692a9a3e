import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bannersFor, type Situation } from "../../../components/accounts/banners.ts";
import { inDays, onFree, planState } from "../../support/plan-states.ts";

const calm: Situation = {
  profile: { status: "active", emailConfirmed: true } as Situation["profile"],
  balance: { available: 10, held: 0, debt: 0 } as Situation["balance"],
  plan: onFree,
  generations: { entitlement: "generations", used: 0, limit: 10, resetsAt: inDays(20) },
};
const unconfirmed = { ...calm.profile, emailConfirmed: false };
const owing = { ...calm.balance, available: 0, debt: 5 };
const unpaid = planState({ status: "past_due", graceEndsAt: inDays(5) });
const usedUp = { ...calm.generations, used: 10 };
const nothing = { ...calm.balance, available: 0 };

describe("banners", () => {
  it("are none where all is well", () => {
    assert.deepEqual(bannersFor(calm), []);
  });

  it("are two at most, the gravest first", () => {
    const all = { profile: { ...unconfirmed, status: "banned" }, balance: owing, plan: unpaid, generations: usedUp };
    assert.deepEqual(bannersFor(all as Situation), ["suspended", "debt"]);
    assert.deepEqual(bannersFor({ ...calm, profile: unconfirmed, plan: unpaid }), ["past_due", "confirm"]);
  });

  it("tell of the end of a trial from three days before on, unless it was canceled", () => {
    const trial = (days: number, cancelAt: Date | null = null) =>
      bannersFor({ ...calm, plan: planState({ status: "trialing", currentPeriodEnd: inDays(days), cancelAt }) });
    assert.deepEqual(trial(3), ["trial"]);
    assert.deepEqual(trial(3.1), []);
    assert.deepEqual(trial(2, inDays(2)), []);
  });

  it("tell of an allowance that is used up only to whoever has nothing else to spend", () => {
    assert.deepEqual(bannersFor({ ...calm, balance: nothing, generations: usedUp }), ["used_up"]);
    assert.deepEqual(bannersFor({ ...calm, generations: usedUp }), []);
    assert.deepEqual(bannersFor({ ...calm, balance: { ...nothing, held: 2 }, generations: usedUp }), []);
    assert.deepEqual(bannersFor({ ...calm, balance: nothing, generations: { ...usedUp, limit: null } }), []);
  });

  it("do not say what the page says by itself", () => {
    assert.deepEqual(bannersFor({ ...calm, plan: unpaid }, { told: ["past_due"] }), []);
  });

  it("keep a place for the answer to what was just asked", () => {
    const grave = { ...calm, profile: { ...unconfirmed, status: "banned" }, balance: owing } as Situation;
    assert.deepEqual(bannersFor(grave, { answered: true }), ["suspended", "confirm"]);
    assert.deepEqual(bannersFor(calm, { answered: true }), ["confirm"]);
  });
});

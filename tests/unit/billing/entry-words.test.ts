import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entryStory, entryWords } from "../../../components/credits/entry-words.ts";
import { sourceWords } from "../../../components/credits/grant-words.ts";
import type { Entry } from "../../../domain/credits/list-entries.ts";

const entry = (changes: Partial<Entry>): Entry => ({
  seq: 2,
  kind: "grant",
  amount: 500,
  counter_account: "plan",
  balance_after: 510,
  ref: "invoice:in_1:20260401",
  cause: { plan: "pro", invoice: "in_1", until: "2026-04-01T00:00:00Z" },
  created_at: new Date("2026-03-01T00:00:00Z"),
  ...changes,
});
const back = { payment: "pi_1", amount_cents: 29_00, back_cents: 10_00, brought: 500, invoice: "in_1" };
const words = (changes: Partial<Entry>) => entryWords(entry(changes), {}, "en");
const story = (changes: Partial<Entry>) => entryStory(entry(changes), "en");

describe("an entry in words", () => {
  it("names the plan of an allowance and until when it can be spent", () => {
    assert.deepEqual(words({}), { what: "Allowance of Pro", why: "To be spent until 1 Apr 2026" });
    assert.match(story({}).event, /Pro/);
    assert.match(story({}).rule, /ends with the period/);
  });

  it("tells the month of Free from the welcome", () => {
    const free = { ref: "free:20260301", cause: { plan: "free", until: "2026-04-01T00:00:00Z" } };
    assert.equal(words(free).what, "Monthly credits of Free");
    assert.equal(words({ ref: "signup", counter_account: "promo", cause: {} }).what, "Welcome credits");
  });

  it("says that an unlimited plan pays for one job", () => {
    const covered = { ref: "plan:job:1", amount: 2, cause: { plan: "enterprise" } };
    assert.equal(words(covered).what, "Covered by Enterprise, for one job");
    assert.match(story(covered).rule, /without limit/);
  });

  it("says that we pay for a job that is tried again", () => {
    const house = { ref: "house:job:1", counter_account: "promo", amount: 2, cause: {} } as const;
    assert.equal(words(house).what, "We tried a job again, on us");
    assert.match(story(house).event, /no fault of yours/);
    assert.equal(sourceWords({ source: "promo", ref: "house:job:1" }, "en"), "From us, for one job");
  });

  it("says of each kind of model what it made", () => {
    const models = {
      seedream: { name: "Seedream", kind: "image" },
      kling: { name: "Kling", kind: "video" },
      flash: { name: "Flash", kind: "text" },
    } as const;
    const made = (model: string, outputs: number, locale: "en" | "pl" = "en") => {
      const cause = { model, outputs, credits_per_output: 1 };
      return entryWords(entry({ kind: "settle", amount: -outputs, cause }), models, locale).what;
    };
    assert.equal(made("seedream", 3), "3 pictures with Seedream");
    assert.equal(made("kling", 1), "1 video with Kling");
    assert.equal(made("flash", 1), "1 text with Flash");
    assert.equal(made("flash", 1, "pl"), "1 tekst, Flash");
    assert.equal(made("gone", 1), "1 picture with gone");
  });

  it("tells a pack that was bought by hand from one bought by auto top-up", () => {
    const topup = { kind: "topup", amount: 50, counter_account: "stripe", ref: "checkout:1" } as const;
    const cause = { price_cents: 39_00 };
    assert.equal(words({ ...topup, cause: { ...cause, stripe_session: "cs_1" } }).what, "Pack of 50 credits bought");
    assert.equal(words({ ...topup, cause }).what, "Pack of 50 credits bought");
    const automatic = { ...topup, cause: { ...cause, stripe_session: null } };
    assert.equal(words(automatic).what, "Pack of 50 credits bought by auto top-up");
    assert.match(story(automatic).event, /balance was low/);
  });

  it("tells money that goes back from money that stays after all", () => {
    for (const kind of ["refund", "dispute"] as const) {
      const taken = { kind, amount: -172, counter_account: kind, ref: `${kind}:pi_1:1`, cause: back };
      const returned = { ...taken, amount: 172, ref: `${kind}:pi_1:2` };
      assert.equal(words(taken).why, "$10 of $29 went back to you");
      assert.notEqual(words(returned).what, words(taken).what);
      assert.match(words(returned).why!, /credits return/);
      assert.match(story(taken).rule, /becomes a debt/);
      assert.match(story(returned).rule, /return once the money does/);
    }
  });

  it("says before all that what was spent became a debt", () => {
    const owed = { kind: "refund", amount: -500, counter_account: "refund", cause: { ...back, owed: 40 } } as const;
    assert.match(words(owed).why!, /40 credits had been spent/);
  });
});

describe("a lot in words", () => {
  it("tells where it is from", () => {
    assert.equal(sourceWords({ source: "plan", ref: "free:20260301" }, "en"), "Free, one month");
    assert.equal(sourceWords({ source: "plan", ref: "plan:job:1" }, "en"), "From your plan, for one job");
    assert.equal(sourceWords({ source: "plan", ref: "invoice:in_1:20260401" }, "en"), "From your plan");
    assert.equal(sourceWords({ source: "dispute", ref: "dispute:pi_1:2" }, "pl"), "Oddane po sporze");
  });
});

/** What a form of ours must not be talked into by whoever sends it by hand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messages } from "../../locales/mod.ts";
import { inDatabase } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const send = (path: string, { cookie }: Customer, form: Record<string, string>) => ask(path, { cookie, form });
const planOf = async ({ token }: Customer): Promise<{ plan: string; current_period_end: string }> =>
  (await ask("/api/billing/subscription", { token })).body;

/** Somebody on trial of Pro by the month. */
async function subscriber(): Promise<Customer> {
  const customer = await newCustomer();
  const { body } = await ask("/api/billing/checkout-session", {
    json: { plan: "pro", interval: "month" },
    token: customer.token,
  });
  await fetch(body.url, { method: "POST", body: new URLSearchParams({ outcome: "paid" }), redirect: "manual" });
  await until(async () => (await planOf(customer)).plan === "pro", "the plan has begun");
  return customer;
}

/** More than a week passes for the invoices of somebody. */
async function choseLongAgo({ id }: Customer): Promise<void> {
  // News that is still on its way would say again when it was.
  const { console } = await stack();
  await until(
    async () => (await (await fetch(`${console}/api/clock`)).json()).pending_webhooks === 0,
    "all news has come",
  );
  await inDatabase((sql) =>
    sql`update public.invoices set issued_at = issued_at - interval '8 days' where user_id = ${id}`
  );
}

describe("a change of plan", () => {
  it("is not charged for another time than that of its preview", async () => {
    const customer = await subscriber();
    const wanted = { plan: "enterprise", interval: "month" };
    assert.equal(
      (await send("/app/billing/plan/change", customer, wanted)).status,
      303,
      "the trial ends, Enterprise begins",
    );
    await until(async () => (await planOf(customer)).plan === "enterprise", "Enterprise has begun");

    await choseLongAgo(customer);
    const end = Date.parse((await planOf(customer)).current_period_end) / 1000;
    for (
      const proration_date of [end - 60, Math.floor(Date.now() / 1000) + 600, Math.floor(Date.now() / 1000) - 3600]
    ) {
      const answer = await send("/app/billing/plan/change", customer, {
        ...{ plan: "pro", interval: "month" },
        proration_date: String(proration_date),
      });
      assert.equal(answer.status, 200, "the sum of now, to be confirmed");
      assert.match(answer.text, /name="proration_date"/);
      assert.equal((await planOf(customer)).plan, "enterprise");
    }
  });
});

describe("a larger plan", () => {
  it("is not had for an hour at the price of an hour: the smaller one waits for a week, on the page and by hand", async () => {
    const customer = await subscriber();
    await send("/app/billing/plan/change", customer, { plan: "enterprise", interval: "month" });
    await until(async () => (await planOf(customer)).plan === "enterprise", "Enterprise has begun");
    const back = { plan: "pro", interval: "month" };
    const refused = await send("/app/billing/plan/change", customer, back);
    assert.equal(refused.status, 409);
    assert.ok(refused.text.includes(messages("en").plans.blocked.too_soon));
    assert.equal((await planOf(customer)).plan, "enterprise");

    await choseLongAgo(customer);
    assert.equal((await send("/app/billing/plan/change", customer, back)).status, 303);
    await until(async () => (await planOf(customer)).plan === "pro", "Pro again");
  });
});

describe("what asks Stripe", () => {
  const floods: [what: string, path: string, form: Record<string, string>][] = [
    ["a change of plan", "/app/billing/plan/change", { plan: "enterprise", interval: "month" }],
    ["a page for a card", "/app/billing/auto-topup", { act: "card" }],
  ];
  for (const [what, path, form] of floods) {
    it(`is limited for each person: ${what}`, async () => {
      const customer = await newCustomer();
      const answers = [];
      for (let i = 0; i < 32; i++) answers.push((await send(path, customer, form)).status);
      assert.ok(answers.includes(429), String(answers));
    });
  }

  it("is limited where it also sends a mail: canceling and resuming", async () => {
    const customer = await subscriber();
    const answers = [];
    for (let i = 0; i < 6; i++) {
      for (const act of ["cancel", "resume"]) {
        answers.push((await send(`/app/billing/plan/${act}`, customer, {})).status);
      }
    }
    assert.ok(answers.includes(429), String(answers));
  });
});

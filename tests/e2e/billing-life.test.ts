import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { fill, formatMoney, messages, plural } from "../../locales/mod.ts";
import { beginLife, type Life, payAtStripe } from "../support/billing-life.ts";
import { assertAccessible, follow, launchBrowser } from "../support/browser.ts";
import { jobIn, orderJob } from "../support/customer.ts";
import { inDatabase } from "../support/jobs.ts";
import { brokenAccounts } from "../support/ledger.ts";
import { type OwnStack, startOwnStack } from "../support/stack.ts";
import { until } from "../support/until.ts";

/*
 * One customer's months, lived through in the browser: trial, Pro, Enterprise, a refund, a card that fails, grace, Free,
 * a pack and a dispute. After each chapter the pages, the API, the ledger, the invoices and the mails tell the same.
 * On a stack of its own, for it moves the clock.
 */
const { app: t, plans } = messages("en");
const subjects = async (life: Life) => (await life.mails()).map(({ subject }) => subject);

describe("a customer's life with a plan", () => {
  let own: OwnStack;
  let browser: Browser;
  let life: Life;

  before(async () => {
    own = await startOwnStack();
    browser = await launchBrowser();
    life = await beginLife(browser, own.info);
  });
  after(async () => {
    await browser?.close();
    await own?.stop();
  });

  const pageSays = async (path: string, ...texts: (string | RegExp)[]) => {
    await life.page.goto(path);
    for (const text of texts) await life.page.getByText(text).filter({ visible: true }).first().waitFor();
    await assertAccessible(life.page);
  };
  const mailed = (about: RegExp) =>
    until(async () => (await subjects(life)).some((subject) => about.test(subject)), `a mail about ${about}`);
  const payment = async (credits: string) =>
    await inDatabase(async (sql) => {
      const [{ id }] = await sql<{ id: string }[]>`
        select y.id from public.payments y join public.profiles p on p.id = y.user_id
        where p.email = ${life.email} and y.amount_cents = ${credits} order by y.created_at desc limit 1`;
      return id;
    }, own.info);

  it("begins on Free, and tries Pro for seven days", async () => {
    assert.deepEqual(await life.plan().then(({ plan, status }) => ({ plan, status })), { plan: "free", status: null });
    await pageSays("/app/billing/plan");
    const start = plural(plans.trial.start, 7, "en", { plan: "Pro" });
    await follow(life.page, life.page.getByRole("button", { name: start }));
    await payAtStripe(life.page);
    await life.page.getByRole("heading", { level: 1, name: fill(t.ordered.plan.trial, { plan: "Pro" }) }).waitFor();

    assert.equal((await life.plan()).status, "trialing");
    assert.deepEqual(await life.entries(), ["grant promo +10", "grant plan +50"]);
    assert.deepEqual((await life.usage()).generations.limit, 50);
    await pageSays("/app/billing", t.plan.sheet.badges.trialing);
    await mailed(/Pro plan has begun/);
  });

  it("spends of the trial's allowance before the welcome", async () => {
    const job = await orderJob(life, { prompt: "a harbour in the morning", num_outputs: 2 });
    await jobIn(life, job.id, "succeeded");
    assert.deepEqual((await life.usage()).generations.used, 2);
    assert.equal((await life.balance()).available, 58);
  });

  it("is told before the trial ends, then pays for the first month, whose allowance takes the place of the trial's", async () => {
    await life.pass("5 days");
    await mailed(/Pro trial ends/);
    await life.pass("3 days");
    const { status, plan } = await life.plan();
    assert.deepEqual({ status, plan }, { status: "active", plan: "pro" });
    assert.deepEqual(await life.entries(), [
      "grant promo +10",
      "grant plan +50",
      "settle usage -2",
      "expiry expiry -48",
      "grant plan +500",
    ]);
    assert.deepEqual((await life.invoices()).map((one) => `${one.status} ${one.total_cents}`), ["paid 0", "paid 2900"]);
    assert.deepEqual((await life.usage()).generations, {
      used: 0,
      limit: 500,
      resets_at: (await life.plan()).current_period_end,
    });
    await pageSays("/app/billing", t.plan.sheet.badges.active);
    await pageSays("/app/billing/invoices", formatMoney(2900, "en"));
    await mailed(/Receipt.*\$29/);
  });

  it("changes to Enterprise, for the difference that was shown", async () => {
    await life.page.goto("/app/billing/plan/change?plan=enterprise&interval=month");
    await assertAccessible(life.page);
    const confirm = life.page.locator("form[action$='/plan/change'] button");
    const shown = /\$([\d.]+)/.exec(await confirm.innerText())![1];
    await follow(life.page, confirm);
    await life.page.waitForURL((url) => url.pathname === "/app/billing");
    await until(async () => (await life.plan()).plan === "enterprise", "the new plan");
    const [, , difference] = await until(async () => {
      const invoices = await life.invoices();
      return invoices.length === 3 && invoices[2].status === "paid" && invoices;
    }, "the invoice of the difference");
    assert.equal(difference.total_cents, Math.round(Number(shown) * 100));
    assert.equal((await life.usage()).generations.limit, null);
  });

  it("makes pictures that the plan pays for: each is in the ledger, and the balance stays", async () => {
    const { available } = await life.balance();
    const job = await orderJob(life, { prompt: "a harbour at night" });
    await jobIn(life, job.id, "succeeded");
    const failing = await orderJob(life, { prompt: "a harbour in fog [nsfw]" });
    await jobIn(life, failing.id, "failed");
    assert.equal((await life.balance()).available, available);
    assert.deepEqual((await life.entries()).slice(-4), [
      "grant plan +1",
      "settle usage -1",
      "grant plan +1",
      "expiry expiry -1",
    ]);
    assert.equal((await life.usage()).generations.used, 1);
  });

  it("gets a month's money back, and its credits go with it", async () => {
    const { available } = await life.balance();
    await life.atConsole("/api/stripe/refunds", { payment_intent: await payment("2900") });
    await until(async () => (await life.balance()).available === available - 500, "the allowance to go back");
    assert.deepEqual((await life.entries()).at(-1), "refund refund -500");
    await mailed(/refunded \$29/);
    await pageSays("/app/billing/invoices", /refunded/i);
    await pageSays("/app/credits");
  });

  it("keeps the plan for seven days when the card fails, and says so on every page", async () => {
    await life.atConsole(`/api/stripe/customers/${await life.stripeCustomer()}/card`, { card: "fails" });
    await life.pass("1 month");
    // A renewal's invoice is a draft for an hour, and at a month's end the clock may stand within it.
    await life.pass("2 hours");
    await until(async () => (await life.plan()).status === "past_due", "a payment that failed");
    assert.equal((await life.plan()).plan, "enterprise");
    await pageSays("/app", fill(t.plan.banners.past_due.title, { plan: "Enterprise" }));
    await pageSays("/app/billing", t.plan.sheet.pastDue.title, t.plan.sheet.pay);
    await mailed(/could not charge \$99/);
  });

  it("falls back to Free when the grace is over, with the allowance of the month", async () => {
    await life.pass("8 days");
    await until(async () => (await life.plan()).status === "canceled", "the end of the plan");
    assert.equal((await life.plan()).plan, "free");
    await until(async () => (await life.entries()).at(-1) === "grant plan +10", "Free's allowance");
    assert.deepEqual((await life.usage()).generations.limit, 10);
    assert.equal((await life.invoices()).at(-1)!.status, "void");
    await pageSays("/app/billing", plans.names.free);
    await mailed(/now on the Free plan/);
  });

  it("buys a pack, and loses its credits to a dispute: what is spent of it is a debt", async () => {
    const before = await life.balance();
    await life.page.goto("/app/billing");
    await follow(
      life.page,
      life.page.getByRole("button", { name: fill(t.billing.buy, { price: formatMoney(900, "en") }) }),
    );
    await payAtStripe(life.page);
    await life.page.getByRole("heading", { level: 1, name: plural(t.checkout.paid.title, 10, "en") }).waitFor();
    assert.equal((await life.balance()).available, before.available + 10);

    // Everything but five credits goes into pictures.
    for (let left = before.available + 5; left > 0;) {
      const num_outputs = Math.min(4, left);
      await jobIn(life, (await orderJob(life, { prompt: "a harbour", num_outputs })).id, "succeeded");
      left -= num_outputs;
    }
    assert.equal((await life.balance()).available, 5);
    const dispute = await life.atConsole<{ id: string }>("/api/stripe/disputes", {
      payment_intent: await payment("900"),
    });
    await until(async () => (await life.balance()).debt === 5, "a debt of five credits");
    await mailed(/disputed/);
    await pageSays("/app", plural(t.banners.debt.title, 5, "en"));
    assert.equal((await life.api("POST", "/api/jobs", { model: "seedream-4-5", input: { prompt: "x" } })).status, 402);

    await life.atConsole(`/api/stripe/disputes/${dispute.id}`, { outcome: "won" });
    await until(async () => (await life.balance()).available === 5, "the credits to return");
    assert.deepEqual((await life.entries()).slice(-2), ["dispute dispute -10", "dispute dispute +10"]);
    await mailed(/payment stands/);
  });

  it("has books that agree, news that is all applied, and nothing left to do", async () => {
    await inDatabase(async (sql) => {
      assert.deepEqual(await brokenAccounts({ sql: sql as never }), []);
      for (const check of ["balance", "lots", "holds", "payments", "money_back", "allowances"]) {
        const [{ breaches }] = await sql.unsafe<{ breaches: unknown[] }[]>(
          `select breaches from private.check_${check}('', 100000)`,
        );
        assert.deepEqual(breaches, [], check);
      }
      const open =
        await sql`select event_id, type, error from private.webhook_events where verdict in ('failed', 'received')`;
      assert.deepEqual([...open], []);
      const tasks = await sql`select key, error from private.tasks where state <> 'done'`;
      assert.deepEqual([...tasks], []);
    }, own.info);
    assert.deepEqual(life.errors, []);
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, type Visit } from "../support/browser.ts";
import { balanceOf, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import type { PlanFacts } from "../support/plan-facts.ts";
import { customerOnPlan, subscribe } from "../support/plan-steps.ts";
import { stack } from "../support/stack.ts";

const info = await stack();
const { web } = info;
const { app: { plan: t, create, job: words } } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const path = (page: Page) => page.url().slice(web.length);

describe("the overview", () => {
  const states: [
    name: string,
    facts: PlanFacts,
    says: (locale: Locale) => string,
    offers: (locale: Locale) => string,
  ][] = [
    ["a trial", { status: "trialing", trial: true, endsInDays: 4.5 }, sheet("badges", "trialing"), sheet("change")],
    [
      "a canceled trial",
      { status: "trialing", trial: true, canceled: true, endsInDays: 4 },
      sheet("badges", "trial_canceled"),
      resume,
    ],
    ["a plan", {}, sheet("badges", "active"), sheet("cancel")],
    ["a canceled plan", { canceled: true }, sheet("badges", "canceling"), resume],
    [
      "a payment that failed",
      { status: "past_due", invoice: "open", invoicedDaysAgo: 2, endsInDays: 28 },
      sheet("pastDue", "title"),
      sheet("pay"),
    ],
    [
      "a plan that stopped",
      { status: "past_due", invoice: "open", invoicedDaysAgo: 9, endsInDays: 21 },
      sheet("badges", "stopped"),
      sheet("choose"),
    ],
    [
      "a first payment that is not finished",
      { status: "incomplete", invoice: "open" },
      sheet("badges", "incomplete"),
      sheet("finish"),
    ],
    ["a plan that is over", { status: "canceled", endsInDays: -3 }, named("ended"), sheet("choose")],
    [
      "an order that was not finished",
      { status: "incomplete_expired", invoice: "none" },
      named("unfinished"),
      sheet("choose"),
    ],
  ];

  states.forEach(([name, facts, says, offers], index) => {
    // Each state in one language, width and theme, and each of those in half of the states.
    const locale: Locale = index % 2 ? "pl" : "en";
    const visit: Visit = index % 3 ? { width: 375, theme: "dark" } : { width: 1440, theme: "light" };

    it(`tells of ${name} and offers the next step (${locale}, ${visit.width} px)`, async () => {
      const { page, context, errors } = await customerOnPlan(browser, info, facts, visit);
      await page.goto(localePath(locale, "/app/billing"));
      const sheet = page.getByRole("region", { name: messages(locale).app.plan.sheet.title });
      await sheet.getByText(says(locale), { exact: true }).waitFor();
      const step = offers(locale);
      assert.equal(
        await sheet.getByRole("link", { name: step, exact: true })
          .or(sheet.getByRole("button", { name: step, exact: true })).count(),
        1,
      );
      await assertAccessible(page);
      assert.deepEqual(errors, []);
      await context.close();
    });
  });

  function sheet(...keys: string[]) {
    return (locale: Locale) =>
      keys.reduce<unknown>(
        (node, key) => (node as Record<string, unknown>)[key],
        messages(locale).app.plan.sheet,
      ) as string;
  }
  function named(key: "ended" | "unfinished") {
    return (locale: Locale) => fill(messages(locale).app.plan.sheet[key], { plan: "Pro" });
  }
  function resume(locale: Locale) {
    return fill(messages(locale).app.plan.sheet.resume, { plan: "Pro" });
  }

  it("leads to the invoice that is open, and to Stripe's page for the card", async () => {
    const { page, context } = await customerOnPlan(browser, info, {
      status: "past_due",
      invoice: "open",
      invoicedDaysAgo: 2,
      endsInDays: 28,
    });
    await page.goto("/app/billing");
    assert.equal(await page.getByRole("link", { name: t.sheet.pay }).getAttribute("href"), `${web}/told-invoice`);
    await context.close();

    const { page: paying, context: other } = await newCustomer(browser, web);
    await subscribe(paying);
    await paying.goto("/app/billing");
    await paying.getByRole("button", { name: t.sheet.portal }).click();
    await paying.waitForURL(`${info.stripeApi}/**`);
    await other.close();
  });
});

describe("a plan without limit", () => {
  it("covers what is made: the price, the job and the entries say so, and the balance stays", async () => {
    const customer = await customerOnPlan(browser, info, { plan: "enterprise" });
    const { page, context } = customer;
    await page.goto("/app/create");
    await page.locator("form [aria-live]").getByText(create.price.covered).waitFor();
    const { id } = await orderJob(customer, { prompt: "Covered" });
    await jobIn(customer, id, "succeeded");
    await page.goto(`/app/jobs/${id}`);
    assert.equal(await page.locator("[data-cost]").textContent(), words.costs.covered);
    await assertAccessible(page);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await page.goto("/app/credits");
    await follow(
      page,
      page.getByRole("link", { name: fill(messages("en").app.credits.kinds.covered, { plan: "Enterprise" }) }).first(),
    );
    await page.getByRole("link", { name: messages("en").app.entry.job }).waitFor();
    await context.close();
  });
});

describe("banners", () => {
  it("tell of the end of a trial, and of a payment that failed, on every page but the one that says it at length", async () => {
    const { page, context } = await customerOnPlan(browser, info, { status: "trialing", trial: true, endsInDays: 2.5 });
    await page.goto("/app/jobs");
    await page.getByText(plural(t.banners.trial.title, 3, "en", { plan: "Pro" })).waitFor();
    await assertAccessible(page);
    await page.goto("/app/billing");
    assert.equal(await page.getByText(plural(t.banners.trial.title, 3, "en", { plan: "Pro" })).count(), 0);
    await context.close();

    const late = await customerOnPlan(browser, info, { status: "past_due", invoice: "open", invoicedDaysAgo: 2 }, {
      width: 375,
    });
    await late.page.goto("/pl/app/settings");
    await late.page.getByText(fill(messages("pl").app.plan.banners.past_due.title, { plan: "Pro" })).waitFor();
    await assertAccessible(late.page);
    await late.context.close();
  });

  it("say what to do when the month's credits are used up", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    for (const num_outputs of [4, 4, 2]) {
      const { id } = await orderJob(customer, { prompt: "Spent", num_outputs });
      await jobIn(customer, id, "succeeded");
    }
    await page.goto("/app/create");
    await page.getByText(t.banners.used_up.title).waitFor();
    await page.getByText(fill(create.price.plan, { credits: "500 credits", plan: "Pro" })).waitFor();
    await assertAccessible(page);
    await follow(page, page.getByRole("link", { name: t.banners.used_up.act }));
    assert.equal(path(page), "/app/billing/plan");
    await page.goto("/app/billing");
    await page.getByText(`${t.usage.full}.`).waitFor();
    await context.close();
  });
});

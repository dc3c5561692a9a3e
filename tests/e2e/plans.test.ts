import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, formatMoney, messages, plural } from "../../locales/mod.ts";
import { PASSWORD, someone } from "../support/account-forms.ts";
import { assertAccessible, follow, launchBrowser, newVisitor } from "../support/browser.ts";
import { balanceOf, newCustomer } from "../support/customer.ts";
import type { PlanFacts } from "../support/plan-facts.ts";
import { customerOnPlan, headed, subscribe, tryPro } from "../support/plan-steps.ts";
import { stack } from "../support/stack.ts";

const info = await stack();
const { web } = info;
const { app: { plan: t, ordered, checkout }, plans: offer } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const path = (page: Page) => page.url().slice(web.length);

describe("the price list", () => {
  it("switches between months and years by links, and says what a year saves", async () => {
    const { page, context, errors } = await newVisitor(browser, web, { javaScript: false });
    await page.goto("/pricing");
    await page.getByText("$29", { exact: true }).waitFor();
    await follow(page, page.getByRole("link", { name: new RegExp(`^${offer.switch.year}`) }));
    assert.equal(path(page), "/pricing?interval=year");
    await page.getByText("$290", { exact: true }).waitFor();
    await page.getByText(fill(offer.saving, { amount: formatMoney(58_00, "en") })).waitFor();
    assert.equal(await page.locator("script").count(), 0);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("leads whoever has no account through signing up to the plans", async () => {
    const { page, context } = await newVisitor(browser, web, { width: 375 });
    await page.goto("/pl/pricing?interval=year");
    const pl = messages("pl").plans;
    await follow(page, page.getByRole("link", { name: plural(pl.trial.start, 7, "pl", { plan: "Pro" }) }));
    await page.locator("main [name=email]").fill(someone());
    await page.locator("main [name=password]:visible").fill(PASSWORD);
    await page.locator("main form button[type=submit]").first().click();
    await page.waitForURL("**/pl/app/billing/plan?interval=year");
    await assertAccessible(page);
    await context.close();
  });

  it("knows what somebody who is signed in has already", async () => {
    const { page, context } = await customerOnPlan(browser, info, { interval: "year", endsInDays: 200 });
    await page.goto("/pricing");
    await page.getByText(offer.blocked.paid_year).first().waitFor();
    await page.goto("/pricing?interval=year");
    await page.getByText(offer.actions.current).waitFor();
    const upgrade = page.getByRole("link", { name: fill(offer.actions.upgrade, { plan: "Enterprise" }) });
    assert.equal(await upgrade.getAttribute("href"), "/app/billing/plan/change?plan=enterprise&interval=year");
    await context.close();
  });
});

describe("subscribing", () => {
  it("begins with a trial, and says what came with it", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context, errors } = customer;
    await subscribe(page);
    await headed(page, fill(ordered.plan.trial, { plan: "Pro" }));
    await page.getByText(/50 credits came with it; you now have 60 credits/).waitFor();
    await assertAccessible(page);
    assert.deepEqual(await balanceOf(customer), { available: 60, held: 0, debt: 0 });

    await follow(page, page.getByRole("link", { name: ordered.plan.see }));
    await page.getByText(t.sheet.badges.trialing, { exact: true }).waitFor();
    await page.getByText(/^7 days of the trial are left/).waitFor();
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("works without JavaScript, and can be left", async () => {
    const { page, context } = await newCustomer(browser, web, { javaScript: false });
    await page.goto("/app/billing/plan");
    await follow(page, page.getByRole("button", { name: tryPro }));
    const order = page.url();
    await page.locator("button[value=canceled]").click();
    await headed(page, ordered.plan.canceled);
    await page.getByRole("link", { name: checkout.canceled.resume }).click();
    await page.waitForURL(order);
    await page.locator("button[value=paid]").click();
    await headed(page, fill(ordered.plan.trial, { plan: "Pro" }));
    await context.close();
  });

  it("opens one order however often the button is pressed, and closes the page of the one before", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/billing/plan");
    const key = await page.locator("[name=idempotency_key]").first().getAttribute("value");
    const press = async (plan: string) => {
      const response = await context.request.post("/app/billing/plan", {
        form: { plan, interval: "month", idempotency_key: key! },
        headers: { origin: web },
        maxRedirects: 0,
      });
      assert.equal(response.status(), 303);
      return response.headers()["location"];
    };
    const [first, second] = await Promise.all([press("pro"), press("pro")]);
    assert.equal(first, second);
    await press("enterprise");
    const id = first.slice(first.lastIndexOf("/") + 1);
    await page.goto(`/app/billing/success?session_id=${id}`);
    await headed(page, checkout.expired.title);
    await page.getByText(ordered.plan.expired).waitFor();
    await context.close();
  });

  it("refuses a second plan, and one that there is not, with the way on", async () => {
    const { context } = await customerOnPlan(browser, info, {});
    const post = (form: Record<string, string>) =>
      context.request.post("/app/billing/plan", { form, headers: { origin: web }, maxRedirects: 0 });
    const second = await post({ plan: "enterprise", interval: "month" });
    assert.equal(second.status(), 409);
    assert.ok((await second.text()).includes(offer.blocked.has_plan));
    assert.equal((await post({ plan: "gold", interval: "month" })).status(), 422);
    assert.equal((await post({ plan: "pro", interval: "week" })).status(), 422);
    await context.close();
  });
});

describe("changing the plan", () => {
  it("shows what it costs, charges exactly that, and says that it is done", async () => {
    const { page, context, errors } = await newCustomer(browser, web);
    await subscribe(page, fill(offer.actions.subscribe, { plan: "Enterprise" }));
    await headed(page, fill(ordered.plan.began, { plan: "Enterprise" }));
    await page.getByText(ordered.plan.unlimited).waitFor();

    await page.goto("/app/billing/plan?interval=year");
    await follow(page, page.getByRole("link", { name: fill(offer.actions.downgrade, { plan: "Pro" }) }));
    await headed(page, fill(t.change.downgrade, { plan: "Pro" }));
    const due = (await page.locator("[data-due]").textContent())!.trim();
    assert.match(due, /^\$19\d\.\d\d$/);
    await assertAccessible(page);
    await page.getByRole("button", { name: fill(t.change.confirmPay, { price: due }) }).click();
    await page.waitForURL("**/app/billing?plan=changed**");
    await page.getByText(t.done.changed.title).waitFor();
    await page.getByText("$290 a year", { exact: true }).waitFor();
    await page.goto("/app/billing/invoices");
    await page.getByText(due).filter({ visible: true }).first().waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("leaves everything as it was when the card is declined, and leads to another card", async () => {
    const { page, context } = await newCustomer(browser, web, { width: 375 });
    await subscribe(page, tryPro, "fails_later");
    await headed(page, fill(ordered.plan.trial, { plan: "Pro" }));
    await page.goto("/app/billing/plan/change?plan=enterprise&interval=month");
    await page.getByText(t.change.endsTrial).waitFor();
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: fill(t.change.confirmPay, { price: "$99.00" }) }).click();
    assert.equal((await answer).status(), 402);
    await page.getByRole("alert").getByText(t.change.failed.title).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: t.sheet.card }).click();
    await page.waitForURL(`${info.stripeApi}/**`);
    await page.goto(`${web}/app/billing`);
    await page.getByText(t.sheet.badges.trialing, { exact: true }).waitFor();
    await context.close();
  });

  it("says why it is not possible", async () => {
    const cases: [PlanFacts, query: string, why: string][] = [
      [{}, "plan=pro&interval=month", messages("pl").plans.blocked.same_plan],
      [{ interval: "year", endsInDays: 100 }, "plan=enterprise&interval=month", messages("pl").plans.blocked.paid_year],
      [
        { status: "past_due", invoice: "open", invoicedDaysAgo: 1 },
        "plan=enterprise&interval=month",
        messages("pl").plans.blocked.unpaid,
      ],
    ];
    for (const [facts, query, why] of cases) {
      const { page, context } = await customerOnPlan(browser, info, facts);
      const response = await page.goto(`/pl/app/billing/plan/change?${query}`);
      assert.equal(response!.status(), 409, query);
      await page.getByText(why, { exact: true }).waitFor();
      await assertAccessible(page);
      await context.close();
    }
    const { page, context } = await newCustomer(browser, web);
    assert.equal((await page.goto("/app/billing/plan/change?plan=pro&interval=month"))!.status(), 409);
    await page.goto("/app/billing/plan/change?plan=gold");
    assert.equal(path(page), "/app/billing/plan");
    await context.close();
  });

  it("is canceled after saying what that means, and taken back with one press, without JavaScript", async () => {
    const { page, context } = await newCustomer(browser, web, { javaScript: false });
    await subscribe(page);
    await headed(page, fill(ordered.plan.trial, { plan: "Pro" }));
    await page.goto("/app/billing");
    await follow(page, page.getByRole("link", { name: t.sheet.cancel, exact: true }));
    await headed(page, fill(t.cancel.title, { plan: "Pro" }));
    await page.getByText(t.cancel.bought).waitFor();
    await page.getByRole("button", { name: t.cancel.confirm }).click();
    await page.waitForURL("**/app/billing?plan=canceled");
    await page.getByText(fill(t.done.canceled.title, { plan: "Pro" })).waitFor();
    assert.equal((await page.goto("/app/billing/plan/cancel"))!.status(), 409);
    await page.goto("/app/billing");
    await page.getByRole("button", { name: fill(t.sheet.resume, { plan: "Pro" }) }).click();
    await page.waitForURL("**/app/billing?plan=resumed");
    await page.getByText(fill(t.done.resumed.title, { plan: "Pro" })).waitFor();
    await context.close();
  });

  it("does not claim what is not so, whatever address is typed", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/billing?plan=changed&to=enterprise&interval=year");
    await page.getByText(t.done.slow.title).waitFor();
    assert.equal(await page.getByText(t.done.changed.title).count(), 0);
    await context.close();
  });
});

describe("the API for Stripe's page", () => {
  it("takes a pack or a plan, and says what is missing", async () => {
    const customer = await newCustomer(browser, web);
    const open = (body: unknown) => customer.api("POST", "/api/billing/checkout-session", body);
    const opened = await open({ plan: "pro", interval: "year" });
    assert.equal(opened.status, 201);
    assert.deepEqual(Object.keys(opened.body as object).sort(), ["checkout", "id", "url"]);
    const { id } = opened.body as { id: string };
    const read = (await customer.api("GET", `/api/billing/checkout-session/${id}`)).body as Record<string, unknown>;
    assert.deepEqual([read.kind, read.plan, read.interval, read.status], ["plan", "pro", "year", "open"]);

    const wrong: [unknown, string][] = [
      [{}, "pack"],
      [{ plan: "pro" }, "interval"],
      [{ interval: "year" }, "plan"],
      [{ plan: "gold", interval: "year" }, "plan"],
      [{ pack: "pack_10", plan: "pro", interval: "year" }, "pack"],
    ];
    for (const [body, field] of wrong) {
      const { status, body: problem } = await open(body);
      assert.equal(status, 422, JSON.stringify(body));
      assert.deepEqual(Object.keys((problem as { errors: object }).errors), [field], JSON.stringify(problem));
    }
    await customer.context.close();
  });
});

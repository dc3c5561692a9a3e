import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser } from "../support/browser.ts";
import { balanceOf, type Customer, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { inDatabase } from "../support/plan-facts.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const info = await stack();
const { web } = info;
const { app: { topup: t, ordered, billing, credits } } = messages("en");
const PATH = "/app/billing/auto-topup";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
const state = (page: Page) => page.locator("header").filter({ has: page.locator("h1") });

/** Fills in the form and sends it. */
async function set(page: Page, { threshold = "5", pack = "pack_10", cap = "20" } = {}): Promise<void> {
  await page.locator("[name=threshold]").fill(threshold);
  await page.locator(`[name=pack][value=${pack}]`).check();
  await page.locator("[name=cap]").fill(cap);
  await page.locator("form:has([name=cap]) button[type=submit]").click();
}

/** Set, with a card that was left on Stripe's page. */
async function switchOn(page: Page, settings: Parameters<typeof set>[1] = {}, card = "visa"): Promise<void> {
  await page.goto(PATH);
  await set(page, settings);
  await page.locator(`[name=card][value=${card}]`).check({ force: true });
  await page.locator("button[value=paid]").click();
  await heading(page, ordered.card.saved);
}

/** As the engine leaves it after weeks of a card's troubles. */
async function put(customer: Customer, changes: Record<string, unknown>): Promise<void> {
  await inDatabase(info, (sql) =>
    sql`
      insert into public.auto_topups ${
      sql({
        user_id: sql`(select id from public.profiles where email = ${customer.email})`,
        threshold: 5,
        pack: "pack_10",
        cap_cents: 2000,
        payment_method: "pm_told",
        card_brand: "mastercard",
        card_last4: "4444",
        ...changes,
      } as never)
    }`);
}

describe("auto top-up", () => {
  it("is set with a card that is left on Stripe's page, and buys by itself when the balance runs low", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, errors } = customer;
    await switchOn(page);
    await page.getByText(fill(ordered.card.savedText, { brand: "Visa", last4: "4242" })).waitFor();
    await assertAccessible(page);
    await follow(page, page.getByRole("link", { name: ordered.card.see }));
    await state(page).getByText(t.states.on, { exact: true }).waitFor();
    await page.getByText(fill(t.spentOf, { spent: "$0", cap: "$20" })).waitFor();
    await assertAccessible(page);

    for (const num_outputs of [4, 2]) {
      const { id } = await orderJob(customer, { prompt: "Spent", num_outputs });
      await jobIn(customer, id, "succeeded");
    }
    await until(async () => (await balanceOf(customer) as { available: number }).available === 14, "the pack arrives");
    await page.goto(PATH);
    await page.getByText(fill(t.spentOf, { spent: "$9", cap: "$20" })).waitFor();
    await page.goto("/app/billing");
    await page.getByText(billing.automatic).waitFor();
    await assertAccessible(page);
    await page.goto("/app/credits");
    await page.getByText(fill(credits.kinds.topupAuto, { credits: "10 credits" })).first().waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("keeps what was typed where it is wrong, and says of each field why, also without JavaScript", async () => {
    for (const locale of LOCALES) {
      const javaScript = locale === "en";
      const { page, context } = await newCustomer(browser, web, { javaScript });
      const words = messages(locale).app.topup;
      await page.goto(localePath(locale, PATH));
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await set(page, { threshold: "0.5", cap: "8,50" });
      assert.equal((await answer).status(), 422);
      for (const field of ["threshold", "cap"] as const) {
        assert.equal(await page.locator(`#${field}-error`).textContent(), words.errors[field]);
      }
      assert.equal(await page.locator("[name=threshold]").inputValue(), "0.5");
      assert.equal(await page.locator("[name=cap]").inputValue(), "8,50");
      if (javaScript) await assertAccessible(page);
      await context.close();
    }
  });

  it("waits for the card where Stripe's page was left, and can be switched off there", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto(PATH);
    await set(page);
    await page.locator("button[value=canceled]").click();
    await heading(page, ordered.card.canceled);
    await assertAccessible(page);
    await page.goto(PATH);
    await page.getByText(t.needsCard.title).waitFor();
    await page.getByRole("button", { name: t.addCard }).click();
    await page.locator("button[value=paid]").click();
    await heading(page, ordered.card.saved);

    await page.goto(PATH);
    await page.getByRole("button", { name: t.off }).click();
    await page.getByText(t.stopped).waitFor();
    await state(page).getByText(t.states.off, { exact: true }).waitFor();
    // With a card on file it is on again at once, with the settings that were kept.
    assert.equal(await page.locator("[name=cap]").inputValue(), "20");
    await page.getByRole("button", { name: t.on }).click();
    await page.getByText(t.saved).waitFor();
    await context.close();
  });

  it("says why it switched itself off, when it tries again, and that the month's limit is reached", async () => {
    for (const reason of ["failures", "authentication", "no_card"] as const) {
      const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
      await put(customer, { state: "off", off_reason: reason });
      await customer.page.goto(`/pl${PATH}`);
      await customer.page.getByText(messages("pl").app.topup.offReasons[reason].text).waitFor();
      await assertAccessible(customer.page);
      await customer.context.close();
    }
    const trying = await newCustomer(browser, web);
    await put(trying, { state: "on", failures: 1, retry_at: "2099-01-02T03:04:00Z" });
    await trying.page.goto(PATH);
    await trying.page.getByText(fill(t.retry, { date: "2 Jan 2099, 03:04 UTC" })).waitFor();
    await trying.context.close();

    const capped = await newCustomer(browser, web);
    await put(capped, { state: "on", cap_cents: 900 });
    await inDatabase(info, (sql) =>
      sql`
        insert into public.checkout_sessions (user_id, kind, pack, credits, price_cents, price_version, status, created_at)
        select id, 'auto', 'pack_10', 10, 900, 1, 'processing', private.clock() from public.profiles where email = ${capped.email}`);
    await capped.page.goto(PATH);
    await capped.page.getByText(t.capReached).waitFor();
    await assertAccessible(capped.page);
    await capped.context.close();
  });
});

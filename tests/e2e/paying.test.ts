import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, formatMoney, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser } from "../support/browser.ts";
import { balanceOf, newCustomer } from "../support/customer.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();
const { app: t } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** From the shelf to Stripe's page. */
async function choosePack(page: Page, cents = 9_00): Promise<void> {
  await page.goto("/app/billing");
  await page.getByRole("button", { name: fill(t.billing.buy, { price: formatMoney(cents, "en") }) }).click();
  await page.locator("button[value=paid]").waitFor();
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

describe("paying", () => {
  it("survives a declined card: nothing is credited, and the next card works", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await choosePack(page);
    await page.locator("button[value=declined]").click();
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });

    await page.locator("button[value=paid]").click();
    await heading(page, plural(t.checkout.paid.title, 10, "en"));
    assert.deepEqual(await balanceOf(customer), { available: 20, held: 0, debt: 0 });
    await context.close();
  });

  it("can be left: the cancel page leads back to the same payment", async () => {
    const { page, context, errors } = await newCustomer(browser, web, { width: 375 });
    await choosePack(page);
    const payment = page.url();
    await page.locator("button[value=canceled]").click();
    await heading(page, t.checkout.canceled.title);
    await assertAccessible(page);
    await page.getByRole("link", { name: t.checkout.canceled.resume }).click();
    await page.waitForURL(payment);

    await page.goto("/app/billing");
    await page.getByText(t.billing.states.open).filter({ visible: true }).waitFor();
    assert.equal(await page.getByRole("link", { name: t.billing.finish }).getAttribute("href"), payment);
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("says it waits for Stripe until the webhook has credited, then shows the new balance by itself", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context, errors } = customer;
    await choosePack(page, 39_00);
    const payment = page.url();
    const id = payment.slice(payment.lastIndexOf("/") + 1);
    // Whoever types this address has not paid: the page must not believe it.
    await page.goto(`/app/billing/success?session_id=${id}`);
    await heading(page, t.checkout.waiting.title);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await assertAccessible(page);

    const elsewhere = await context.newPage();
    await elsewhere.goto(payment);
    await elsewhere.locator("button[value=paid]").click();
    await heading(page, plural(t.checkout.paid.title, 50, "en"));
    assert.equal(await page.locator("[data-balance]:visible").textContent(), "60");
    assert.equal(await page.locator("[role=status]", { hasText: t.checkout.announcePaid }).count(), 1);
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("with a delayed method is credited when the money comes", async () => {
    const customer = await newCustomer(browser, web);
    await choosePack(customer.page);
    await customer.page.locator("button[value=async_paid]").click();
    await heading(customer.page, plural(t.checkout.paid.title, 10, "en"));
    assert.deepEqual(await balanceOf(customer), { available: 20, held: 0, debt: 0 });
    await customer.context.close();
  });

  it("with a delayed method that fails says so and credits nothing", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await choosePack(page);
    await page.locator("button[value=async_failed]").click();
    await heading(page, t.checkout.failed.title);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await assertAccessible(page);
    await page.getByRole("link", { name: t.checkout.failed.again }).click();
    await page.getByText(t.billing.states.failed).filter({ visible: true }).waitFor();
    await context.close();
  });

  it("opens one payment however often the button is pressed", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/billing");
    const key = await page.locator("[name=idempotency_key]").first().getAttribute("value");
    const press = async () => {
      const response = await context.request.post("/app/billing", {
        form: { pack: "pack_10", idempotency_key: key! },
        headers: { origin: web },
        maxRedirects: 0,
      });
      assert.equal(response.status(), 303);
      return response.headers()["location"];
    };
    const [first, second] = await Promise.all([press(), press()]);
    assert.equal(first, second);
    await page.goto("/app/billing");
    assert.equal(await page.getByRole("link", { name: t.billing.finish }).count(), 1);
    await context.close();
  });

  it("works without JavaScript", async () => {
    const { page, context } = await newCustomer(browser, web, { javaScript: false });
    await choosePack(page);
    await page.locator("button[value=paid]").click();
    // Reloads itself until the webhook has come.
    await heading(page, plural(t.checkout.paid.title, 10, "en"));
    await context.close();
  });

  it("answers 404 for a payment of somebody else, for an unknown one and for a pack that does not exist 422", async () => {
    const owner = await newCustomer(browser, web);
    await choosePack(owner.page);
    const id = owner.page.url().split("/").at(-1)!;
    const { page, context } = await newCustomer(browser, web);
    for (const session of [id, "cs_test_unknown", ""]) {
      const response = await page.goto(`/app/billing/success?session_id=${session}`);
      assert.equal(response!.status(), 404, session);
    }
    const refused = await context.request.post("/app/billing", { form: { pack: "pack_1" }, headers: { origin: web } });
    assert.equal(refused.status(), 422);
    assert.ok((await refused.text()).includes(t.billing.problem));
    await context.close();
    await owner.context.close();
  });
});

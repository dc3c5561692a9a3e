import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { messages } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser } from "../support/browser.ts";
import { jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();
const { app: t } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const row = (page: Page, id: string) => page.locator(`#work [data-row="${id}"]`);
const picture = (page: Page, id: string) => page.locator(`#work [data-row="${id}"] img`);

describe("the history of work", () => {
  it("changes row by row as the work does, without a reload, and takes the focus from nobody", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, errors } = customer;
    const still = await orderJob(customer, { prompt: "Stays as it is [slow:60]" });
    await jobIn(customer, still.id, "running");
    await page.goto("/app/jobs");
    const link = row(page, still.id).getByRole("link");
    await link.focus();
    await row(page, still.id).evaluate((element) => element.setAttribute("data-same", ""));

    const next = await orderJob(customer, { prompt: "Comes later [slow:15]" });
    await row(page, next.id).getByText(t.job.live.running).waitFor();
    await picture(page, next.id).waitFor();
    assert.deepEqual(
      await page.locator("#work [data-row]").evaluateAll((rows) =>
        rows.map((each) => (each as HTMLElement).dataset.row)
      ),
      [next.id, still.id],
    );
    assert.equal(await row(page, still.id).getAttribute("data-same"), "", "an unchanged row is the same element");
    assert.ok(await link.evaluate((element) => element === document.activeElement));
    await customer.api("POST", `/api/jobs/${still.id}/cancel`);
    await row(page, still.id).locator("svg path").first().waitFor();
    assert.ok(await link.evaluate((element) => element === document.activeElement), "a changed row keeps the focus");
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("shows the balance as it is when its tab is looked at again, also where no work changed", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "Before" });
    await jobIn(customer, job.id, "succeeded");
    // The page listens to its tab just before it opens its stream.
    const listening = page.waitForRequest("**/api/jobs/events*");
    await page.goto("/app/jobs");
    await listening;
    const balance = page.locator("[data-balances]:visible");
    const right = await balance.textContent();
    await balance.evaluate((element) => {
      element.textContent = "What it was before";
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await balance.getByText("What it was before").waitFor({ state: "detached" });
    assert.equal(await balance.textContent(), right);
    await context.close();
  });

  it("says of work whose first try failed that it is tried again", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "Fails each time [fail]" });
    await page.goto("/app/jobs");
    await row(page, job.id).getByText(t.job.live.retrying).waitFor();
    await context.close();
  });

  it("asks where no stream gets through", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.route("**/api/jobs/events*", (route) => route.abort());
    const job = await orderJob(customer, { prompt: "By asking [slow:8]" });
    await page.goto("/app/jobs");
    await picture(page, job.id).waitFor();
    await context.close();
  });

  it("is as it was when it was asked for, without JavaScript", async () => {
    const customer = await newCustomer(browser, web, { javaScript: false });
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "Without a script" });
    await jobIn(customer, job.id, "succeeded");
    await page.goto("/app/jobs");
    await picture(page, job.id).waitFor();
    await context.close();
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
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

const own = (text: string) => `${text} ${crypto.randomUUID().slice(0, 8)}`;

describe("the story of a job", () => {
  it("grows on the page while the job is tried, and again, without a reload", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context, errors } = customer;
    const job = await orderJob(customer, { prompt: own("A boat [slow:3] [flaky:1]") });
    await page.goto(`/app/jobs/${job.id}`);
    await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
    const story = page.locator("[data-story]");
    await story.getByText(/we try again in about/).waitFor();
    await assertAccessible(page);
    await jobIn(customer, job.id, "succeeded");
    await story.getByText("Made; 1 credit charged").waitFor();
    assert.equal(await story.locator("li").count(), 7);
    const took = page.locator("dl div").filter({ has: page.getByText(t.job.took, { exact: true }) }).locator("dd");
    assert.equal(await story.locator("time").last().textContent(), `+${await took.textContent()}`);
    assert.ok(await page.evaluate(() => "stayed" in globalThis), "the page was not loaded again");
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("stands beside whose fault it was, the rule and the remedy when nothing was made", async () => {
    for (const visit of [{ width: 375, theme: "light" }, { width: 1440, theme: "dark" }] as const) {
      const customer = await newCustomer(browser, web, visit);
      const { page, context } = customer;
      const job = await orderJob(customer, { prompt: own("A boat [nsfw]") });
      await page.goto(`/app/jobs/${job.id}`);
      await jobIn(customer, job.id, "failed");
      const { failed, story: { outcome } } = t.job;
      await page.getByText(failed.safety_block.title).first().waitFor();
      for (const words of [outcome.faults.customer, failed.safety_block.next]) await page.getByText(words).waitFor();
      await page.locator("[data-story]").getByText("1 credit back in your balance").waitFor();
      await assertAccessible(page);
      await context.close();
    }
  });
});

describe("the page about the API of jobs", () => {
  it("can be read by everybody, narrow and wide", async () => {
    for (const visit of [{ width: 375, theme: "dark" }, { width: 1440, theme: "light" }] as const) {
      const { page, context } = await newCustomer(browser, web, visit);
      for (const path of ["/docs/jobs", "/pl/docs/jobs"]) {
        await page.goto(path);
        await assertAccessible(page);
      }
      await context.close();
    }
  });
});

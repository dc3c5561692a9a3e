import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import type { Batch } from "../../domain/jobs/types.ts";
import { fill, formatCredits, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser } from "../support/browser.ts";
import { balanceOf, type Customer, newCustomer } from "../support/customer.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web } = await stack();
const { app: t } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const own = (text: string) => `${text} ${crypto.randomUUID().slice(0, 8)}`;

async function askBatch(customer: Customer, ...prompts: string[]): Promise<string> {
  const inputs = prompts.map((prompt) => ({ prompt: own(prompt) }));
  const { status, body } = await customer.api("POST", "/api/jobs/batch", { model: "seedream-4-5", inputs });
  assert.equal(status, 202, JSON.stringify(body));
  return (body as { id: string }).id;
}

/** Until so many of a batch have ended, however busy the machine is. */
async function untilEnded(customer: Customer, url: string, count: number): Promise<void> {
  const id = /\/batches\/([0-9a-f-]{36})/.exec(url)![1];
  await until(async () => {
    const { counts } = (await customer.api("GET", `/api/jobs/batch/${id}`)).body as Batch;
    return counts.succeeded + counts.failed + counts.canceled === count || null;
  });
}

describe("many prompts", () => {
  it("are counted and priced while they are written, created with the keyboard, and followed on one page", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context, errors } = customer;
    await page.goto("/app/create");
    await follow(page, page.getByRole("link", { name: t.batch.tabs.many }));
    // After the tabs: the bar of the frame.
    const here = page.locator("nav a[aria-current]:visible").last();
    assert.match((await here.getAttribute("href"))!, /create$/);
    const price = page.locator("form [aria-live]");
    const submit = page.getByRole("button", { name: t.batch.form.submit });
    await price.getByText(plural(t.batch.form.count, 0, "en")).waitFor();
    assert.ok(await submit.isDisabled(), "nothing is written yet");

    const area = page.getByLabel(t.batch.form.prompts);
    await area.fill(`${own("A boat")}\n\n${own("A boat at night")}\n  \n${own("A boat [nsfw]")}`);
    await price.getByText(formatCredits(3, "en"), { exact: true }).waitFor();
    await price.getByText(plural(t.batch.form.count, 3, "en"), { exact: true }).waitFor();
    await price.getByText(fill(t.create.price.after, { credits: formatCredits(7, "en") })).waitFor();
    // Each price says what it is for, and a text has no shape.
    const shape = page.getByRole("group", { name: t.create.ratio });
    await page.getByLabel(/Gemini Flash.*1 credit a text/).check();
    assert.equal(await shape.isVisible(), false);
    const wide = shape.locator("label", { hasText: "4:3" });
    const colour = () => wide.evaluate((label) => getComputedStyle(label).color);
    await page.getByLabel(/Seedream 4.5/).check();
    const possible = await colour();
    await page.getByLabel(/Seedance.*8 credits a video/).check();
    assert.notEqual(await colour(), possible, "a shape that the model does not make looks like it");
    await page.getByLabel(/Gemini Image/).check();
    await price.getByText(formatCredits(6, "en"), { exact: true }).waitFor();
    await page.getByLabel(/Seedream 4.5/).check();
    await assertAccessible(page);

    await submit.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/app\/batches\/[0-9a-f-]{36}/);
    await untilEnded(customer, page.url(), 3);
    // The page follows by itself, to the end.
    await page.getByText(fill(t.batch.page.progress, { ended: 3, size: 3 }), { exact: true }).waitFor();
    const bar = page.getByRole("progressbar");
    assert.deepEqual([await bar.getAttribute("aria-valuenow"), await bar.locator("rect").count()], ["3", 2]);
    assert.equal(await page.locator("#batch img").count(), 2);
    await page.getByText(fill(t.batch.page.charged, { credits: formatCredits(2, "en") }), { exact: true }).waitFor();
    await page.getByText(fill(t.batch.page.returned, { credits: formatCredits(1, "en") })).waitFor();
    assert.match((await here.getAttribute("href"))!, /jobs$/);
    await assertAccessible(page);

    await follow(page, page.locator("#batch [data-rows] a").first());
    await follow(page, page.getByRole("link", { name: t.batch.all }));
    assert.match(page.url(), /\/app\/batches\//);
    await page.goto("/app/jobs");
    assert.equal(await page.getByRole("img", { name: t.batch.part }).count(), 3);
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("cannot be sent where they are too many or the balance does not reach", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/pl/app/batches/new");
    const { batch: { form: texts }, create } = messages("pl").app;
    const area = page.getByLabel(texts.prompts);
    const submit = page.getByRole("button", { name: texts.submit });
    await area.fill("łódź\n".repeat(12));
    await page.getByText(plural(create.price.short, 2, "pl")).waitFor();
    assert.ok(await submit.isDisabled());
    await assertAccessible(page);
    await area.fill("łódź\n".repeat(103));
    await page.getByText(plural(texts.tooMany, 3, "pl")).waitFor();
    assert.ok(await submit.isDisabled());
    await area.fill("łódź");
    assert.ok(await submit.isEnabled());
    await context.close();
  });

  it("are created without JavaScript, and what is wrong is named by its line", async () => {
    const customer = await newCustomer(browser, web, { javaScript: false, width: 375 });
    const { page, context } = customer;
    await page.goto("/app/batches/new");
    await page.getByText(t.batch.form.noCount).waitFor();
    const area = page.getByLabel(t.batch.form.prompts);
    const submit = page.getByRole("button", { name: t.batch.form.submit });
    const long = "x".repeat(10_001);
    await area.fill(`${own("A boat")}\n\n${long}`);
    await submit.click();
    const wrong = fill(t.batch.form.errors.line, { line: 3, max: "10,000" });
    await page.getByRole("alert").getByText(wrong).waitFor();
    assert.ok((await area.inputValue()).endsWith(long), "what was written is kept");
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });

    await area.fill(`${own("A boat")}\n${own("Two boats [slow:60]")}`);
    await submit.click();
    await page.waitForURL(/\/app\/batches\/[0-9a-f-]{36}/);
    await untilEnded(customer, page.url(), 1);
    await page.getByText(fill(t.batch.page.progress, { ended: 1, size: 2 }), { exact: true }).waitFor();
    await page.getByRole("button", { name: t.batch.page.cancel }).click();
    await page.getByText(fill(t.batch.page.charged, { credits: formatCredits(1, "en") }), { exact: true }).waitFor();
    assert.deepEqual(await balanceOf(customer), { available: 9, held: 0, debt: 0 });
    await context.close();
  });

  it("are one batch when their form is sent twice, and say so", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.goto("/app/batches/new");
    const key = await page.locator("[name=idempotency_key]").inputValue();
    const form = {
      idempotency_key: key,
      model: "seedream-4-5",
      prompts: own("A boat"),
      aspect_ratio: "1:1",
      "price:seedream-4-5": "1",
    };
    const send = (more = {}) =>
      context.request.post("/app/batches/new", {
        form: { ...form, ...more },
        headers: { origin: web },
        maxRedirects: 0,
      });
    const [first, second] = [await send(), await send()].map((answer) => answer.headers().location);
    assert.equal(second, `${first}?again`);
    assert.equal((await send({ "price:seedream-4-5": "2" })).status(), 409, "at another price than the page's");
    assert.equal((await send({ prompts: "" })).status(), 422);
    assert.equal((await send({ model: "kling", aspect_ratio: "4:3" })).status(), 422);
    await page.goto(second);
    await page.getByText(t.batch.page.replayed.title).waitFor();
    await context.close();
  });

  it("are canceled together, and a stranger does not see them", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context, errors } = customer;
    const id = await askBatch(customer, "One", ...Array(5).fill("More [slow:60]"));
    await page.goto(`/pl/app/batches/${id}`);
    await untilEnded(customer, page.url(), 1);
    const { page: texts } = messages("pl").app.batch;
    await page.getByText(fill(texts.progress, { ended: 1, size: 6 }), { exact: true }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: texts.cancel }).click();
    await page.getByText(fill(texts.progress, { ended: 6, size: 6 }), { exact: true }).waitFor();
    const { counts } = (await customer.api("GET", `/api/jobs/batch/${id}`)).body as Batch;
    assert.deepEqual([counts.succeeded, counts.canceled], [1, 5]);
    assert.deepEqual(errors, []);
    await context.close();

    const stranger = await newCustomer(browser, web);
    assert.equal((await stranger.page.goto(`/app/batches/${id}`))!.status(), 404);
    await stranger.context.close();
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, formatCredits, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser } from "../support/browser.ts";
import { balanceOf, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();
const { app: t, errors: refusals } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const status = (page: Page, name: keyof typeof t.job.status) =>
  page.locator("#job header").getByText(t.job.status[name], { exact: true }).waitFor();
const jobId = (url: string) => /\/app\/jobs\/([0-9a-f-]{36})/.exec(url)![1];

describe("creating", () => {
  it("makes the first picture at one click on the dashboard", async () => {
    const { page, context, errors } = await newCustomer(browser, web, { width: 375 });
    await page.goto("/app");
    await page.getByRole("button", { name: t.dashboard.first.make }).first().click();
    await status(page, "succeeded");
    assert.equal(await page.locator("#job img").count(), 1);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("counts a prompt's letters only where something counts them", async () => {
    const counter = fill(t.create.left, { n: 0, max: "10,000" });
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/create");
    await page.getByText(counter, { exact: true }).waitFor();
    await context.close();
    const still = await newCustomer(browser, web, { javaScript: false });
    await still.page.goto("/app/create");
    assert.equal(await still.page.getByText(counter, { exact: true }).count(), 0);
    await still.context.close();
  });

  it("shows the price of each choice and offers only what the model can make", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/create?prompt=A%20fox&model=seedream-4-0&num_outputs=3&aspect_ratio=16:9");
    const price = page.locator("form [aria-live]");
    assert.equal(await page.getByLabel(t.create.prompt).inputValue(), "A fox");
    assert.ok(await page.locator("[name=aspect_ratio][value='16:9']").isChecked());
    await price.getByText(formatCredits(3, "en"), { exact: true }).waitFor();

    await page.getByLabel(/Gemini Image/).check();
    await price.getByText(formatCredits(2, "en"), { exact: true }).waitFor();
    assert.ok(await page.locator("[name=num_outputs][value='1']").isChecked(), "three is more than Gemini makes");
    assert.ok(await page.locator("[name=num_outputs][value='2']").isDisabled());
    await context.close();
  });

  it("says what is missing when the balance does not reach, and leads to the packs", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context } = customer;
    await Promise.all([4, 4].map((count) => orderJob(customer, { prompt: "Spent [slow:60]", num_outputs: count })));
    await page.goto("/app/create");
    await page.locator("[name=num_outputs][value='4']").check({ force: true });
    await page.getByText(plural(t.create.price.short, 2, "en")).waitFor();
    assert.ok(await page.getByRole("button", { name: t.create.submit, exact: true }).isDisabled());
    await assertAccessible(page);

    // Without JavaScript the form can still be sent; the refusal keeps what was typed.
    const refused = await context.request.post("/app/create", {
      form: { model: "seedream-4-5", prompt: "Kept as typed", aspect_ratio: "9:16", num_outputs: "4" },
      headers: { origin: web },
    });
    assert.equal(refused.status(), 402);
    const html = await refused.text();
    assert.ok(html.includes("Kept as typed") && html.includes(plural(t.create.price.short, 2, "en")));
    await page.getByRole("link", { name: t.create.price.buy }).last().click();
    await page.waitForURL("**/app/billing#packs");
    await context.close();
  });

  it("asks again, with the form kept, when the price is not the one that the page showed", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, errors } = customer;
    await page.goto("/pl/app/create?prompt=Latarnia&num_outputs=3");
    // As if the page had been open since the model was dearer.
    await page.locator("[name='price:seedream-4-5']").evaluate((field: HTMLInputElement) => field.value = "2");
    const { create } = messages("pl").app;
    await page.getByRole("button", { name: create.submit, exact: true }).click();
    const notice = page.getByRole("alert");
    await notice.getByText(create.priceChanged.title).waitFor();
    const [now, shown] = [3, 6].map((credits) => formatCredits(credits, "pl"));
    await notice.getByText(fill(create.priceChanged.text, { now, shown })).waitFor();
    assert.equal(await page.getByLabel(create.prompt).inputValue(), "Latarnia");
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await assertAccessible(page);

    await page.getByRole("button", { name: create.submit, exact: true }).click();
    await page.waitForURL("**/pl/app/jobs/*");
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("keeps the form and names the field when the input is refused", async () => {
    const { context } = await newCustomer(browser, web);
    const send = (form: Record<string, string>) =>
      context.request.post("/app/create", { form, headers: { origin: web } });
    const tooLong = await send({ model: "seedream-4-5", prompt: "x".repeat(10_001), num_outputs: "2" });
    assert.equal(tooLong.status(), 422);
    assert.ok((await tooLong.text()).includes(fill(t.create.errors.prompt, { max: "10,000" })));
    const unknown = await send({ model: "no-such-model", prompt: "A fox" });
    assert.equal(unknown.status(), 422);
    const html = await unknown.text();
    assert.ok(html.includes(t.create.errors.model) && html.includes("A fox"));
    await context.close();
  });

  it("makes one job of a form sent twice, and another one of a form gone back to and changed", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.goto("/app/create");
    const key = await page.locator("[name=idempotency_key]").getAttribute("value");
    const send = async (prompt: string) => {
      const response = await context.request.post("/app/create", {
        form: { model: "seedream-4-5", prompt, idempotency_key: key! },
        headers: { origin: web },
        maxRedirects: 0,
      });
      assert.equal(response.status(), 303);
      return response.headers()["location"];
    };
    const twice = await Promise.all([send("A fox"), send("A fox")]);
    assert.equal(jobId(twice[0]), jobId(twice[1]));
    assert.notEqual(jobId(await send("A badger")), jobId(twice[0]));
    await page.goto(twice.find((url) => url.endsWith("?again"))!);
    await page.getByText(t.job.replayed.title).waitFor();
    await context.close();
  });

  it("presses the button once for a double click, and finds the same job after going back", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.goto("/app/create");
    await page.getByLabel(t.create.prompt).fill("A fox");
    // A price that follows the choice says that the page's scripts are at work.
    await page.locator("[name=num_outputs][value='2']").check({ force: true });
    await page.locator("form [aria-live]").getByText(formatCredits(2, "en"), { exact: true }).waitFor();
    await page.getByRole("button", { name: t.create.submit, exact: true }).dblclick();
    await page.waitForURL(/[/]app[/]jobs[/][0-9a-f-]{36}$/);
    const first = jobId(page.url());
    await page.goBack();
    assert.equal(await page.getByLabel(t.create.prompt).inputValue(), "A fox");
    await page.getByRole("button", { name: t.create.submit, exact: true }).click();
    await page.waitForURL(`**/app/jobs/${first}?again`);
    const { body } = await customer.api("GET", "/api/jobs");
    assert.equal((body as { jobs: unknown[] }).jobs.length, 1);
    await context.close();
  });

  it("works without JavaScript, prices in view", async () => {
    const { page, context } = await newCustomer(browser, web, { javaScript: false });
    await page.goto("/app/create");
    assert.ok(await page.getByRole("table", { name: t.create.price.table }).isVisible());
    await page.getByLabel(t.create.prompt).fill("A cherry tree in blossom [slow:3]");
    await page.getByRole("button", { name: t.create.submit, exact: true }).click();
    // Playwright does not look for text inside <noscript>.
    await page.locator("main noscript p").waitFor();
    await page.locator("#job img").waitFor();
    await status(page, "succeeded");
    await context.close();
  });
});

describe("a job", () => {
  it("that fails says why, by which rule, and that the credits are back", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, errors } = customer;
    const job = await orderJob(customer, { prompt: "Not this [nsfw]", num_outputs: 2 });
    await page.goto(`/app/jobs/${job.id}`);
    await status(page, "failed");
    await page.getByText(t.job.failed.safety_block.title).waitFor();
    await page.getByText(fill(t.job.rule, { credits: formatCredits(2, "en") })).waitFor();
    assert.equal(await page.locator("[data-cost]").textContent(), t.job.costs.nothing);
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await assertAccessible(page);
    await page.getByRole("link", { name: t.job.rephrase }).click();
    assert.equal(await page.getByLabel(t.create.prompt).inputValue(), "Not this [nsfw]");
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("keeps to the page however long its words are", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: `${"w".repeat(3000)} [slow:2]` });
    await page.goto(`/app/jobs/${job.id}`);
    await assertAccessible(page);
    await status(page, "succeeded");
    await assertAccessible(page);
    await context.close();
  });

  it("says above the frames where it stands, and moves none of them when the picture comes", async () => {
    for (const num_outputs of [1, 4]) {
      const customer = await newCustomer(browser, web, { width: 375 });
      const { page, context } = customer;
      const job = await orderJob(customer, { prompt: "A quiet harbour [slow:10]", num_outputs });
      await page.goto(`/app/jobs/${job.id}`);
      await status(page, "running");
      const bar = (await page.locator("#job header progress").boundingBox())!;
      const frame = (await page.locator("#job .animate-develop").first().boundingBox())!;
      assert.ok(bar.y + bar.height < frame.y && bar.y < 400, `the bar is at ${bar.y}, the frame at ${frame.y}`);
      await status(page, "succeeded");
      const picture = (await page.locator("#job img").first().boundingBox())!;
      assert.ok(Math.abs(picture.y - frame.y) <= 2, `the frame was at ${frame.y}, the picture is at ${picture.y}`);
      await context.close();
    }
  });

  it("that stumbles says that it tries again, and ends well", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    // The stand-in counts its failures by prompt.
    const job = await orderJob(customer, { prompt: `A still lake ${crypto.randomUUID()} [slow:3] [flaky:1]` });
    await page.goto(`/app/jobs/${job.id}`);
    await page.getByText(t.job.live.retrying, { exact: true }).waitFor();
    await status(page, "succeeded");
    assert.equal((await jobIn(customer, job.id, "succeeded")).attempts, 2);
    await context.close();
  });

  it("can be canceled while it runs: the reservation comes back", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "Never mind [slow:60]", num_outputs: 3 });
    await jobIn(customer, job.id, "running");
    assert.deepEqual(await balanceOf(customer), { available: 7, held: 3, debt: 0 });
    await page.goto("/app/credits");
    await page.getByRole("heading", { name: t.credits.holds }).waitFor();
    await page.goto(`/app/jobs/${job.id}`);
    await page.getByRole("button", { name: t.job.cancel }).click();
    await status(page, "canceled");
    await page.getByText(fill(t.job.canceledText, { credits: formatCredits(3, "en") })).waitFor();
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    await assertAccessible(page);
    await page.goto("/app/jobs?status=canceled");
    await page.getByRole("link", { name: /Never mind/ }).waitFor();
    await context.close();
  });

  it("is followed by asking where the event stream drops", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.route("**/api/jobs/*/events", (route) => route.abort());
    const job = await orderJob(customer, { prompt: "A neon city [slow:15]" });
    await page.goto(`/app/jobs/${job.id}`);
    await page.getByText(t.job.live.polling).waitFor();
    await status(page, "succeeded");
    assert.equal(await page.getByText(t.job.live.polling).count(), 0, "the note goes with the work");
    await context.close();
  });

  it("appears on the dashboard by itself when it is ready", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "A sailing boat [slow:8]" });
    await page.goto("/app");
    await page.getByRole("link", { name: t.job.live.running }).waitFor();
    await page.locator(`main img[src^="/api/jobs/${job.id}/outputs/0"]`).waitFor();
    await context.close();
  });

  it("takes a limited part of the dashboard: the rest is counted and one click away", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context } = customer;
    for (let n = 1; n <= 10; n++) await orderJob(customer, { prompt: `Number ${n} [slow:60]` });
    await page.goto("/pl/app");
    assert.equal(await page.locator("#studio a[href*='/app/jobs/']").count(), 8);
    await page.getByRole("link", { name: "i jeszcze 2 prace w toku" }).waitFor();
    await page.goto("/app");
    await page.getByRole("link", { name: "and 2 more in progress" }).click();
    await page.waitForURL("**/app/jobs?status=live");
    assert.equal(await page.locator("#work li").count(), 10);
    await context.close();
  });

  it("that failed says why in the history", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context } = customer;
    await jobIn(customer, (await orderJob(customer, { prompt: "Refused [nsfw]" })).id, "failed");
    await page.goto("/app/jobs");
    await page.getByRole("link", { name: `${t.job.status.failed}: ${t.job.failed.safety_block.short}` }).waitFor();
    await assertAccessible(page);
    await context.close();
  });

  it("of somebody else is not found, and cannot be canceled", async () => {
    const owner = await newCustomer(browser, web);
    const job = await orderJob(owner, { prompt: "Mine [slow:30]" });
    const { page, context } = await newCustomer(browser, web);
    assert.equal((await page.goto(`/app/jobs/${job.id}`))!.status(), 404);
    assert.equal((await page.goto("/app/jobs/not-an-id"))!.status(), 404);
    const refused = await context.request.post(`/app/jobs/${job.id}`, { headers: { origin: web } });
    assert.equal(refused.status(), 404);
    assert.equal(await page.locator("h1").textContent(), refusals.pages.notFound.title);
    assert.ok(["queued", "running"].includes((await jobIn(owner, job.id, "queued", "running")).status));
    await context.close();
    await owner.context.close();
  });
});

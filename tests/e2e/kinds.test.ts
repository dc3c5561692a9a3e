import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import type { Job } from "../../domain/jobs/types.ts";
import { fill, messages } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser } from "../support/browser.ts";
import { type Customer, jobIn, newCustomer } from "../support/customer.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();
const { app: t } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function order(customer: Customer, model: string, input: Record<string, unknown>): Promise<Job> {
  const { status, body } = await customer.api("POST", "/api/jobs", { model, input });
  assert.equal(status, 201, JSON.stringify(body));
  return body as Job;
}

describe("the create page", () => {
  it("asks of each model what it takes, also without JavaScript", async () => {
    for (const javaScript of [true, false]) {
      const { page, context, errors } = await newCustomer(browser, web, { width: 375, javaScript });
      await page.goto("/app/create");
      const shown = async () => {
        const legends = [t.create.ratio, t.create.count, t.kinds.duration, t.kinds.length];
        const visible = await Promise.all(legends.map((name) => page.getByRole("group", { name }).isVisible()));
        return legends.filter((_, i) => visible[i]);
      };
      assert.deepEqual(await shown(), [t.create.ratio, t.create.count]);
      await page.getByLabel(/Seedance/).check();
      assert.deepEqual(await shown(), [t.create.ratio, t.kinds.duration]);
      assert.ok(await page.locator("[name=duration][value='5']").isChecked(), "the usual length is chosen");
      // The checker runs in the page, as a script.
      if (javaScript) await assertAccessible(page);
      await page.getByLabel(/Gemini Flash/).check();
      assert.deepEqual(await shown(), [t.kinds.length]);
      assert.deepEqual(errors, []);
      await context.close();
    }
  });
});

describe("a video", () => {
  it("is ordered, plays on its page and stands in the history", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context, errors } = customer;
    await page.goto("/app/create?model=seedance-1-5-pro&aspect_ratio=16:9&duration=4");
    await page.getByRole("textbox", { name: t.create.prompt }).fill("Waves on a beach");
    await page.getByRole("button", { name: t.create.submit, exact: true }).click();
    const video = page.locator("#job video");
    await video.waitFor();
    const played = await video.evaluate(async (element: HTMLVideoElement) => {
      element.muted = true;
      await element.play();
      await new Promise((resolve) => element.addEventListener("timeupdate", resolve, { once: true }));
      return { width: element.videoWidth, height: element.videoHeight, seconds: element.duration };
    });
    assert.ok(played.width > played.height && played.seconds >= 1, JSON.stringify(played));
    assert.equal(await page.locator("#job img").count(), 0);
    await assertAccessible(page);

    await page.goto("/app/jobs");
    await page.locator("#work").getByText(t.kinds.names.video, { exact: true }).waitFor();
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });
});

describe("a text", () => {
  it("is shown while it is written, and stays", async () => {
    const customer = await newCustomer(browser, web, { width: 375, theme: "dark" });
    const { page, context, errors } = customer;
    const { id } = await order(customer, "gemini-flash", { prompt: "Write about lighthouses [slow:15]" });
    await page.goto(`/app/jobs/${id}`);
    const streamed = page.locator("#job-text[data-streaming][aria-live=polite]:not(:empty)");
    await streamed.waitFor();
    const before = (await streamed.textContent())!;
    const finished = page.locator("#job-text:not([data-streaming])");
    await finished.waitFor();
    const text = (await finished.textContent())!;
    assert.ok(before.length > 0 && before.length <= text.length && text.startsWith(before.slice(0, 10)), before);
    await page.getByRole("button", { name: t.kinds.text.copy }).waitFor();
    await assertAccessible(page);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("is copied at a press", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: web });
    const { id } = await order(customer, "gemini-flash", { prompt: "Write about bridges" });
    await jobIn(customer, id, "succeeded");
    await page.goto(`/app/jobs/${id}`);
    await page.getByRole("button", { name: t.kinds.text.copy }).click();
    await page.getByRole("status").getByText(t.kinds.text.copied).waitFor({ state: "attached" });
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await page.locator("#job-text").textContent());
    await context.close();
  });

  it("is there without JavaScript once it is finished, in Polish too", async () => {
    const pl = messages("pl").app;
    const customer = await newCustomer(browser, web, { width: 375, javaScript: false });
    const { page, context } = customer;
    const { id } = await order(customer, "gemini-flash", { prompt: "Write about <b>rivers</b> [slow:6]" });
    await page.goto(`/pl/app/jobs/${id}`);
    await page.getByText(pl.kinds.text.runningText).waitFor();
    assert.equal(await page.getByText(pl.kinds.text.waiting).isVisible(), false, "no words will appear");
    const { outputs } = await jobIn(customer, id, "succeeded");
    // The page reloads itself.
    await page.locator("#job-text:not([data-streaming])").waitFor();
    const { body } = await text(customer, outputs[0].url);
    assert.equal(await page.locator("#job-text").textContent(), body);
    assert.equal(await page.locator("#job-text b").count(), 0);
    assert.equal(await page.getByRole("button", { name: pl.kinds.text.copy }).isVisible(), false);
    await page.getByRole("link", { name: pl.job.download }).waitFor();
    await page.goto("/pl/app/jobs");
    await page.locator("#work").getByText(pl.kinds.names.text, { exact: true }).waitFor();
    await context.close();
  });
});

describe("lists of pictures", () => {
  it("load thumbnails, and the picture's own page the picture", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const { id } = await order(customer, "seedream-4-5", { prompt: "A fox" });
    const { outputs: [output] } = await jobIn(customer, id, "succeeded");
    const loaded = new Set<string>();
    page.on("response", (response) => {
      if (response.request().resourceType() === "image") loaded.add(response.url().replace(web, ""));
    });
    await page.goto("/app/jobs", { waitUntil: "load" });
    assert.ok(loaded.has(output.thumb_url!) && !loaded.has(output.url), [...loaded].join(" "));
    await page.goto(`/app/jobs/${id}`, { waitUntil: "load" });
    assert.ok(loaded.has(output.url));
    const alt = fill(t.job.alt, { n: 1, prompt: "A fox" });
    assert.equal(await page.locator("#job img").getAttribute("alt"), alt);
    await context.close();
  });
});

async function text({ context }: Customer, path: string): Promise<{ body: string }> {
  return { body: await (await context.request.get(path)).text() };
}

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { newCustomer, orderJob } from "../support/customer.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();

/** Bytes of JavaScript a page may need, compressed, what stands in its HTML included. */
const BUDGET = 12 * 1024;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const compressed = (code: string | Buffer) => gzipSync(code).length;

describe("the JavaScript of a page", () => {
  it("fits its budget, and there is none where nothing moves", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const job = await orderJob(customer, { prompt: "Followed [slow:30]" });
    const { body: batch } = await customer.api("POST", "/api/jobs/batch", {
      model: "seedream-4-5",
      inputs: [{ prompt: "Followed [slow:30]" }],
    });
    const loaded: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() === "script") loaded.push(response.body().then(compressed));
    });

    const pages = [
      "/app",
      "/app/create",
      "/app/batches/new",
      `/app/batches/${(batch as { id: string }).id}`,
      `/app/jobs/${job.id}`,
      "/app/jobs",
      "/app/credits",
      "/app/credits/grants",
      "/app/credits/1",
      "/app/billing",
    ];
    for (const path of [...pages, "/app/settings"]) {
      loaded.length = 0;
      const response = await page.goto(path, { waitUntil: "load" });
      const inline = [...(await response!.text()).matchAll(/<script[^>]*>([^<]+)<\/script>/g)].map(([, code]) => code);
      const sizes = [...await Promise.all(loaded), ...inline.map(compressed)];
      const total = sizes.reduce((sum, size) => sum + size, 0);
      assert.ok(total <= BUDGET, `${path} needs ${total} bytes`);
      assert.equal(total > 0, path !== "/app/settings", `${path} needs ${total} bytes`);
    }
    await context.close();
  });
});

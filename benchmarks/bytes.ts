import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findPortBase } from "../sandbox/ports.ts";
import { startOwnStack } from "../tests/support/stack.ts";
import { newCustomer } from "./customer.ts";
import type { Bench, Measurement } from "./measure.ts";

const STATIC_PAGES = ["/", "/pricing", "/sign-up", "/log-in", "/forgot-password"];
const KB = 1024;

/** All script a browser fetches or finds inline on a page, compressed. */
const bytes: Bench = {
  name: "bytes",
  title: "JavaScript per page",
  method:
    "Every script response Chromium receives while loading the page, and every inline script, each compressed with " +
    "gzip -9. Pages without anything interactive must ship none.",
  async run(log) {
    const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
    const browser = await chromium.launch({
      executablePath: Deno.env.get("KREDO_CHROMIUM") ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    try {
      const { web } = stack.info;
      const customer = await newCustomer(stack.info);
      const job = await customer.call<{ id: string }>("POST", "/api/jobs", {
        model: "seedream-4-5",
        input: { prompt: "a lighthouse at sunset [slow:20]" },
      });
      const signedIn = ["/app", "/app/create", "/app/jobs", `/app/jobs/${job.id}`, "/app/credits", "/app/billing"];
      const measurements: Measurement[] = [];
      for (const path of [...STATIC_PAGES, ...signedIn]) {
        const context = await browser.newContext();
        if (path.startsWith("/app")) {
          await context.addCookies(
            customer.cookie.split("; ").map((pair) => {
              const [name, ...value] = pair.split("=");
              return { name, value: value.join("="), url: web };
            }),
          );
        }
        const size = await scriptBytes(context, web + path);
        await context.close();
        const name = path.replace(job.id, "{id}");
        log(`${name} ${(size / KB).toFixed(1)} KB`);
        measurements.push({
          metric: `\`${name}\``,
          value: size / KB,
          unit: "KB gzip",
          peer: null,
          ratio: null,
          spread: 0,
          target: { of: "value", is: "at most", limit: STATIC_PAGES.includes(path) ? 0 : 12 },
        });
      }
      return measurements;
    } finally {
      await browser.close();
      await stack.stop();
    }
  },
};

export default bytes;

async function scriptBytes(
  context: Awaited<ReturnType<Awaited<ReturnType<typeof chromium.launch>>["newContext"]>>,
  url: string,
): Promise<number> {
  const page = await context.newPage();
  const bodies: Promise<Uint8Array>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") bodies.push(response.body());
  });
  const answer = await page.goto(url, { waitUntil: "load" });
  if (answer?.status() !== 200) throw new Error(`${url} answered ${answer?.status()}`);
  // Modules that scripts import once they run.
  await page.waitForTimeout(700);
  const inline = await page.evaluate(() =>
    [...document.scripts].filter((script) => !script.src && script.type !== "application/ld+json")
      .map((script) => script.textContent ?? "")
  );
  const all = [...await Promise.all(bodies), ...inline.map((script) => new TextEncoder().encode(script))];
  return all.filter((body) => body.length > 0).reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
}

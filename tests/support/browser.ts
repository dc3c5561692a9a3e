import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";

/** Debian's, or the one that KREDO_CHROMIUM names. The flags keep it from looking for the network. */
const EXECUTABLE = Deno.env.get("KREDO_CHROMIUM") ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

export interface Visit {
  width?: 375 | 1440;
  theme?: "light" | "dark";
  javaScript?: boolean;
}

/** Somebody with a browser of their own: no cookie of anybody else's. */
export async function newVisitor(
  browser: Browser,
  origin: string,
  { width = 1440, theme = "light", javaScript = true }: Visit = {},
): Promise<{ page: Page; context: BrowserContext; errors: string[] }> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: width === 375 ? 812 : 900 },
    colorScheme: theme,
    javaScriptEnabled: javaScript,
    timezoneId: "Europe/Warsaw",
  });
  const page = await context.newPage();
  // As long as `until` has: a machine that stands still for a while is no failure.
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  // What the content policy refuses is reported here and nowhere else.
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
  });
  return { page, context, errors };
}

/** Clicks what leads to another page, and waits until that page is there: a click alone does not. */
export async function follow(page: Page, target: Locator): Promise<void> {
  const arrived = page.waitForEvent("framenavigated");
  await target.click();
  await arrived;
  await page.waitForLoadState();
}

/** No serious or critical finding of axe, and nothing that sticks out sideways. */
export async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    [],
    `axe on ${page.url()}`,
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${page.url()} is ${overflow} px wider than the window`);
}

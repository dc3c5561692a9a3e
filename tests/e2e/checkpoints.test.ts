import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { localePath, LOCALES, messages } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser, newVisitor } from "../support/browser.ts";
import { inDatabase } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { ask } from "../support/web.ts";

const { web } = await stack();
let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  const [{ number }] = await inDatabase((sql) => sql`select private.take_checkpoint(true) as number`);
  await until(async () => {
    const { body } = await ask("/api/credits/checkpoints?limit=1");
    return body.checkpoints[0]?.number >= number;
  }, "the signature");
});
after(() => browser.close());

describe("the page of checkpoints", () => {
  for (const locale of LOCALES) {
    for (const { width, theme } of [{ width: 375, theme: "dark" }, { width: 1440, theme: "light" }] as const) {
      it(`opens one by keyboard, without JavaScript, to all that is signed (${locale}, ${width} px, ${theme})`, async () => {
        const [newest] = (await ask("/api/credits/checkpoints?limit=1")).body.checkpoints;
        const { page, context, errors } = await newVisitor(browser, web, { width, theme, javaScript: false });
        await page.goto(localePath(locale, "/checkpoints"));
        const root = page.getByText(newest.root, { exact: true });
        assert.equal(await root.isVisible(), false);
        await page.locator("summary").first().press("Enter");
        assert.ok(await root.isVisible());
        assert.ok(await page.getByText(newest.signature, { exact: true }).isVisible());
        const download = page.getByRole("link", { name: messages(locale).checkpoints.check.keep.link });
        assert.ok(await download.isVisible());
        assert.deepEqual(errors, []);
        await context.close();
      });

      it(`is accessible with one of them open, and no wider than the screen (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context } = await newVisitor(browser, web, { width, theme });
        await page.goto(localePath(locale, "/checkpoints"));
        await page.locator("summary").first().click();
        await assertAccessible(page);
        await context.close();
      });
    }
  }
});

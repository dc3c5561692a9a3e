import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, formatCredits, formatMoney, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow as followTo, launchBrowser, newVisitor } from "../support/browser.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const balance = (page: Page) => page.locator("[data-balance]:visible").first().textContent();

describe("from the landing page to a paid, made and accounted picture", () => {
  for (const locale of LOCALES) {
    // Each width and each theme once.
    const visit = locale === "en" ? { width: 1440, theme: "light" } as const : { width: 375, theme: "dark" } as const;

    it(`works (${locale}, ${visit.width} px, ${visit.theme})`, async () => {
      const { app: t, marketing, nav, navShort, units, auth, balance: common } = messages(locale);
      const to = (path: string) => localePath(locale, path);
      const { page, context, errors } = await newVisitor(browser, web, visit);
      // The phone's bar has short names.
      const names = visit.width === 375 ? navShort : nav;
      const follow = (name: keyof typeof navShort) =>
        followTo(
          page,
          page.getByRole("navigation", { name: nav.studio }).getByRole("link", { name: names[name], exact: true }),
        );

      await page.goto(to("/"));
      await page.locator("main").getByRole("link", { name: marketing.hero.start }).first().click();
      await page.locator("main [name=email]").fill(`e2e-${crypto.randomUUID()}@kredo.test`);
      await page.locator("main [name=password]:visible").fill("four unrelated quiet words");
      await page.locator("main form button[type=submit]").first().click();

      await page.waitForURL(web + to("/app"));
      assert.equal(await page.locator("h1").textContent(), t.dashboard.first.title);
      assert.equal(await balance(page), "10");
      await assertAccessible(page);

      await follow("billing");
      await assertAccessible(page);
      await page.getByRole("button", { name: fill(t.billing.buy, { price: formatMoney(9_00, locale) }) }).click();
      await page.locator("button[value=paid]").click();
      await page.waitForURL(`**${to("/app/billing/success")}?session_id=**`);
      await page.getByRole("heading", { name: plural(t.checkout.paid.title, 10, locale) }).waitFor();
      assert.equal(await balance(page), "20", "the frame's balance follows");
      await assertAccessible(page);

      await page.getByRole("link", { name: t.checkout.paid.create }).click();
      await page.getByLabel(t.create.prompt).fill("A lighthouse at sunset, calm sea [slow:6]");
      await page.locator("[name=num_outputs][value='2']").check({ force: true });
      const price = page.locator("form [aria-live]");
      await price.getByText(formatCredits(2, locale), { exact: true }).waitFor();
      await price.getByText(fill(t.create.price.after, { credits: formatCredits(18, locale) })).waitFor();
      await assertAccessible(page);
      await page.getByRole("button", { name: t.create.submit, exact: true }).click();

      await page.waitForURL(/\/app\/jobs\/[0-9a-f-]{36}$/);
      await page.evaluate(() => document.body.dataset.stayed = "yes");
      const held = fill(t.job.costs.reserved, { credits: formatCredits(2, locale) });
      await page.locator("[data-cost]").getByText(held, { exact: true }).waitFor();
      await assertAccessible(page);
      await page.getByText(t.job.status.succeeded, { exact: true }).waitFor();
      const pictures = page.locator("#job img");
      assert.equal(await pictures.count(), 2);
      assert.ok(
        await pictures.first().evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth > 100)),
      );
      assert.equal(await page.evaluate(() => document.body.dataset.stayed), "yes", "the page was not reloaded");
      assert.equal(
        await page.locator("[role=status]", { hasText: plural(t.job.announce.succeeded, 2, locale) }).count(),
        1,
        "announced to a screen reader",
      );
      assert.equal(
        await page.locator("[data-cost]").textContent(),
        fill(t.job.costs.charged, { credits: formatCredits(2, locale) }),
      );
      assert.equal(await balance(page), "18");
      assert.equal(
        await page.locator("[data-balances]").getByText(fill(common.held, { n: 2 })).count(),
        0,
        "nothing is held any more",
      );
      await assertAccessible(page);

      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: fill(t.job.downloadNth, { n: 1 }) }).click(),
      ]);
      const bytes = await readFile(await download.path());
      assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47], "a PNG");

      await follow("credits");
      const rows = page.getByRole("row").filter({ has: page.getByRole("cell") });
      const made = fill(t.credits.kinds.settle, { made: plural(units.pictures, 2, locale), model: "Seedream 4.5" });
      const bought = fill(t.credits.kinds.topup, { credits: formatCredits(10, locale) });
      const lines = [[made, "−2", "18"], [bought, "+10", "20"], [t.credits.kinds.signup, "+10", "10"]];
      assert.equal(await rows.count(), lines.length);
      for (const [i, line] of lines.entries()) {
        const text = await rows.nth(i).textContent();
        for (const part of line) assert.ok(text!.includes(part), `${part} in ${text}`);
      }
      await assertAccessible(page);
      await page.getByRole("link", { name: made }).click();
      await page.waitForURL("**/app/credits/3");
      await page.getByText(t.entry.unchanged).waitFor();
      await assertAccessible(page);
      await page.getByRole("link", { name: t.entry.job }).click();
      await page.waitForURL(/\/app\/jobs\/[0-9a-f-]{36}$/);

      await follow("history");
      await page.getByRole("link", { name: /A lighthouse at sunset/ }).waitFor();
      await assertAccessible(page);
      await follow("dashboard");
      await page.getByRole("heading", { name: t.dashboard.latest }).waitFor();
      await assertAccessible(page);

      if (visit.width === 375) await page.locator("summary", { has: page.getByLabel(nav.account) }).click();
      await page.getByRole("button", { name: nav.logOut }).click();
      await page.getByText(auth.logIn.signedOut).waitFor();
      await page.goto(to("/app"));
      assert.ok(page.url().startsWith(`${web}${to("/log-in")}?next=`), page.url());
      assert.deepEqual(errors, []);
      await context.close();
    });
  }
});

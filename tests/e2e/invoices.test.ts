import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { fill, formatAmount, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, type Visit } from "../support/browser.ts";
import { newCustomer } from "../support/customer.ts";
import { invoiceScene } from "../support/invoice-facts.ts";
import { textOfPages } from "../support/pdf-text.ts";
import { stack } from "../support/stack.ts";

const { web, dbAdmin } = await stack();
const sql = postgres(dbAdmin, { max: 1, onnotice: () => {} });
const { invoice } = invoiceScene(sql);

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await sql.end();
});

/** Somebody with an invoice in every state, and one that is hard to set. */
async function oldCustomer(visit?: Visit) {
  const customer = await newCustomer(browser, web, visit);
  const [{ id }] = await sql`select id from public.profiles where email = ${customer.email}`;
  const open = await invoice(id, { status: "open", number: "KREDO-0006", issued: "2026-11-26T10:00:00Z" });
  const refunded = await invoice(id, { number: "KREDO-0005", refunded: 1200, issued: "2026-10-26T10:00:00Z" });
  const dispute = { id: "dp_1", amount: 3567, status: "needs_response" };
  await invoice(id, { number: "KREDO-0004", disputes: [dispute], issued: "2026-09-26T10:00:00Z" });
  await invoice(id, { status: "void", number: "KREDO-0003", issued: "2026-08-26T10:00:00Z" });
  await invoice(id, { status: "uncollectible", number: "KREDO-0002", issued: "2026-07-26T10:00:00Z" });
  await invoice(id, {
    number: `KREDO-${"9".repeat(40)}`,
    lines: Array.from({ length: 40 }, (_, n) => ({ description: `${n}: ${"Żółć".repeat(20)}`, amount: 999_900 })),
    tax: 9_198_080,
    issued: "2026-06-26T10:00:00Z",
  });
  return { ...customer, id, open, refunded };
}

const row = (page: Page, id: string) => page.locator("tr", { has: page.locator(`[id="${id}"]`) });

describe("the page of invoices", () => {
  for (const locale of LOCALES) {
    const { invoices: t } = messages(locale);
    const to = (path: string) => localePath(locale, path);

    for (const { width, theme } of [{ width: 375, theme: "dark" }, { width: 1440, theme: "light" }] as const) {
      it(`is accessible and whole, with invoices in every state and without any (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors, open, refunded } = await oldCustomer({ width, theme });
        await page.goto(to("/app/billing/invoices"));
        assert.equal(await page.locator("h1").innerText(), t.title);
        await assertAccessible(page);
        for (const state of Object.values(t.states)) {
          assert.ok(await page.getByText(state, { exact: true }).filter({ visible: true }).count() > 0, state);
        }
        const seen = async (id: string, text: string) =>
          assert.ok(await row(page, id).getByText(text).filter({ visible: true }).count() === 1, text);
        await seen(refunded, fill(t.refunded, { amount: formatAmount(1200, "usd", locale) }));
        await seen(open, fill(t.pay, { amount: formatAmount(3567, "usd", locale) }));
        const frame = page.getByRole("group", { name: t.caption });
        assert.equal(await frame.evaluate((each) => each.scrollWidth - each.clientWidth), 0, "nothing to scroll for");

        const empty = await newCustomer(browser, web, { width, theme });
        await empty.page.goto(to("/app/billing/invoices"));
        assert.ok(await empty.page.getByText(t.empty.title).isVisible());
        await assertAccessible(empty.page);
        assert.deepEqual([...errors, ...empty.errors], []);
        await Promise.all([context.close(), empty.context.close()]);
      });
    }

    it(`gives the PDF of each, in the language of the page (${locale})`, async () => {
      const { page, context } = await oldCustomer({ javaScript: false });
      await page.goto(to("/app/billing/invoices"));
      const link = page.getByRole("link", { name: fill(t.pdfLabel, { number: "KREDO-0005" }) });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assert.equal(download.suggestedFilename(), "kredo-invoice-KREDO-0005.pdf");
      const [text] = textOfPages(new Uint8Array(await readFile(await download.path())));
      assert.ok(text.includes(fill(t.document.title, { number: "KREDO-0005" })));
      await context.close();
    });
  }

  it("shows twenty at a time, and is one step from the billing page", async () => {
    const { page, context, id } = await oldCustomer();
    for (let n = 0; n < 15; n++) await invoice(id, { issued: `2025-01-${10 + n}T00:00:00Z` });
    await page.goto("/app/billing");
    await follow(page, page.getByRole("link", { name: messages("en").invoices.link, exact: true }));
    assert.equal(new URL(page.url()).pathname, "/app/billing/invoices");
    assert.equal(await page.locator("tbody tr").count(), 20);
    await follow(page, page.getByRole("link", { name: messages("en").pages.older }));
    assert.equal(await page.locator("tbody tr").count(), 1);
    await follow(page, page.getByRole("link", { name: messages("en").pages.newer }));
    assert.equal(await page.locator("tbody tr").count(), 20);
    await context.close();
  });
});

describe("the page about the API of billing", () => {
  for (const locale of LOCALES) {
    for (const { width, theme } of [{ width: 375, theme: "dark" }, { width: 1440, theme: "light" }] as const) {
      it(`is accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors } = await newCustomer(browser, web, { width, theme });
        await page.goto(localePath(locale, "/docs/billing"));
        assert.equal(await page.locator("h1").innerText(), messages(locale).docs.billing.title);
        await assertAccessible(page);
        assert.deepEqual(errors, []);
        await context.close();
      });
    }
  }
});

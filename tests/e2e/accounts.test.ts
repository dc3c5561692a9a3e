import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { fillIn, PASSWORD, signUp, someone } from "../support/account-forms.ts";
import { assertAccessible, follow, launchBrowser, newVisitor } from "../support/browser.ts";
import { mailedLink, mailsTo } from "../support/mail.ts";
import { stack } from "../support/stack.ts";

const { web, console: sandbox, users } = await stack();

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const path = (page: Page) => page.url().slice(web.length);

describe("signing up", () => {
  for (const locale of LOCALES) {
    it(`leads to the studio, and the mailed link confirms the address (${locale})`, async () => {
      const { page, context, errors } = await newVisitor(browser, web);
      const email = await signUp(page, locale);
      const banner = page.getByText(fill(messages(locale).app.banners.confirm.text, { email }));
      assert.ok(await banner.isVisible(), "asked to confirm");

      const link = await mailedLink(sandbox, email, "email");
      assert.ok(link.startsWith(web + localePath(locale, "/auth/confirm")), link);
      await page.goto(link);
      assert.ok(path(page).startsWith(localePath(locale, "/app")), page.url());
      assert.equal(await banner.count(), 0, "confirmed");
      await page.getByText(fill(messages(locale).app.banners.confirm.done, { email })).waitFor();

      await page.goto(link);
      assert.equal(await page.locator("h1").textContent(), messages(locale).auth.confirm.failed, "works once");
      assert.deepEqual(errors, []);
      await context.close();
    });
  }

  it("says what is wrong beside each field, keeps what was typed and puts the summary first", async () => {
    const { page, context } = await newVisitor(browser, web, { javaScript: false });
    await page.goto("/pl/sign-up");
    await fillIn(page, { email: "to nie adres", password: "krótkie" });
    const t = messages("pl").auth;
    const email = page.locator("[name=email]");
    assert.equal(await email.inputValue(), "to nie adres");
    assert.equal(await page.locator("[name=password]").inputValue(), "");
    assert.equal(await email.getAttribute("aria-invalid"), "true");
    const note = await email.getAttribute("aria-describedby");
    assert.equal(await page.locator(`#${note}`).textContent(), t.fields.email);
    assert.ok(await page.getByText(t.fields.password).isVisible());
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")).catch(() => "alert"), "alert");
    await assertAccessibleWithScripts(page.url(), { email: "to nie adres", password: "krótkie" });
    await context.close();
  });

  it("points somebody who already has an account to the log-in", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/sign-up?next=%2Fapp%2Fbilling");
    await fillIn(page, { email: users.customer.email, password: PASSWORD });
    assert.ok(await page.getByText(messages("en").auth.signUp.exists).isVisible());
    const alert = page.getByRole("alert");
    await follow(page, alert.getByRole("link", { name: messages("en").auth.signUp.otherLink }));
    assert.equal(path(page), "/log-in?next=%2Fapp%2Fbilling");
    await context.close();
  });
});

/** axe needs scripts, so the same refusal is looked at once more in a browser that has them. */
async function assertAccessibleWithScripts(url: string, fields: { email: string; password: string }): Promise<void> {
  const { page, context } = await newVisitor(browser, web, { width: 375 });
  await page.goto(url);
  await fillIn(page, fields);
  await page.locator("[role=alert]:focus").waitFor();
  await assertAccessible(page);
  await context.close();
}

describe("logging in", () => {
  it("says the same of a wrong password and of an unknown address, and keeps the address", async () => {
    const { page, context } = await newVisitor(browser, web);
    const texts = [];
    for (const email of [users.customer.email, someone()]) {
      await page.goto("/log-in");
      await fillIn(page, { email, password: "not the password" });
      assert.equal(await page.locator("[name=email]").inputValue(), email);
      texts.push(await page.getByRole("alert").textContent());
    }
    assert.ok(texts[0]!.includes(messages("en").auth.logIn.wrong));
    assert.equal(texts[0], texts[1]);
    await context.close();
  });

  it("returns to the page that asked for it", async () => {
    const { page, context } = await newVisitor(browser, web, { javaScript: false });
    await page.goto("/pl/app/credits?limit=5");
    assert.ok(path(page).startsWith("/pl/log-in?next="), page.url());
    await fillIn(page, users.customer);
    assert.equal(path(page), "/pl/app/credits?limit=5");
    await context.close();
  });

  for (
    const next of [
      "//evil.example",
      "https://evil.example/app",
      "/\\evil.example",
      "/%2fevil.example",
      "javascript:alert(1)",
    ]
  ) {
    it(`never leaves the site (next=${next})`, async () => {
      const { page, context } = await newVisitor(browser, web);
      await page.goto(`/log-in?next=${encodeURIComponent(next)}`);
      await fillIn(page, users.customer);
      assert.equal(path(page), "/app");
      await context.close();
    });
  }

  it("ends with log-out, which takes the session along", async () => {
    const { page, context } = await newVisitor(browser, web, { javaScript: false });
    await page.goto("/log-in");
    await fillIn(page, users.customer);
    const cookies = await context.cookies();
    await follow(page, page.getByRole("button", { name: messages("en").nav.logOut }).first());
    assert.ok(await page.getByText(messages("en").auth.logIn.signedOut).isVisible());
    await page.goto("/app");
    assert.ok(path(page).startsWith("/log-in?next="), page.url());
    assert.ok(cookies.some(({ name }) => name.includes("kredo-session")));
    assert.ok(!(await context.cookies()).some(({ name }) => name.includes("kredo-session")));
    await context.close();
  });
});

describe("a forgotten password", () => {
  it("is replaced through the mailed link, and the old one no longer works", async () => {
    const owner = await newVisitor(browser, web);
    const email = await signUp(owner.page);

    const { page, context } = await newVisitor(browser, web);
    await page.goto("/log-in");
    await follow(page, page.getByRole("link", { name: messages("en").auth.logIn.forgot }));
    await fillIn(page, { email });
    assert.ok(await page.getByText(messages("en").auth.forgot.sent).isVisible());

    await page.goto(await mailedLink(sandbox, email, "recovery"));
    assert.equal(path(page), "/new-password");
    await assertAccessible(page);
    await fillIn(page, { password: "short" });
    assert.ok(await page.getByText(messages("en").auth.fields.password).isVisible());
    await fillIn(page, { password: "an entirely new sentence" });
    assert.equal(await page.locator("h1").textContent(), messages("en").auth.reset.done);
    await context.close();

    const { page: later, context: laterContext } = await newVisitor(browser, web);
    await later.goto("/log-in");
    await fillIn(later, { email, password: PASSWORD });
    assert.ok(await later.getByText(messages("en").auth.logIn.wrong).isVisible());
    await fillIn(later, { email, password: "an entirely new sentence" });
    assert.equal(path(later), "/app");
    await laterContext.close();
    await owner.context.close();
  });

  it("is answered alike for an address without an account, which gets no mail", async () => {
    const { page, context } = await newVisitor(browser, web, { javaScript: false });
    const email = someone();
    await page.goto("/forgot-password");
    await fillIn(page, { email });
    assert.ok(await page.getByText(messages("en").auth.forgot.sent).isVisible());
    assert.deepEqual(await mailsTo(sandbox, email), []);
    await context.close();
  });

  it("offers a new link where the old one was used", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/pl/auth/confirm?token_hash=used&type=recovery");
    await follow(page, page.getByRole("link", { name: messages("pl").auth.confirm.sendAgain }));
    assert.equal(path(page), "/pl/forgot-password");
    await context.close();
  });
});

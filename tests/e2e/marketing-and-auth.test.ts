import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { fill, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser, newVisitor } from "../support/browser.ts";
import { mailedLink, mailsTo } from "../support/mail.ts";
import { stack } from "../support/stack.ts";

const { web, console: sandbox, users } = await stack();

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const someone = () => `e2e-${crypto.randomUUID()}@kredo.test`;
const PASSWORD = "four unrelated quiet words";

async function fillIn(page: Page, fields: { email?: string; password?: string }): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name=${name}]:visible`).fill(value);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForLoadState();
}

async function signUp(page: Page, locale: "en" | "pl" = "en"): Promise<string> {
  const email = someone();
  await page.goto(localePath(locale, "/sign-up"));
  await fillIn(page, { email, password: PASSWORD });
  await page.waitForURL(web + localePath(locale, "/app"));
  return email;
}

const path = (page: Page) => page.url().slice(web.length);

describe("public pages", () => {
  const pages = [
    "/",
    "/pricing",
    "/sign-up",
    "/log-in",
    "/forgot-password",
    "/new-password",
    "/auth/confirm?token_hash=x&type=email",
  ];

  for (const locale of LOCALES) {
    // Each width and each theme once: what one of them breaks, the other does not mend.
    for (const { width, theme } of [{ width: 375, theme: "light" }, { width: 1440, theme: "dark" }] as const) {
      it(`are accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors } = await newVisitor(browser, web, { width, theme });
        for (const address of pages) {
          await page.goto(localePath(locale, address));
          assert.equal(await page.locator("html").getAttribute("lang"), locale);
          assert.equal(await page.locator("h1").count(), 1, address);
          await assertAccessible(page);
        }
        assert.deepEqual(errors, []);
        await context.close();
      });
    }
  }

  it("ship no JavaScript", async () => {
    const { page, context } = await newVisitor(browser, web);
    const scripts: string[] = [];
    page.on("request", (request) => request.resourceType() === "script" && scripts.push(request.url()));
    for (const address of ["/", "/pricing", "/log-in"]) {
      await page.goto(address);
      assert.equal(await page.locator("script").count(), 0, address);
    }
    assert.deepEqual(scripts, []);
    await context.close();
  });

  it("name their other language and their address for search engines", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/pl/pricing");
    assert.equal(await page.locator("link[rel=canonical]").getAttribute("href"), `${web}/pl/pricing`);
    assert.equal(await page.locator("link[hreflang=en]").getAttribute("href"), `${web}/pricing`);
    assert.equal(await page.locator("link[hreflang=x-default]").getAttribute("href"), `${web}/pricing`);
    assert.ok((await page.locator("meta[name=description]").getAttribute("content"))!.length > 50);
    await context.close();
  });

  it("change language and stay on the page, query included", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/log-in?next=%2Fapp%2Fcredits");
    await page.getByRole("link", { name: "Polski" }).click();
    assert.equal(path(page), "/pl/log-in?next=%2Fapp%2Fcredits");
    await page.getByRole("link", { name: "English" }).click();
    assert.equal(path(page), "/log-in?next=%2Fapp%2Fcredits");
    await context.close();
  });

  it("remember light or dark, and forget it again", async () => {
    const { page, context } = await newVisitor(browser, web, { theme: "light", javaScript: false });
    const background = () => page.locator("html").getAttribute("data-theme");
    await page.goto("/pl/pricing");
    await page.getByRole("button", { name: messages("pl").theme.dark }).click();
    assert.equal(path(page), "/pl/pricing");
    assert.equal(await background(), "dark");
    await page.goto("/");
    assert.equal(await background(), "dark");
    await page.getByRole("button", { name: messages("en").theme.system }).click();
    assert.equal(await background(), null);
    await context.close();
  });

  it("show prices from the catalogue", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/pricing");
    for (const price of ["$9", "$39", "$139"]) {
      assert.ok(await page.getByText(price, { exact: true }).isVisible(), price);
    }
    assert.ok(await page.getByRole("rowheader", { name: "Seedream 4.5" }).isVisible());
    await context.close();
  });

  it("offer the studio to somebody who is signed in", async () => {
    const { page, context } = await newVisitor(browser, web);
    await signUp(page);
    await page.goto("/pricing");
    assert.equal(await page.getByRole("link", { name: messages("en").nav.logIn }).count(), 0);
    await page.getByRole("banner").getByRole("link", { name: messages("en").nav.openStudio }).click();
    assert.equal(path(page), "/app");
    await context.close();
  });
});

describe("an address that is no page", () => {
  for (const locale of LOCALES) {
    it(`answers 404 with what to do, in the language of the address (${locale})`, async () => {
      const { page, context } = await newVisitor(browser, web, { width: 375 });
      const response = await page.goto(localePath(locale, "/nothing/here"));
      assert.equal(response!.status(), 404);
      assert.ok(response!.headers()["content-security-policy"].includes("frame-ancestors 'none'"));
      const { errors: t } = messages(locale);
      assert.equal(await page.locator("h1").textContent(), t.pages.notFound.title);
      const id = response!.headers()["x-request-id"];
      assert.ok((await page.locator("main").textContent())!.includes(id), "the request number is on the page");
      await assertAccessible(page);
      await page.getByRole("link", { name: t.home }).click();
      assert.equal(path(page), localePath(locale, "/"));
      await context.close();
    });
  }

  it("answers 405 and the methods that work where a page takes no such request", async () => {
    const response = await fetch(`${web}/log-out`);
    const body = await response.text();
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "POST");
    assert.ok(body.includes(messages("en").errors.pages.method.title));
  });

  it("answers 403 to a form that another site sends", async () => {
    const response = await fetch(`${web}/pl/log-in`, {
      method: "POST",
      headers: { origin: "https://evil.example", "content-type": "application/x-www-form-urlencoded" },
      body: "email=a%40b.pl&password=12345678",
    });
    assert.equal(response.status, 403);
    assert.ok((await response.text()).includes(messages("pl").errors.pages.refused.title));
  });
});

describe("signing up", () => {
  for (const locale of LOCALES) {
    it(`leads to the first picture, and the mailed link confirms the address (${locale})`, async () => {
      const { page, context, errors } = await newVisitor(browser, web);
      const email = await signUp(page, locale);
      const banner = page.getByText(fill(messages(locale).app.banners.confirm.text, { email }));
      assert.ok(await banner.isVisible(), "asked to confirm");

      const link = await mailedLink(sandbox, email, "email");
      assert.ok(link.startsWith(web + localePath(locale, "/auth/confirm")), link);
      await page.goto(link);
      assert.ok(path(page).startsWith(localePath(locale, "/app")), page.url());
      assert.equal(await banner.count(), 0, "confirmed");

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
    await alert.getByRole("link", { name: messages("en").auth.signUp.otherLink }).click();
    assert.equal(path(page), "/log-in?next=%2Fapp%2Fbilling");
    await context.close();
  });
});

/** axe needs scripts, so the same refusal is looked at once more in a browser that has them. */
async function assertAccessibleWithScripts(url: string, fields: { email: string; password: string }): Promise<void> {
  const { page, context } = await newVisitor(browser, web, { width: 375 });
  await page.goto(url);
  await fillIn(page, fields);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "alert");
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
    await page.getByRole("button", { name: messages("en").nav.logOut }).first().click();
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
    await page.getByRole("link", { name: messages("en").auth.logIn.forgot }).click();
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
    await page.getByRole("link", { name: messages("pl").auth.confirm.sendAgain }).click();
    assert.equal(path(page), "/pl/forgot-password");
    await context.close();
  });
});

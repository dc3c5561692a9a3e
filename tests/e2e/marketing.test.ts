import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { localePath, LOCALES, messages } from "../../locales/mod.ts";
import { signUp } from "../support/account-forms.ts";
import { assertAccessible, follow, launchBrowser, newVisitor } from "../support/browser.ts";
import { stack } from "../support/stack.ts";

const { web } = await stack();

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const path = (page: Page) => page.url().slice(web.length);

describe("public pages", () => {
  const pages = [
    "/",
    "/pricing",
    "/docs/credits",
    "/docs/errors",
    "/checkpoints",
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
    for (const address of ["/", "/pricing", "/checkpoints", "/log-in"]) {
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
    await follow(page, page.getByRole("link", { name: "Polski" }));
    assert.equal(path(page), "/pl/log-in?next=%2Fapp%2Fcredits");
    await follow(page, page.getByRole("link", { name: "English" }));
    assert.equal(path(page), "/log-in?next=%2Fapp%2Fcredits");
    await context.close();
  });

  it("remember light or dark, and forget it again", async () => {
    const { page, context } = await newVisitor(browser, web, { theme: "light", javaScript: false });
    const background = () => page.locator("html").getAttribute("data-theme");
    await page.goto("/pl/pricing");
    await follow(page, page.getByRole("button", { name: messages("pl").theme.dark }));
    assert.equal(path(page), "/pl/pricing");
    assert.equal(await background(), "dark");
    await page.goto("/");
    assert.equal(await background(), "dark");
    await follow(page, page.getByRole("button", { name: messages("en").theme.system }));
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
    await follow(page, page.getByRole("banner").getByRole("link", { name: messages("en").nav.openStudio }));
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
      await follow(page, page.getByRole("link", { name: t.home }));
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

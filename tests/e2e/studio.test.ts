import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import postgres from "postgres";
import { fill, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser, newVisitor } from "../support/browser.ts";
import { jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { mailsTo } from "../support/mail.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web, db, console: sandbox } = await stack();
const { app: t, pages } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe("the studio", () => {
  const paths = [
    "/app",
    "/app/create",
    "/app/jobs",
    "/app/jobs?status=failed",
    "/app/credits",
    "/app/credits/grants",
    "/app/credits/1",
    "/app/billing",
    "/app/billing/cancel",
    "/app/settings",
  ];

  for (const locale of LOCALES) {
    for (const { width, theme } of [{ width: 375, theme: "light" }, { width: 1440, theme: "dark" }] as const) {
      it(`of a new account is accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors } = await newCustomer(browser, web, { width, theme });
        for (const path of paths) {
          await page.goto(localePath(locale, path));
          assert.equal(await page.locator("h1").count(), 1, path);
          await assertAccessible(page);
        }
        assert.deepEqual(errors, []);
        await context.close();
      });
    }
  }

  it("is behind the log-in, which leads back", async () => {
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/pl/app/jobs?status=failed");
    assert.equal(page.url(), `${web}/pl/log-in?next=${encodeURIComponent("/pl/app/jobs?status=failed")}`);
    const sent = await context.request.post("/app/create", { form: { prompt: "x" }, maxRedirects: 0 });
    assert.deepEqual([sent.status(), sent.headers().location], [303, "/log-in?next=%2Fapp%2Fcreate"]);
    await context.close();
  });

  it("pages through the history, forth and back, and filters it", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    const ids: string[] = [];
    // What fails is free, so thirteen fit into ten credits.
    for (let n = 1; n <= 13; n++) {
      const { id } = await orderJob(customer, { prompt: `Number ${n} [nsfw]` });
      await jobIn(customer, id, "failed");
      ids.push(id);
    }
    const shown = () =>
      page.locator("#work li a").evaluateAll((links: Element[]) =>
        links.map((link) => link.getAttribute("href")!.split("/").at(-1))
      );
    await page.goto("/app/jobs");
    assert.deepEqual(await shown(), ids.slice(1).reverse());
    await page.getByRole("link", { name: pages.older }).click();
    await page.waitForURL("**cursor=**");
    assert.deepEqual(await shown(), [ids[0]]);
    await page.getByRole("link", { name: pages.newer }).click();
    await page.getByRole("link", { name: pages.older }).waitFor();
    assert.deepEqual(await shown(), ids.slice(1).reverse());

    await page.getByRole("navigation", { name: t.jobs.filter }).getByText(t.jobs.filters.succeeded).click();
    await page.getByText(t.jobs.emptyFilter.title).waitFor();
    await context.close();
  });

  it("shows times in the visitor's zone, and in UTC without JavaScript", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/app/credits");
    const time = page.locator("main time:visible");
    const at = new Date((await time.getAttribute("datetime"))!);
    const clock = (timeZone: string) =>
      at.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    await page.locator("main time:visible:not([data-clock])").waitFor();
    assert.ok((await time.textContent())!.endsWith(clock("Europe/Warsaw")));
    await context.close();

    const still = await newCustomer(browser, web, { javaScript: false });
    await still.page.goto("/app/credits");
    assert.match((await still.page.locator("main time:visible").textContent())!, /UTC$/);
    await still.context.close();
  });

  it("sends the confirmation again when asked, and says so", async () => {
    const { page, context, email } = await newCustomer(browser, web);
    await page.goto("/app/credits");
    await page.getByRole("button", { name: t.banners.confirm.again }).click();
    await page.getByText(fill(t.banners.confirm.sent, { email })).waitFor();
    assert.equal(new URL(page.url()).pathname, "/app/credits");
    await until(async () => (await mailsTo(sandbox, email)).length === 2 ? true : null);
    await context.close();
  });

  it("keeps a name and a language, and goes on in that language", async () => {
    const { page, context } = await newCustomer(browser, web, { javaScript: false });
    await page.goto("/app/settings");
    await page.getByLabel(t.settings.name).fill("Zoë");
    await page.getByRole("combobox", { name: t.settings.language }).selectOption("pl");
    await page.getByRole("button", { name: t.settings.save }).click();
    const polish = messages("pl").app;
    await page.getByText(polish.settings.saved, { exact: true }).waitFor();
    assert.equal(await page.getByLabel(polish.settings.name).inputValue(), "Zoë");
    await context.close();
  });

  it("tells a suspended person and one in debt what they can and cannot do", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, email } = customer;
    const sql = postgres(db, { max: 1 });
    await sql`update public.profiles set status = 'suspended' where email = ${email}`;
    await sql`
      select private.claw_back_credits(id, 17, 'refund', 'refund:studio', '{}', 'refund:studio')
      from public.profiles where email = ${email}`;
    await page.goto("/app/create");
    await page.getByText(t.banners.suspended.title).waitFor();
    await page.getByText(plural(t.banners.debt.title, 7, "en")).waitFor();
    assert.ok(await page.getByRole("button", { name: t.create.submit, exact: true }).isDisabled());
    await assertAccessible(page);
    await sql.end();
    await context.close();
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import postgres from "postgres";
import { fill, formatCredits, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, newVisitor, type Visit } from "../support/browser.ts";
import { type Customer, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { tamper } from "../support/operators.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web, dbAdmin } = await stack();
const { admin: t, nav, errors } = messages("en");
const sql = postgres(dbAdmin, { max: 2, onnotice: () => {} });

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await sql.end();
});

const idOf = async ({ email }: Customer): Promise<string> => {
  const [{ id }] = await sql`select id from public.profiles where email = ${email}`;
  return id;
};

async function newOperator(visit?: Visit): Promise<Customer> {
  const operator = await newCustomer(browser, web, visit);
  await sql`update public.profiles set role = 'operator' where email = ${operator.email}`;
  return operator;
}

/** Somebody whose second entry is the charge for a picture. */
async function newSpender(): Promise<{ customer: Customer; id: string; job: string }> {
  const customer = await newCustomer(browser, web);
  const { id: job } = await orderJob(customer, { prompt: "a ledger on a desk" });
  await jobIn(customer, job, "succeeded");
  return { customer, id: await idOf(customer), job };
}

/** Every check, to the end of its pass. */
const checkTheBooks = () => sql`select private.run_invariants(60)`;

const ready = async (): Promise<
  { status: number; checks: { ledger: { breaches: { account: string; seq: number }[] } } }
> => {
  const response = await fetch(`${web}/api/ready`);
  return { status: response.status, ...await response.json() };
};

describe("the operators' pages", () => {
  // Polish words are the longer ones, so they get the narrow screen.
  for (
    const { locale, width, theme } of [
      { locale: "en", width: 1440, theme: "dark" },
      { locale: "pl", width: 375, theme: "light" },
    ] as const
  ) {
    it(`are accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
      const { id } = await newSpender();
      const { page, context, errors: found, ...operator } = await newOperator({ width, theme });
      const large = { user: id, amount: 5_000, reason: `${"A reason as long as reasons get. ".repeat(15)}` };
      const pending = await operator.api("POST", "/api/ops/credits/adjust", large);
      const applied = await operator.api("POST", "/api/ops/credits/adjust", { ...large, amount: 5 });
      assert.deepEqual([pending.status, applied.status], [201, 201]);
      const asked =
        (await sql`select id from private.credit_adjustments where user_id = ${id} and state = 'pending'`)[0].id;
      for (
        const path of [
          "/admin/ledger",
          "/admin/ledger/accounts",
          `/admin/ledger/accounts?q=${id}`,
          "/admin/ledger/accounts?q=nobody-at-all",
          `/admin/ledger/accounts/${id}`,
          `/admin/ledger/accounts/${id}?around=2`,
          `/admin/ledger/accounts/${id}/1`,
          `/admin/ledger/accounts/${id}/2`,
          `/admin/ledger/accounts/${id}/3`,
          "/admin/ledger/adjustments",
          `/admin/ledger/adjustments?preview=1&user=${id}&amount=-500&reason=${"x".repeat(20)}`,
          `/admin/ledger/adjustments/${asked}`,
          "/admin/audit",
        ]
      ) {
        await page.goto(localePath(locale, path));
        assert.equal(await page.locator("h1").count(), 1, path);
        await assertAccessible(page);
      }
      assert.deepEqual(found, []);
      await context.close();
    });
  }

  it("are no pages at all for anybody else, and are not hinted at", async () => {
    const { customer, id } = await newSpender();
    const visitor = await newVisitor(browser, web);
    const nowhere = await customer.page.goto("/admin/nowhere");
    const title = await customer.page.locator("h1").textContent();
    assert.deepEqual([nowhere!.status(), title], [404, errors.pages.notFound.title]);
    for (const { page, context } of [customer, visitor]) {
      for (
        const path of [
          "/admin",
          "/admin/ledger",
          `/admin/ledger/accounts/${id}`,
          "/admin/ledger/adjustments",
          "/admin/audit",
        ]
      ) {
        for (const locale of LOCALES) {
          const answer = await page.goto(localePath(locale, path));
          assert.equal(answer!.status(), 404, path);
          assert.equal(await page.locator("h1").textContent(), messages(locale).errors.pages.notFound.title, path);
        }
      }
      const sent = await context.request.post("/admin/ledger/adjustments?send", {
        form: { user: id, amount: "5", reason: "Something for myself" },
        headers: { origin: web },
      });
      assert.equal(sent.status(), 404);
    }
    await customer.page.goto("/app");
    assert.equal(await customer.page.getByText(nav.operations).count(), 0);
    await Promise.all([customer.context.close(), visitor.context.close()]);
  });

  it("are one click from the studio's menu, on a phone too", async () => {
    for (const width of [375, 1440] as const) {
      const { page, context } = await newOperator({ width });
      await page.goto("/app");
      if (width === 375) await page.getByLabel(nav.account).click();
      await follow(page, page.getByRole("link", { name: nav.operations }).filter({ visible: true }));
      assert.equal(new URL(page.url()).pathname, "/admin/ledger");
      assert.equal(await page.locator("h1").textContent(), t.ledger.title);
      await context.close();
    }
  });
});

describe("an operator", () => {
  it("gets from the alert to the entry and to what is behind it by clicks alone", async () => {
    const { customer, id, job } = await newSpender();
    const { page, context } = await newOperator();
    const [{ cause }] = await sql`select cause from public.credit_entries where user_id = ${id} and seq = 2`;
    await tamper(sql, id, 2);
    try {
      await checkTheBooks();
      const alert = await ready();
      assert.equal(alert.status, 503);
      assert.ok(alert.checks.ledger.breaches.some(({ account, seq }) => account === id && seq === 2));

      await page.goto("/admin/ledger");
      await page.locator("[data-verdict=breaches]").waitFor();
      const breach = page.getByRole("listitem").filter({ hasText: customer.email });
      await breach.getByText(t.ledger.wrong.hash).waitFor();
      await follow(page, breach.getByRole("link", { name: fill(t.ledger.entry, { seq: 2 }) }));

      await page.locator("[data-proof=wrong]").waitFor();
      const [stored, computed] = await page.locator("[data-proof] dd").allTextContents().then((texts) =>
        texts.slice(1)
      );
      assert.notEqual(stored, computed);
      await page.getByText(job, { exact: true }).waitFor();
      await page.getByText("model:seedream-4-5", { exact: false }).first().waitFor();
      await assertAccessible(page);

      await follow(page, page.getByRole("link", { name: t.entry.list }));
      const row = page.getByRole("row").filter({ hasText: `job:${job}` });
      await row.getByText(t.ledger.wrong.hash).waitFor();
      await page.getByText(plural(t.account.chain.broken, 1, "en")).waitFor();
      await assertAccessible(page);
      await follow(page, row.getByRole("link", { name: "2" }));
      await follow(page, page.getByRole("link", { name: customer.email }).first());
      assert.equal(new URL(page.url()).pathname, `/admin/ledger/accounts/${id}`);
    } finally {
      await sql.unsafe(`
        do $$
        begin
          set local session_replication_role = replica;
          update public.credit_entries set cause = '${JSON.stringify(cause)}' where user_id = '${id}' and seq = 2;
        end
        $$`);
      await checkTheBooks();
    }
    // Mended: it moves on to those resolved last. (What other tests broke in the books they share is not looked at.)
    await page.goto("/admin/ledger");
    const card = (title: string) => page.locator("section").filter({ has: page.getByRole("heading", { name: title }) });
    await card(t.ledger.resolved).getByRole("listitem").filter({ hasText: customer.email }).waitFor();
    assert.equal(await card(t.ledger.open).getByText(customer.email).count(), 0);
    assert.ok((await ready()).checks.ledger.breaches.every(({ account }) => account !== id));
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("finds an account by what a customer can name: an address, a job", async () => {
    const { customer, id, job } = await newSpender();
    const { page, context } = await newOperator();
    await page.goto("/admin/ledger");
    await page.getByLabel(t.search.label).fill(customer.email.slice(0, 20));
    await follow(page, page.getByRole("button", { name: t.search.submit }));
    await follow(page, page.getByRole("link", { name: customer.email }));
    assert.equal(new URL(page.url()).pathname, `/admin/ledger/accounts/${id}`);

    await page.goto(`/admin/ledger/accounts?q=${job}`);
    await follow(page, page.getByRole("link", { name: fill(t.search.entry, { seq: 2 }) }).filter({ visible: true }));
    assert.equal(new URL(page.url()).pathname, `/admin/ledger/accounts/${id}/2`);

    await page.goto("/admin/ledger/accounts?q=ab");
    await page.getByText(t.search.short).waitFor();
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("pages through many entries, and comes back to the one they looked at", async () => {
    const { customer, id } = await newSpender();
    await sql`
      select private.grant_credits(${id}, 1, 'grant', 'promo', concat('gift:', n), '{}', concat(${id}::text, n))
      from generate_series(1, 60) n`;
    const { page, context } = await newOperator();
    await page.goto(`/admin/ledger/accounts/${id}`);
    const numbers = async () => {
      const texts = await page.locator("#entries th[scope=row]").allTextContents();
      return texts.map((text) => Number.parseInt(text));
    };
    assert.deepEqual((await numbers()).slice(0, 2), [62, 61]);
    await follow(page, page.getByRole("link", { name: messages("en").pages.older }));
    assert.deepEqual((await numbers()).slice(0, 2), [37, 36]);
    await follow(page, page.getByRole("link", { name: messages("en").pages.newer }));
    assert.deepEqual((await numbers()).slice(0, 2), [62, 61]);
    await page.goto(`/admin/ledger/accounts/${id}/40`);
    await follow(page, page.getByRole("link", { name: t.entry.list }));
    assert.ok((await numbers()).includes(40));
    await page.getByText(t.account.list.here).waitFor({ state: "attached" });
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("corrects a balance without JavaScript: is told what is wrong, sees what it would do, does it once", async () => {
    const { customer, id } = await newSpender();
    const { page, context } = await newOperator({ javaScript: false });
    await page.goto(`/admin/ledger/accounts/${id}`);
    await follow(page, page.getByRole("link", { name: t.account.adjust }));
    assert.equal(await page.getByRole("textbox", { name: t.adjustments.user }).inputValue(), id);

    // Past the browser's own checks, as whoever switched them off would send it.
    const answer = await page.goto(
      `/admin/ledger/adjustments?preview=1&user=nobody@nowhere.test&amount=1,5&reason=short`,
    );
    assert.equal(answer!.status(), 422);
    for (const field of ["amount", "reason"] as const) {
      const described = await page.getByRole("textbox", { name: t.adjustments[field] }).getAttribute(
        "aria-describedby",
      );
      assert.match(described!, new RegExp(`${field}-error`));
      assert.equal(await page.locator(`#${field}-error`).textContent(), t.adjustments.errors[field]);
    }
    await page.getByRole("textbox", { name: t.adjustments.amount }).fill("−3");
    await page.getByRole("textbox", { name: t.adjustments.reason }).fill("Made by mistake in a test");
    await follow(page, page.getByRole("button", { name: t.adjustments.preview }));
    assert.equal(await page.locator("#user-error").textContent(), t.adjustments.errors.user);

    await page.getByRole("textbox", { name: t.adjustments.user }).fill(` ${customer.email} `);
    await follow(page, page.getByRole("button", { name: t.adjustments.preview }));
    const effect = page.getByRole("row").filter({ hasText: t.adjustments.effect.available });
    assert.deepEqual(await effect.locator("td").allTextContents(), ["9", "6"]);
    const preview = page.url();
    await follow(page, page.getByRole("button", { name: t.adjustments.apply }));
    await page.getByText(t.adjustments.doneApplied).waitFor();
    const done = page.url();

    // Back, and again: the form is the same, so it is the same correction.
    await page.goBack();
    assert.equal(page.url(), preview);
    await follow(page, page.getByRole("button", { name: t.adjustments.apply }));
    assert.equal(page.url(), done);
    assert.deepEqual(await customer.api("GET", "/api/credits/balance").then(({ body }) => body), {
      available: 6,
      held: 0,
      debt: 0,
    });
    await follow(page, page.getByRole("link", { name: fill(t.adjustments.entry, { seq: 3 }) }));
    await page.getByText("Made by mistake in a test").first().waitFor();
    await page.locator("[data-proof=fits]").waitFor();

    await customer.page.goto("/app/credits");
    await customer.page.getByText("Made by mistake in a test").waitFor();
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("asks a second one where the rule says so, who approves or rejects; both are in the log", async () => {
    const { customer, id } = await newSpender();
    const [maker, checker] = [await newOperator(), await newOperator({ javaScript: false, width: 375 })];
    const polish = messages("pl").admin.adjustments;
    const ask = async (amount: number, reason: string) => {
      await maker.page.goto(`/admin/ledger/adjustments?${new URLSearchParams({ user: id })}`);
      await maker.page.getByRole("textbox", { name: t.adjustments.amount }).fill(String(amount));
      await maker.page.getByRole("textbox", { name: t.adjustments.reason }).fill(reason);
      await follow(maker.page, maker.page.getByRole("button", { name: t.adjustments.preview }));
      await maker.page.getByText(t.adjustments.second.title).waitFor();
      await follow(maker.page, maker.page.getByRole("button", { name: t.adjustments.send }));
      await maker.page.getByText(t.adjustments.donePending).waitFor();
      // Not theirs to decide.
      await maker.page.getByText(t.adjustments.yours).waitFor();
      assert.equal(await maker.page.getByRole("button", { name: t.adjustments.approve }).count(), 0);
      return new URL(maker.page.url()).pathname;
    };
    await ask(150, "Pilot with the agency, contract 17");
    await checker.page.goto("/pl/admin/ledger/adjustments");
    const waiting = checker.page.getByRole("listitem").filter({ hasText: "contract 17" });
    await follow(checker.page, waiting.getByRole("button", { name: polish.approve }));
    await checker.page.getByText(polish.doneApproved).waitFor();
    assert.match(checker.page.url(), /\/pl\/admin\/ledger\/adjustments\/[0-9a-f-]{36}\?decided$/);

    // More than is there: it says so, and waits on.
    const path = await ask(-900, "Credited twice, see ticket 4711");
    await checker.page.goto(path);
    await checker.page.getByText(plural(t.adjustments.effect.missing, 741, "en")).waitFor();
    await follow(checker.page, checker.page.getByRole("button", { name: t.adjustments.approve }));
    await checker.page.getByText(
      fill(t.adjustments.tooFew, { available: formatCredits(159, "en"), missing: formatCredits(741, "en") }),
    ).waitFor();
    // A rejection says why.
    await follow(checker.page, checker.page.getByRole("button", { name: t.adjustments.reject }));
    assert.equal(await checker.page.locator("[id^=note-][id$=-error]").textContent(), t.adjustments.errors.note);
    await checker.page.getByRole("textbox", { name: t.adjustments.note }).fill("Only once, in fact");
    await follow(checker.page, checker.page.getByRole("button", { name: t.adjustments.reject }));
    await checker.page.getByRole("status").getByText(t.adjustments.doneRejected).waitFor();
    await checker.page.getByText("Only once, in fact").waitFor();

    const balance = await until(async () => (await customer.api("GET", "/api/credits/balance")).body);
    assert.deepEqual(balance, { available: 159, held: 0, debt: 0 });
    await checker.page.goto(`/admin/audit?actor=${await idOf(checker)}`);
    const acts = await checker.page.getByRole("row").locator("a.font-semibold").allTextContents();
    assert.deepEqual(acts, [
      fill(t.audit.acts["adjustment.rejected"], { credits: formatCredits(-900, "en", { signed: true }) }),
      fill(t.audit.acts["adjustment.approved"], { credits: formatCredits(150, "en", { signed: true }) }),
    ]);
    await Promise.all([maker.context.close(), checker.context.close(), customer.context.close()]);
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { fill, formatCredits, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, newVisitor, type Visit } from "../support/browser.ts";
import { type Customer, newCustomer } from "../support/customer.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web, dbAdmin } = await stack();
const { admin: t, app, errors } = messages("en");
const sql = postgres(dbAdmin, { max: 2, onnotice: () => {} });

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await sql.end();
});

async function newOperator(visit?: Visit): Promise<Customer> {
  const operator = await newCustomer(browser, web, visit);
  await sql`update public.profiles set role = 'operator' where email = ${operator.email}`;
  return operator;
}

/** A job of the customer that the model takes and never ends. */
async function hangingJob(customer: Customer): Promise<{ id: string; attempt: string }> {
  const input = { prompt: `a lamp ${randomUUID()} [hang]` };
  const { body } = await customer.api("POST", "/api/jobs", { model: "seedream-4-5", input });
  const { id } = body as { id: string };
  const attempt = await until(async () => {
    const [row] = await sql`select attempt_id from public.jobs where id = ${id} and status = 'running'`;
    return row?.attempt_id ?? null;
  }, `${id} runs`);
  return { id, attempt };
}

/** A job of the customer that failed for good. */
async function deadJob(customer: Customer, code = "timeout"): Promise<string> {
  const { id, attempt } = await hangingJob(customer);
  await sql`select private.fail_attempt(${attempt}, ${code}, 'Nothing came of it.', false)`;
  return id;
}

const short = (id: string) => id.slice(0, 8);
const rowOf = (page: Page, id: string) => page.getByRole("row").filter({ hasText: short(id) });

describe("the operators' pages of jobs", () => {
  // Polish words are the longer ones, so they get the narrow screen.
  for (
    const { locale, width, theme } of [
      { locale: "en", width: 1440, theme: "dark" },
      { locale: "pl", width: 375, theme: "light" },
    ] as const
  ) {
    it(`are accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
      const customer = await newCustomer(browser, web);
      const [dead, live] = [await deadJob(customer), await hangingJob(customer)];
      const { page, context, errors: found } = await newOperator({ width, theme });
      for (
        const path of [
          "/admin/jobs",
          "/admin/dead-letters",
          `/admin/dead-letters?state=all&error=timeout&model=seedream-4-5&user=${customer.email}&from=2020-01-01`,
          "/admin/dead-letters?until=2020-01-01",
          `/admin/jobs/${dead}`,
          `/admin/jobs/${dead}?did=refused&why=suspended`,
          `/admin/jobs/${live.id}`,
        ]
      ) {
        const answer = await page.goto(localePath(locale, path));
        assert.equal(answer!.status(), 200, path);
        assert.equal(await page.locator("h1").count(), 1, path);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`);
        await assertAccessible(page);
      }
      const wrong = await page.goto(localePath(locale, "/admin/dead-letters?user=nobody&from=yesterday"));
      assert.equal(wrong!.status(), 422);
      const words = messages(locale).admin.deadLetters;
      assert.equal(await page.locator("#from-error").textContent(), words.errors.from);
      await assertAccessible(page);
      assert.equal((await page.goto(localePath(locale, "/admin/dead-letters?user=nobody")))!.status(), 422);
      assert.equal(await page.locator("#user-error").textContent(), words.errors.user);
      assert.equal((await page.goto(localePath(locale, "/admin/jobs?id=nothing")))!.status(), 404);
      assert.equal(await page.locator("#id-error").textContent(), messages(locale).admin.jobs.findError);
      await assertAccessible(page);
      assert.deepEqual(found, []);
      await Promise.all([context.close(), customer.context.close()]);
    });
  }

  it("are no pages at all for anybody else", async () => {
    const customer = await newCustomer(browser, web);
    const dead = await deadJob(customer);
    const visitor = await newVisitor(browser, web);
    for (const { page, context } of [customer, visitor]) {
      for (const path of ["/admin/jobs", "/admin/dead-letters", `/admin/jobs/${dead}`]) {
        for (const locale of LOCALES) {
          const answer = await page.goto(localePath(locale, path));
          assert.equal(answer!.status(), 404, path);
          assert.equal(await page.locator("h1").textContent(), messages(locale).errors.pages.notFound.title, path);
        }
      }
      for (const path of ["/admin/dead-letters", `/admin/jobs/${dead}`]) {
        const form = { act: "requeue", job: dead };
        const sent = await context.request.post(path, { form, headers: { origin: web } });
        assert.equal(sent.status(), 404, path);
      }
    }
    const [{ state }] = await sql`select state from private.dead_letters where job_id = ${dead}`;
    assert.equal(state, "open");
    await Promise.all([customer.context.close(), visitor.context.close()]);
  });
});

describe("an operator", () => {
  it("finds what died, chooses, tries one again on us and discards another, without JavaScript", async () => {
    const customer = await newCustomer(browser, web);
    const [again, over, left] = [
      await deadJob(customer),
      await deadJob(customer, "internal"),
      await deadJob(customer),
    ];
    const { page, context } = await newOperator({ javaScript: false });
    await page.goto("/admin/jobs");
    await follow(page, page.getByRole("link", { name: t.jobs.toLetters }).first());
    await page.getByLabel(t.deadLetters.user).fill(customer.email);
    await follow(page, page.getByRole("button", { name: t.deadLetters.search }));
    assert.equal(await page.getByRole("row").count(), 4);
    await rowOf(page, over).getByText(t.jobs.reasons.internal).waitFor();
    await rowOf(page, over).getByText("Nothing came of it.").waitFor();

    await follow(page, page.getByRole("button", { name: t.deadLetters.act.requeue }));
    await page.getByRole("alert").getByText(t.deadLetters.act.nothing).waitFor();
    await page.getByLabel(fill(t.deadLetters.selectOne, { id: short(again) })).check();
    await follow(page, page.getByRole("button", { name: t.deadLetters.act.requeue }));
    await page.getByRole("status").getByText(plural(t.deadLetters.done.requeued, 1, "en")).waitFor();
    assert.equal(await page.getByLabel(fill(t.deadLetters.selectOne, { id: short(again) })).count(), 0);

    await page.getByLabel(fill(t.deadLetters.selectOne, { id: short(over) })).check();
    await follow(page, page.getByRole("button", { name: t.deadLetters.act.discard }));
    await page.locator("#reason-error").getByText(t.deadLetters.act.reasonError).waitFor();
    assert.ok(await page.getByLabel(fill(t.deadLetters.selectOne, { id: short(over) })).isChecked());
    await page.getByLabel(t.deadLetters.act.reason).fill("Nobody can make this");
    await follow(page, page.getByRole("button", { name: t.deadLetters.act.discard }));
    await page.getByRole("status").getByText(plural(t.deadLetters.done.discarded, 1, "en")).waitFor();

    // What is left of the page, by one button; its person is suspended meanwhile.
    await sql`update public.profiles set status = 'suspended' where email = ${customer.email}`;
    await follow(page, page.getByRole("button", { name: plural(t.deadLetters.act.requeueAll, 1, "en") }));
    await rowOf(page, left).getByText(t.deadLetters.done.reasons.suspended).waitFor();
    await sql`update public.profiles set status = 'active' where email = ${customer.email}`;

    await follow(page, page.getByRole("link", { name: t.deadLetters.states.requeued }));
    await follow(page, rowOf(page, again).getByRole("link", { name: short(again), exact: true }));
    await page.getByText(t.jobs.one.events.requeued).waitFor();
    await follow(page, page.getByRole("link", { name: /^[0-9a-f]{8}$/ }).first());
    await page.getByText(t.jobs.one.payers.house, { exact: true }).waitFor();
    await page.getByText(t.jobs.one.actors.operator, { exact: true }).waitFor();

    await page.goto("/admin/audit");
    await follow(page, page.getByRole("link", { name: t.audit.acts["job.discarded"] }).first());
    assert.equal(new URL(page.url()).pathname, `/admin/jobs/${over}`);

    // The customer reads of it: on the old job's page, on the new one's and in the ledger.
    await customer.page.goto(`/app/jobs/${again}`);
    await customer.page.getByText(app.job.retriedAs.text).waitFor();
    await follow(customer.page, customer.page.getByRole("link", { name: app.job.retriedAs.link }));
    await customer.page.getByText(app.job.retryOf.text).waitFor();
    assert.equal(await customer.page.locator("[data-cost]").textContent(), app.job.costs.house);
    await assertAccessible(customer.page);
    await customer.page.goto("/app/credits");
    await customer.page.getByText(app.credits.kinds.house).first().waitFor();
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("opens a job by its id, tries it again or stops it there, and sees what came of it", async () => {
    const customer = await newCustomer(browser, web);
    const [dead, live] = [await deadJob(customer), await hangingJob(customer)];
    const { page, context } = await newOperator({ width: 375 });
    await page.goto("/admin/jobs");
    await page.getByLabel(t.jobs.find).fill(dead);
    await follow(page, page.getByRole("button", { name: t.jobs.findSubmit }));
    assert.equal(new URL(page.url()).pathname, `/admin/jobs/${dead}`);
    await follow(page, page.getByRole("button", { name: t.jobs.one.requeue }));
    await page.getByRole("status").getByText(t.deadLetters.done.outcomes.requeued).waitFor();
    assert.equal(await page.getByRole("button", { name: t.jobs.one.requeue }).count(), 0);

    await page.goto(`/admin/jobs/${live.id}`);
    await follow(page, page.getByRole("button", { name: t.jobs.one.stop }));
    await page.locator("#reason-error").waitFor();
    await page.getByLabel(t.deadLetters.act.reason).fill("It hangs");
    await follow(page, page.getByRole("button", { name: t.jobs.one.stop }));
    await page.getByRole("status").getByText(t.deadLetters.done.outcomes.stopped).waitFor();
    await page.getByText(t.jobs.one.events.discarded, { exact: true }).waitFor();
    await customer.page.goto(`/app/jobs/${live.id}`);
    await customer.page.getByText(fill(app.job.rule, { credits: formatCredits(1, "en") })).waitFor();
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("asks for a job that is not there and gets the page for that", async () => {
    const { page, context } = await newOperator();
    for (const path of [`/admin/jobs/${randomUUID()}`, "/admin/jobs/nothing"]) {
      assert.equal((await page.goto(path))!.status(), 404, path);
      assert.equal(await page.locator("h1").textContent(), errors.pages.notFound.title);
    }
    await context.close();
  });
});

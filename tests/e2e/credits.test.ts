import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { fill, formatCredits, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, type Visit } from "../support/browser.ts";
import { type Customer, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { makeEveryKind } from "../support/every-kind.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web, dbAdmin } = await stack();
const sql = postgres(dbAdmin, { max: 1, onnotice: () => {} });
const { app: t } = messages("en");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await sql.end();
});

const idOf = async ({ email }: Customer): Promise<string> =>
  (await sql`select id from public.profiles where email = ${email}`)[0].id;

/** Somebody whose ledger has seen everything. */
async function oldCustomer(visit?: Visit) {
  const [customer, other] = [await newCustomer(browser, web, visit), await newCustomer(browser, web)];
  const job = await orderJob(customer, { prompt: "A lamp on a desk", num_outputs: 3 });
  await jobIn(customer, job.id, "succeeded");
  const id = await idOf(customer);
  const seqs = await makeEveryKind(sql, id, await idOf(other));
  await other.context.close();
  return { ...customer, id, job, seqs: { ...seqs, settle: 2 } };
}

const headings = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();
const NAMES = {
  signup: t.credits.kinds.signup,
  topup: fill(t.credits.kinds.topup, { credits: formatCredits(50, "en") }),
  settle: fill(t.credits.kinds.settle, {
    made: plural(messages("en").units.pictures, 3, "en"),
    model: "Seedream 4.5",
  }),
  plan: t.credits.kinds.free,
  promo: t.credits.kinds.grant,
  expiry: t.credits.kinds.expiry,
  added: t.credits.kinds.adjustment,
  removed: t.credits.kinds.adjustment,
  sent: t.credits.kinds.transferOut,
  received: t.credits.kinds.transferIn,
  refund: t.credits.kinds.refund,
};

describe("credits", () => {
  for (const locale of LOCALES) {
    for (const { width, theme } of [{ width: 375, theme: "dark" }, { width: 1440, theme: "light" }] as const) {
      it(`of every kind are accessible and whole on every page (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors, seqs } = await oldCustomer({ width, theme });
        const { settle, topup, expiry, added, refund } = seqs;
        const entries = [settle, topup, expiry, added, refund].map((seq) => `/${seq}`);
        const paths = ["", "/grants", "/grants?state=scheduled", ...entries];
        for (const path of paths) {
          await page.goto(localePath(locale, `/app/credits${path}`));
          assert.equal(await page.locator("h1").count(), 1, path);
          await assertAccessible(page);
        }
        assert.deepEqual(errors, []);
        await context.close();
      });
    }
  }

  it("lead from each line to its reasons, and on to the job, the payment and the lots", async () => {
    const { page, context, seqs, job } = await oldCustomer();
    await page.goto("/app/credits");
    const rows = page.locator("table a[href*='/app/credits/']");
    const lines = await rows.evaluateAll((links: Element[]) =>
      links.map((link) => [Number(link.getAttribute("href")!.split("/").at(-1)), link.textContent])
    );
    const expected = Object.entries(NAMES).map(([kind, name]) => [seqs[kind as keyof typeof NAMES], name] as const);
    assert.deepEqual(lines, expected.sort(([a], [b]) => b - a));

    for (const [seq, name] of expected) {
      await page.goto(`/app/credits/${seq}`);
      assert.equal(await headings(page), name);
    }
    await page.goto(`/app/credits/${seqs.settle}`);
    await page.getByText(fill(t.entry.total, { count: 3, price: "1 credit", total: "3 credits" })).waitFor();
    await page.getByText(t.entry.unchanged).waitFor();
    await follow(page, page.getByRole("link", { name: t.entry.job }));
    assert.equal(new URL(page.url()).pathname, `/app/jobs/${job.id}`);

    await page.goto(`/app/credits/${seqs.refund}`);
    // What was taken back came from a purchase, and the purchase was a payment.
    await follow(page, page.locator("main").getByRole("link", { name: t.lots.sources.stripe }));
    assert.equal(new URL(page.url()).pathname, `/app/credits/${seqs.topup}`);
    await follow(page, page.getByRole("link", { name: t.entry.checkout }));
    assert.equal(new URL(page.url()).searchParams.get("session_id"), seqs.checkout);
    await context.close();
  });

  it("tell of a correction the reason and not who gave it", async () => {
    const { page, context, id, seqs } = await oldCustomer({ width: 375 });
    await page.goto(`/app/credits/${seqs.added}`);
    await page.getByText("A picture came out twice and was charged twice").waitFor();
    await page.getByText(t.entry.events.adjustmentChecked).waitFor();
    const [{ cause }] =
      await sql`select cause from public.credit_entries where user_id = ${id} and seq = ${seqs.added}`;
    const html = await page.content();
    assert.ok(cause.operator && !html.includes(cause.operator) && !html.includes(cause.checker));
    await page.goto(`/app/credits/${seqs.removed}`);
    await page.getByText(t.entry.events.adjustment, { exact: true }).waitFor();
    await context.close();
  });

  it("keep the price they were charged at, beside that of today", async () => {
    const customer = await newCustomer(browser, web);
    const user = await idOf(customer);
    const slug = `lamp-${crypto.randomUUID()}`;
    // In one transaction, so that no other page ever offers this model.
    const job = await sql.begin(async (sql) => {
      await sql`
        insert into public.models
          (slug, name, kind, provider_model, provider_input, credits, max_outputs, input_schema)
        select ${slug}, 'Lamp', kind, provider_model, provider_input, 2, max_outputs, input_schema
        from public.models where slug = 'seedream-4-5'`;
      await sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: user })}, true)`;
      const input = sql.json({ prompt: "A lamp", aspect_ratio: "1:1", num_outputs: 2 });
      const [{ job_id }] = await sql`select job_id from public.enqueue_job(${slug}, ${input})`;
      await sql`update public.models set credits = 3, active = false where slug = ${slug}`;
      return job_id as string;
    });
    await jobIn(customer, job, "succeeded");
    const { page, context } = customer;
    await page.goto("/app/credits/2");
    await page.getByText(fill(t.entry.perOutput, { credits: "2 credits" })).first().waitFor();
    await page.getByText(fill(t.entry.total, { count: 2, price: "2 credits", total: "4 credits" })).waitFor();
    const now = fill(t.entry.perOutput, { credits: "3 credits" });
    await page.getByText(fill(t.entry.changed, { price: now, version: 2 })).waitFor();
    await page.getByText(t.entry.kept).waitFor();
    await assertAccessible(page);
    await context.close();
  });

  it("show the chain, and whether a published checkpoint anchors the entry", async () => {
    const customer = await newCustomer(browser, web);
    const { page, context } = customer;
    await page.goto("/app/credits/1");
    await page.getByText(t.entry.waiting).waitFor();
    const [{ hash }] = await sql`
      select encode(hash, 'hex') as hash from public.credit_entries where user_id = ${await idOf(
      customer,
    )} and seq = 1`;
    await page.getByText(hash, { exact: true }).waitFor();
    await page.getByText(t.entry.first).waitFor();
    await page.getByText(t.entry.fits).waitFor();
    assert.equal(await page.getByRole("navigation", { name: t.entry.nav }).count(), 0, "it is the only one");

    const [{ number }] = await sql`select private.take_checkpoint(true) as number`;
    await until(async () => {
      await page.reload();
      return await page.getByText(fill(t.entry.anchored, { number })).count() > 0 || null;
    });
    await follow(page, page.getByRole("link", { name: t.entry.checkpoints }));
    assert.equal(new URL(page.url()).pathname, "/checkpoints");
    await context.close();
  });

  it("say what expires when, and that nothing does", async () => {
    const { page, context } = await oldCustomer({ width: 375 });
    await page.goto("/app/credits");
    const ends = page.getByRole("region", { name: t.credits.expiring.title }).or(
      page.locator("section", { hasText: t.credits.expiring.title }),
    ).first();
    await ends.getByText(formatCredits(30, "en")).waitFor();
    await follow(page, ends.getByRole("link", { name: t.credits.expiring.lots }));
    const lots = page.getByRole("list", { name: t.lots.list }).getByRole("listitem");
    assert.equal(await lots.count(), 7);
    await lots.first().getByText(t.lots.next).filter({ visible: true }).waitFor();
    await follow(page, page.getByRole("navigation", { name: t.lots.filter }).getByText(t.lots.filters.expired));
    assert.equal(await lots.count(), 1);
    await lots.getByText(t.lots.endedText).waitFor();
    await context.close();

    const fresh = await newCustomer(browser, web);
    await fresh.page.goto("/app/credits");
    await fresh.page.getByText(t.credits.expiring.none).waitFor();
    await fresh.page.goto("/app/credits/grants?state=expired");
    await fresh.page.getByText(t.lots.emptyFilter.title).waitFor();
    await fresh.context.close();
  });

  it("offer the statement in each format, with the way to check it", async () => {
    const { page, context } = await newCustomer(browser, web);
    await page.goto("/pl/app/credits");
    const links = await page.locator("a[href*='/api/credits/statement']").evaluateAll((all: Element[]) =>
      all.map((link) => link.getAttribute("href"))
    );
    assert.deepEqual(links, ["csv", "jsonl", "pdf"].map((format) => `/api/credits/statement?format=${format}`));
    for (const link of links) {
      const answer = await context.request.get(link!);
      assert.equal(answer.status(), 200, link!);
      assert.match(answer.headers()["content-disposition"], /^attachment/);
    }
    for (const path of ["/pl/verify", "/pl/checkpoints", "/pl/docs/credits"]) {
      assert.equal(await page.locator(`main a[href='${path}']`).count(), 1, path);
      assert.equal((await context.request.get(path)).status(), 200, path);
    }
    await context.close();
  });

  it("go forth and back through the pages of entries", async () => {
    const customer = await newCustomer(browser, web);
    const id = await idOf(customer);
    await sql`
      select private.grant_credits(${id}, n, 'grant', 'promo', concat('gift:', n), '{}', concat(${id}::text, n))
      from generate_series(1, 42) n`;
    const { page, context } = customer;
    const { pages } = messages("en");
    const shown = () => page.locator("tbody tr td:nth-child(4)").allTextContents();
    await page.goto("/app/credits");
    const first = await shown();
    const go = (name: string) => follow(page, page.getByRole("link", { name, exact: true }));
    await go(pages.older);
    const second = await shown();
    await go(pages.older);
    assert.equal((await shown()).length, 3);
    assert.equal(await page.getByRole("link", { name: pages.older, exact: true }).count(), 0);
    await go(pages.newer);
    assert.deepEqual(await shown(), second);
    await go(pages.newer);
    assert.deepEqual(await shown(), first);
    assert.equal(await page.getByRole("link", { name: pages.newer, exact: true }).count(), 0);
    await context.close();
  });

  it("of somebody in debt say how to get out of it, also where a job is refused", async () => {
    const customer = await newCustomer(browser, web, { width: 375 });
    const { page, context, errors } = customer;
    const id = await idOf(customer);
    await page.goto("/app/create?prompt=A%20lamp");
    await sql`select private.claw_back_credits(${id}, 13, 'dispute', 'dispute:debt', '{}', ${`dispute:${id}`})`;
    await page.getByRole("button", { name: t.create.submit, exact: true }).click();
    const refusal = page.getByRole("alert");
    await refusal.getByText(messages("en").errors.codes.account_in_debt).waitFor();
    assert.equal(
      await refusal.getByRole("link", { name: t.create.price.buy }).getAttribute("href"),
      "/app/billing#packs",
    );
    await page.getByText(fill(t.create.price.owed, { credits: formatCredits(3, "en") })).waitFor();
    await assertAccessible(page);

    await page.goto("/app/credits");
    await page.getByText(fill(t.credits.debtClears, { pack: 10, price: "$9", left: formatCredits(7, "en") })).waitFor();
    await assertAccessible(page);
    await page.goto("/app/credits/2");
    await page.getByText(fill(t.entry.owed, { taken: formatCredits(10, "en"), owed: formatCredits(3, "en") }))
      .waitFor();
    const refused = await customer.api("POST", "/api/jobs", { model: "seedream-4-5", input: { prompt: "x" } });
    const { code, detail, debt } = refused.body as Record<string, unknown>;
    assert.deepEqual([refused.status, code, debt], [402, "account_in_debt", 3]);
    assert.match(String(detail), /buy a pack/);
    assert.deepEqual(errors, []);
    await context.close();
  });

  it("of somebody else are not found, and neither is an entry that is none", async () => {
    const { context, seqs } = await oldCustomer();
    const { page, context: stranger } = await newCustomer(browser, web);
    for (const seq of [seqs.refund, 2, 0, "x", "1e3", "99999999999999999999"]) {
      const response = await page.goto(`/app/credits/${seq}`);
      assert.equal(response!.status(), 404, String(seq));
    }
    await context.close();
    await stranger.close();
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import postgres from "postgres";
import Stripe from "stripe";
import { fill, formatCredits, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, follow, launchBrowser, newVisitor, type Visit } from "../support/browser.ts";
import { type Customer, newCustomer } from "../support/customer.ts";
import { stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const { web, api, console: sandbox, dbAdmin, stripeWebhookSecret } = await stack();
const { admin: t, errors } = messages("en");
const sql = postgres(dbAdmin, { max: 2, onnotice: () => {} });
const stripe = new Stripe("sk_test_signs_only");

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  // Once an hour it would find by itself what these tests leave undone.
  await reconciling(false);
});
after(async () => {
  await reconciling(true);
  await browser.close();
  await sql.end();
});

const reconciling = (active: boolean) => sql`update cron.job set active = ${active} where jobname = 'kredo-reconcile'`;

async function newOperator(visit?: Visit): Promise<Customer> {
  const operator = await newCustomer(browser, web, visit);
  await sql`update public.profiles set role = 'operator' where email = ${operator.email}`;
  return operator;
}

const fault = (switches: Record<string, number>) =>
  fetch(`${sandbox}/api/faults`, { method: "POST", body: JSON.stringify({ source: "stripe", ...switches }) })
    .then((answer) => answer.body?.cancel());

/** An event as Stripe sends it, for what is in `object`. Gives its id. */
async function tell(type: string, object: Record<string, unknown>): Promise<string> {
  const id = `evt_${randomUUID().replaceAll("-", "")}`;
  const created = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({ id, object: "event", type, livemode: false, created, data: { object } });
  const signature = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: stripeWebhookSecret });
  const answer = await fetch(`${api}/functions/v1/stripe-webhook`, {
    method: "POST",
    body: payload,
    headers: { "content-type": "application/json", "stripe-signature": signature },
  });
  await answer.body?.cancel();
  return id;
}

/** Somebody who has paid for fifty credits, and the event about it, which failed while Stripe was down and is not tried again. */
async function failedPayment() {
  await fault({ drop: 1_000 });
  const customer = await newCustomer(browser, web);
  const { body } = await customer.api("POST", "/api/billing/checkout-session", { pack: "pack_50" });
  const checkout = body as { id: string; url: string; checkout: string };
  await fetch(checkout.url, { method: "POST", body: new URLSearchParams({ outcome: "paid" }), redirect: "manual" });
  await fault({ api_errors: 1_000 });
  const event = await tell("checkout.session.completed", { id: checkout.id, object: "checkout.session" });
  await fault({ api_errors: 0 });
  await sql`update private.webhook_events set retry_at = null where event_id = ${event}`;
  return { customer, event, ...checkout };
}

/** Once a worker has tried. */
const applied = (event: string) =>
  until(async () => {
    const [{ verdict }] = await sql`select verdict from private.webhook_events where event_id = ${event}`;
    return verdict === "applied";
  }, `${event} is applied`);

describe("the operators' pages of billing", () => {
  // Polish words are the longer ones, so they get the narrow screen.
  for (
    const { locale, width, theme } of [
      { locale: "en", width: 1440, theme: "dark" },
      { locale: "pl", width: 375, theme: "light" },
    ] as const
  ) {
    it(`are accessible and whole (${locale}, ${width} px, ${theme})`, async () => {
      const { event, customer, id } = await failedPayment();
      const ignored = await tell("customer.created", { id: "cus_1", object: "customer" });
      const { page, context, errors: found } = await newOperator({ width, theme });
      await sql`
        insert into private.tasks (kind, key, data, state, attempts, finished_at, error) values
          ('mail', ${`mail:grace_ended:${randomUUID()}`}, '{"mail": "grace_ended", "data": {"plan": "pro"}}', 'failed', 10, now(),
            'The mail server refused it for good.')`;
      for (
        const path of [
          "/admin/webhooks",
          "/admin/webhooks?status=failed",
          `/admin/webhooks?object=${id}&type=checkout.session.completed&from=2020-01-01`,
          "/admin/webhooks?object=evt_nobody",
          `/admin/webhooks/${event}`,
          `/admin/webhooks/${event}/replay`,
          `/admin/webhooks/${event}?replay=queued`,
          `/admin/webhooks/${ignored}/replay`,
          "/admin/billing",
          "/admin/billing?reconcile=queued",
        ]
      ) {
        const answer = await page.goto(localePath(locale, path));
        assert.equal(answer!.status(), 200, path);
        assert.equal(await page.locator("h1").count(), 1, path);
        await assertAccessible(page);
      }
      const wrong = await page.goto(localePath(locale, "/admin/webhooks?type=a%20type&from=yesterday"));
      assert.equal(wrong!.status(), 422);
      assert.equal(await page.locator("#type-error").textContent(), messages(locale).admin.webhooks.errors.type);
      assert.equal(await page.locator("#from-error").textContent(), messages(locale).admin.webhooks.errors.from);
      await assertAccessible(page);
      assert.deepEqual(found, []);
      await Promise.all([context.close(), customer.context.close()]);
    });
  }

  it("are no pages at all for anybody else", async () => {
    const { event, customer } = await failedPayment();
    const visitor = await newVisitor(browser, web);
    for (const { page, context } of [customer, visitor]) {
      for (
        const path of [
          "/admin/webhooks",
          `/admin/webhooks/${event}`,
          `/admin/webhooks/${event}/replay`,
          "/admin/billing",
        ]
      ) {
        for (const locale of LOCALES) {
          const answer = await page.goto(localePath(locale, path));
          assert.equal(answer!.status(), 404, path);
          assert.equal(await page.locator("h1").textContent(), messages(locale).errors.pages.notFound.title, path);
        }
      }
      for (
        const [path, form] of [[`/admin/webhooks/${event}/replay`, {}], ["/admin/billing", {
          act: "reconcile",
          days: "3",
        }]] as const
      ) {
        const sent = await context.request.post(path, { form, headers: { origin: web } });
        assert.equal(sent.status(), 404, path);
      }
    }
    assert.equal((await sql`select from private.audit_log where subject = ${`webhook:${event}`}`).length, 0);
    await Promise.all([customer.context.close(), visitor.context.close()]);
  });

  it("are in the menu, on a phone too, where the log and the studio are behind the button", async () => {
    for (const width of [375, 1440] as const) {
      const { page, context } = await newOperator({ width });
      await page.goto("/admin");
      for (const [name, path] of [["billing", "/admin/billing"], ["webhooks", "/admin/webhooks"]] as const) {
        const label = width === 375 ? t.navShort[name] : t.nav[name];
        await follow(page, page.getByRole("link", { name: label, exact: true }).filter({ visible: true }).first());
        assert.equal(new URL(page.url()).pathname, path);
        assert.equal(await page.locator("h1").textContent(), t[name].title);
      }
      if (width === 375) await page.getByLabel(messages("en").nav.account).click();
      await follow(page, page.getByRole("link", { name: t.nav.audit }).filter({ visible: true }));
      assert.equal(new URL(page.url()).pathname, "/admin/audit");
      await context.close();
    }
  });
});

describe("an operator", () => {
  it("finds what failed, sees what a replay would do, and has it done, without JavaScript", async () => {
    const { event, customer, id } = await failedPayment();
    const { page, context } = await newOperator({ javaScript: false });
    await page.goto("/admin/billing");
    await page.locator("[data-webhooks=failing]").waitFor();
    await follow(page, page.locator("[data-webhooks]").getByRole("link", { name: t.webhooks.verdicts.failed }));
    const row = page.getByRole("row").filter({ hasText: id });
    await row.getByText(t.webhooks.problems["Stripe did not say what became of it."]).waitFor();
    await row.getByText(t.webhooks.noMore).filter({ visible: true }).waitFor();
    await follow(page, row.getByRole("link", { name: "checkout.session.completed" }));
    await page.getByText(t.webhooks.one.noEntries).waitFor();

    await follow(page, page.getByRole("link", { name: t.webhooks.one.ask }));
    await page.getByText(t.webhooks.preview.works).waitFor();
    const available = page.getByRole("row").filter({ hasText: t.webhooks.preview.available });
    assert.deepEqual(await available.locator("td").allTextContents(), ["10", "60"]);
    const status = page.getByRole("row").filter({ hasText: t.webhooks.fields.status });
    assert.deepEqual(await status.first().locator("td").allTextContents(), [
      t.webhooks.values.open,
      t.webhooks.values.paid,
    ]);
    const { body } = await customer.api("GET", "/api/credits/balance");
    assert.deepEqual(body, { available: 10, held: 0, debt: 0 });

    await follow(page, page.getByRole("button", { name: t.webhooks.preview.apply }));
    await page.getByRole("status").getByText(t.webhooks.one.queued).waitFor();
    await applied(event);
    await page.reload();
    await page.getByText(t.webhooks.effects.credited, { exact: true }).waitFor();
    await page.getByText(fill(t.webhooks.one.replay, { who: "", verdict: t.webhooks.verdicts.failed }).trim())
      .waitFor();
    await follow(page, page.getByRole("link", { name: fill(t.webhooks.one.entry, { seq: 2 }) }));
    await page.getByText(formatCredits(50, "en", { signed: true })).first().waitFor();

    // From the entry back to the event, and a second replay would do nothing.
    await follow(page, page.getByRole("link", { name: "checkout.session.completed" }).first());
    await follow(page, page.getByRole("link", { name: t.webhooks.one.ask }));
    await page.getByText(t.webhooks.preview.nothing, { exact: true }).waitFor();
    await page.goto("/admin/audit");
    await follow(page, page.getByRole("link", { name: t.audit.acts["webhook.replayed"] }).first());
    assert.equal(new URL(page.url()).pathname, `/admin/webhooks/${event}`);
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("is told when Stripe does not answer, and that a replay would fail as well", async () => {
    const { event, customer } = await failedPayment();
    const { page, context } = await newOperator();
    await fault({ api_errors: 1_000 });
    const answer = await page.goto(`/admin/webhooks/${event}/replay`);
    await fault({ api_errors: 0 });
    assert.equal(answer!.status(), 502);
    await page.getByRole("alert").getByText(t.webhooks.preview.unreachable).waitFor();
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("begins a comparison, which finds what no webhook told, and has a failed task tried again", async () => {
    await fault({ drop: 1_000 });
    const customer = await newCustomer(browser, web);
    const { body } = await customer.api("POST", "/api/billing/checkout-session", { pack: "pack_10" });
    const { id, url } = body as { id: string; url: string };
    await fetch(url, { method: "POST", body: new URLSearchParams({ outcome: "paid" }), redirect: "manual" });
    const key = `mail:grace_ended:${randomUUID()}`;
    await sql`
      insert into private.tasks (kind, key, data, state, attempts, finished_at, error)
      values ('mail', ${key}, '{"mail": "grace_ended", "data": {"plan": "pro"}}', 'failed', 10, now(), 'No answer.')`;

    const { page, context } = await newOperator({ javaScript: false, width: 375 });
    await page.goto("/admin/billing");
    await page.getByLabel(t.billing.runs.days).fill("99");
    await follow(page, page.getByRole("button", { name: t.billing.runs.start }));
    await page.locator("#days-error").getByText(t.billing.runs.daysError).waitFor();
    await page.getByLabel(t.billing.runs.days).fill("1");
    await follow(page, page.getByRole("button", { name: t.billing.runs.start }));
    await page.getByRole("status").waitFor();
    await until(async () =>
      (await sql`select from private.reconciliations where repaired @> ${sql.json([{ kind: "session", id }])}`).length >
        0
    );
    await page.goto("/admin/billing");
    await page.getByText(plural(t.billing.runs.objects, 1, "en")).or(page.locator("details summary")).first().waitFor();
    await page.locator("details").filter({ hasText: id }).locator("summary").first().click();
    await follow(page, page.getByRole("link", { name: id }).first());
    assert.equal(new URL(page.url()).searchParams.get("object"), id);

    await page.goto("/admin/billing");
    const task = page.getByRole("row").filter({ hasText: key });
    await task.getByText(t.billing.tasks.mails.grace_ended).waitFor();
    await follow(page, task.getByRole("button"));
    await page.getByRole("status").getByText(t.billing.tasks.queued).waitFor();
    await page.goto("/admin/audit");
    await page.getByText(t.audit.acts["task.retried"]).first().waitFor();
    await fault({ drop: 0 });
    await Promise.all([context.close(), customer.context.close()]);
  });

  it("asks for an event that is not there and gets the page for that", async () => {
    const { page, context } = await newOperator();
    for (const path of ["/admin/webhooks/evt_nobody", "/admin/webhooks/evt_nobody/replay"]) {
      assert.equal((await page.goto(path))!.status(), 404, path);
      assert.equal(await page.locator("h1").textContent(), errors.pages.notFound.title);
    }
    await context.close();
  });
});

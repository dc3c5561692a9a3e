/** The sandbox's console in a browser: readable for everybody, and of use without JavaScript. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { assertAccessible, follow, launchBrowser, newVisitor, type Visit } from "../support/browser.ts";
import { openSandbox, payOffSession, type Sandbox } from "../support/sandbox.ts";

async function inBrowser(tell: (browser: Browser, sandbox: Sandbox, origin: string) => Promise<void>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => sandbox.fetch(request));
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const sandbox = openSandbox(origin);
  const browser = await launchBrowser();
  try {
    await tell(browser, sandbox, origin);
  } finally {
    await browser.close();
    await server.shutdown();
    await sandbox.close();
  }
}

Deno.test("sandbox console: it is accessible on a phone and on a desk, in the light and in the dark", () =>
  inBrowser(async (browser, { client, ask }, origin) => {
    const { payment } = await payOffSession(client);
    await client.refunds.create({ payment_intent: payment, amount: 100 });
    await ask("/api/stripe/disputes", { method: "POST", body: JSON.stringify({ payment_intent: payment, amount: 1 }) });
    await payOffSession(client);
    for (const visit of [{ width: 375 }, { width: 1440, theme: "dark" }] satisfies Visit[]) {
      const { page, context, errors } = await newVisitor(browser, origin, visit);
      await page.goto("/");
      await page.getByRole("heading", { name: "Payments" }).waitFor();
      await assertAccessible(page);
      assert.deepEqual(errors, []);
      await context.close();
    }
  }));

Deno.test("sandbox console: without JavaScript a payment is refunded and disputed, and a week passes", () =>
  inBrowser(async (browser, { client, clock }, origin) => {
    const { payment, customer } = await payOffSession(client);
    const { page, context } = await newVisitor(browser, origin, { javaScript: false });
    await page.goto("/");
    await page.getByLabel("USD").fill("2.50");
    await follow(page, page.getByRole("button", { name: "Refund: $9.00 for 10 credits" }));
    await page.getByText("Refund of $2.50: succeeded").waitFor();
    await follow(page, page.getByRole("button", { name: "Let it fail" }));
    await follow(page, page.getByRole("button", { name: "Dispute: $9.00 for 10 credits" }));
    await follow(page, page.getByRole("button", { name: "Win it" }));
    await page.getByText("dispute won").waitFor();
    assert.deepEqual((await client.refunds.list({ payment_intent: payment })).data.map(({ status }) => status), [
      "failed",
    ]);

    await follow(page, page.getByRole("button", { name: "bob@example.com: a card that is declined" }));
    await page.getByText("Card •••• 0341").waitFor();
    assert.equal((await client.paymentMethods.list({ customer })).data[0].card!.last4, "0341");

    await follow(page, page.getByRole("button", { name: "+ 7 days" }));
    await page.getByText("7 days ahead").waitFor();
    assert.ok(clock.offsetMs() >= 7 * 86_400_000 - 1_000);
    await context.close();
  }));

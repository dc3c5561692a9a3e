import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { fill, formatNumber, localePath, LOCALES, messages, plural } from "../../locales/mod.ts";
import { assertAccessible, launchBrowser, newVisitor } from "../support/browser.ts";
import { type Customer, jobIn, newCustomer, orderJob } from "../support/customer.ts";
import { stack } from "../support/stack.ts";
import { fileOf, makeLedger, textOf, withProof } from "../support/statements.ts";
import { until } from "../support/until.ts";

const { web, dbAdmin } = await stack();
const sql = postgres(dbAdmin, { max: 1, onnotice: () => {} });

let browser: Browser;
let customer: Customer;
before(async () => {
  browser = await launchBrowser();
  customer = await newCustomer(browser, web);
  const job = await orderJob(customer, { prompt: "Something to have an entry" });
  await jobIn(customer, job.id, "succeeded");
  const [{ number }] = await sql`select private.take_checkpoint(true) as number`;
  await until(async () => {
    const [row] = await sql`select from public.credit_checkpoints where number = ${number} and signature is not null`;
    return row ?? null;
  }, "a signed checkpoint");
});
after(async () => {
  await browser.close();
  await sql.end();
});

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}
const named = (name: string, content: Uint8Array | string): File => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(content as string),
});

/** The customer's statement, downloaded as their browser does it. */
async function download(format: "csv" | "jsonl"): Promise<File> {
  const link = `/api/credits/statement?format=${format}`;
  await customer.page.goto("/verify");
  const [file] = await Promise.all([
    customer.page.waitForEvent("download"),
    customer.page.evaluate((href) => {
      const anchor = document.createElement("a");
      anchor.href = href;
      anchor.click();
    }, link),
  ]);
  return named(file.suggestedFilename(), await readFile(await file.path()));
}

/** Drops it as from the desktop, and waits for the verdict. */
async function drop(page: Page, { name, buffer }: File): Promise<void> {
  const transfer = await page.evaluateHandle(([name, base64]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    return transfer;
  }, [name, buffer.toString("base64")]);
  await page.dispatchEvent("#zone", "drop", { dataTransfer: transfer });
  await page.locator("#verdict h2").waitFor();
}

const verdict = async (page: Page) => (await page.locator("#verdict").innerText()).replaceAll("\u00a0", " ");

describe("the page that checks statements", () => {
  for (const locale of LOCALES) {
    const { verify: t } = messages(locale);

    for (const { width, theme } of [{ width: 375, theme: "light" }, { width: 1440, theme: "dark" }] as const) {
      it(`says that a statement verifies, and what that proves (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context, errors } = await newVisitor(browser, web, { width, theme });
        for (const format of ["csv", "jsonl"] as const) {
          const file = await download(format);
          await page.goto(localePath(locale, "/verify"));
          await assertAccessible(page);
          await drop(page, file);
          const text = await verdict(page);
          assert.equal(await page.locator("#verdict h2").innerText(), t.verified.title);
          for (const words of [file.name, t.verified.chain, t.verified.meaning]) assert.ok(text.includes(words), words);
          assert.ok(!/[{}]/.test(text), `everything is filled in: ${text}`);
          assert.ok(!text.includes(t.verified.offline), "the list of checkpoints was there");
          assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2", "what happened has the focus");
          await assertAccessible(page);
        }
        assert.deepEqual(errors, []);
        await context.close();
      });

      it(`names the entry that was changed (${locale}, ${width} px, ${theme})`, async () => {
        const { page, context } = await newVisitor(browser, web, { width, theme });
        await page.goto(localePath(locale, "/verify"));
        for (const format of ["csv", "jsonl"] as const) {
          const file = await download(format);
          const at = file.buffer.indexOf("seedream");
          file.buffer[at] ^= 1;
          await drop(page, file);
          const text = await verdict(page);
          const facts = { seq: 2, line: 3 };
          for (
            const words of [t.broken.title, fill(t.problems.edited.title, facts), fill(t.problems.edited.text, facts)]
          ) {
            assert.ok(text.includes(words), `${words} in ${text}`);
          }
          assert.ok(text.includes("reedream"), "what stands there is shown");
          await assertAccessible(page);
        }
        await context.close();
      });
    }

    it(`works by keyboard, and without JavaScript says what to run (${locale})`, async () => {
      const { page, context } = await newVisitor(browser, web);
      // Asked for before anything else: a browser that does not expect it opens no chooser.
      const opened = page.waitForEvent("filechooser");
      await page.goto(localePath(locale, "/verify"));
      await page.getByLabel(t.zone.label).focus();
      await page.keyboard.press("Enter");
      const chooser = await opened;
      await chooser.setFiles(await download("csv"));
      await page.getByRole("heading", { name: t.verified.title, exact: true }).waitFor();
      await context.close();

      const plain = await newVisitor(browser, web, { javaScript: false });
      await plain.page.goto(localePath(locale, "/verify"));
      // Looking for text skips what is inside of noscript.
      const notice = plain.page.locator("noscript");
      for (const words of [t.withoutScript.title, "deno task verify-statement FILE"]) {
        assert.ok((await notice.innerText()).includes(words), words);
      }
      assert.ok(await notice.locator("code").isVisible());
      assert.equal(await plain.page.locator("#zone").isVisible(), false);
      await plain.context.close();
    });
  }

  it("tells what is no statement, what is not signed, and whose signature is not Kredo's", async () => {
    const { verify: t } = messages("en");
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/verify");
    const says = async (file: File, ...words: string[]) => {
      await drop(page, file);
      const text = await verdict(page);
      for (const each of words) assert.ok(text.includes(each), `${each} in ${text}`);
    };
    await says(named("a.csv", "hello\n"), t.unreadable.title, t.unreadable.other);
    await says(named("a.pdf", "%PDF-1.7\n"), t.unreadable.pdf);
    await says(named("a.csv", ""), t.unreadable.empty);

    const unsigned = named("unsigned.csv", await fileOf("csv", makeLedger(3)));
    await says(unsigned, t.verified.unsigned, t.verified.unconfirmed, t.verified.fits, t.verified.none);
    assert.ok(!(await verdict(page)).includes(t.verified.chain), "what nobody signed may be made up");
    const own = await withProof(makeLedger(3), 3);
    const forged = named("forged.csv", await fileOf("csv", own));
    await says(forged, t.broken.title, t.problems.unpublished.title);

    await page.getByText(t.key.summary).click();
    const { public_key } = (own.end.proof as { checkpoint: { public_key: string } }).checkpoint;
    await page.getByLabel(t.key.label).fill(public_key);
    await says(forged, t.verified.title, "signed with the key you entered");
    assert.ok(!(await verdict(page)).includes(fill(t.verified.facts.signedBalance, { seq: 3 })));
    await page.getByLabel(t.key.label).fill("00".repeat(32));
    await says(forged, t.problems.otherKey.title);
    await says(unsigned, t.problems.keyless.title);

    await page.getByLabel(t.key.label).fill("");
    await page.route("**/api/credits/checkpoints*", (route) => route.abort());
    await says(await download("csv"), t.verified.unreachable, t.verified.offline);
    await context.close();
  });

  for (const locale of LOCALES) {
    it(`confirms no further than the checkpoint, and shows the balance there (${locale})`, async () => {
      const { verify: { verified: t, key } } = messages(locale);
      const { page, context } = await newVisitor(browser, web, { width: 375 });
      await page.goto(localePath(locale, "/verify"));
      await page.getByText(key.summary).click();
      for (const [length, seq] of [[10, 9], [12, 9], [14, 9]]) {
        const signed = await withProof(makeLedger(length), seq);
        const { public_key } = (signed.end.proof as { checkpoint: { public_key: string } }).checkpoint;
        await page.getByLabel(key.label).fill(public_key);
        await drop(page, named("appended.csv", await fileOf("csv", signed)));
        const text = await verdict(page);
        assert.equal(await page.locator("#verdict h2").innerText(), plural(t.partly, length - seq, locale, { seq }));
        const balance = formatNumber(signed.entries[seq - 1].balance_after, locale);
        assert.ok(text.includes(`${fill(t.facts.signedBalance, { seq })}\n${balance}`), text);
        assert.ok(text.includes(`${t.facts.balance}\n${formatNumber(signed.summary.available, locale)}`), text);
        assert.ok(!text.includes(t.chain) && !/[{}]/.test(text), text);
        assert.equal(await page.locator("#verdict .bg-success-soft").count(), 0, "nothing green about it");
      }
      await assertAccessible(page);
      await context.close();
    });
  }

  it("says so where the browser cannot check signatures", async () => {
    const { verify: t } = messages("en");
    const { page, context } = await newVisitor(browser, web);
    await page.addInitScript(() => {
      const { subtle } = crypto;
      subtle.importKey = () => Promise.reject(new DOMException("no Ed25519", "NotSupportedError"));
    });
    await page.goto("/verify");
    await drop(page, await download("csv"));
    const text = await verdict(page);
    for (const words of [t.verified.unsupported, t.verified.noEd25519]) assert.ok(text.includes(words), text);
    await context.close();
  });

  it("checks a hundred thousand entries without freezing, counts them, and sends nothing", async () => {
    const { verify: t } = messages("en");
    const { page, context } = await newVisitor(browser, web);
    await page.goto("/verify", { waitUntil: "networkidle" });
    const sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const path = await Deno.makeTempFile({ suffix: ".jsonl" });
    await Deno.writeFile(path, await fileOf("jsonl", makeLedger(100_000)));
    await page.evaluate(() => {
      const seen = { longest: 0, counted: new Set<string>() };
      (globalThis as unknown as { seen: typeof seen }).seen = seen;
      let last = performance.now();
      const look = () => {
        seen.longest = Math.max(seen.longest, performance.now() - last);
        last = performance.now();
        seen.counted.add(document.querySelector("#progress p")!.textContent!);
        setTimeout(look);
      };
      look();
    });
    await page.getByLabel(t.zone.label).setInputFiles(path);
    await page.locator("#verdict h2").waitFor({ timeout: 60_000 });
    await Deno.remove(path);
    assert.equal(await page.locator("#verdict h2").innerText(), t.verified.unsigned);
    assert.ok((await verdict(page)).includes(formatNumber(100_000, "en")));
    const { longest, counted } = await page.evaluate(() => {
      const { longest, counted } = (globalThis as unknown as { seen: { longest: number; counted: Set<string> } }).seen;
      return { longest, counted: [...counted] };
    });
    assert.ok(counted.length > 10, `${counted.length} states of progress`);
    console.log(`longest pause ${Math.round(longest)} ms, ${counted.length} states of progress`);
    assert.deepEqual(sent, []);
    await context.close();
  });

  it("needs less JavaScript than a page may", async () => {
    const { page, context } = await newVisitor(browser, web);
    const loaded: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      loaded.push(response.body().then((code) => gzipSync(code).length));
    });
    await page.goto("/verify", { waitUntil: "load" });
    await drop(page, await download("csv"));
    const total = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0);
    assert.ok(total > 0 && total <= 12 * 1024, `${total} bytes`);
    console.log(`${total} bytes of JavaScript`);
    await context.close();
  });
});

describe("a downloaded statement", () => {
  it("is the account of who is signed in in that browser", async () => {
    const { name, buffer } = await download("csv");
    assert.match(name, /^kredo-statement-[0-9a-f]{8}-2\.csv$/);
    assert.ok(textOf(buffer).includes("settle,-1,usage"));
  });
});

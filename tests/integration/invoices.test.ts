/** Invoices through the API, the page and the PDF. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import type { Invoice } from "../../domain/billing/read-invoice.ts";
import { localePath, LOCALES, messages } from "../../locales/mod.ts";
import { invoiceScene } from "../support/invoice-facts.ts";
import { textOfPages } from "../support/pdf-text.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const { web, dbAdmin } = await stack();
const sql = postgres(dbAdmin, { max: 1, onnotice: () => {} });
const { invoice } = invoiceScene(sql);
after(() => sql.end());

const list = async ({ token }: Customer, query = ""): Promise<{ invoices: Invoice[]; next_cursor: string | null }> => {
  const { status, body, text } = await ask(`/api/billing/invoices${query}`, { token });
  assert.equal(status, 200, text);
  return body;
};
const pdf = (id: string, { cookie }: { cookie?: string }, { prefix = "", query = "" } = {}) =>
  fetch(`${web}${prefix}/app/billing/invoices/${id}/pdf${query}`, {
    headers: cookie ? { cookie } : {},
    redirect: "manual",
  });

let [ann, bob]: Customer[] = [];
before(async () => void ([ann, bob] = await Promise.all([newCustomer(), newCustomer()])));

describe("invoices", () => {
  it("are there for the person whose they are, and for nobody else", async () => {
    assert.equal((await ask("/api/billing/invoices")).status, 401);
    const id = await invoice(ann.id);
    assert.deepEqual((await list(ann)).invoices.map((each) => each.id), [id]);
    assert.deepEqual(await list(bob), { invoices: [], next_cursor: null });

    assert.equal((await pdf(id, ann)).status, 200);
    assert.equal((await pdf(id, bob)).status, 404);
    assert.equal((await pdf("in_nothing", ann)).status, 404);
    assert.equal((await pdf(id, {})).status, 303, "strangers log in first");
    assert.ok(!(await ask("/app/billing/invoices", { cookie: bob.cookie })).text.includes(id));
  });

  it("say what was bought, its tax, and how that adds up", async () => {
    const customer = await newCustomer();
    const id = await invoice(customer.id, {
      number: "KREDO-0042",
      lines: [
        { description: "Remaining time on Kredo Enterprise", amount: 9900 },
        { description: "Unused time on Kredo Pro", amount: -1450 },
        { description: "Set up", amount: 0, once: true },
      ],
      tax: 1944,
      tax_ids: [{ type: "eu_vat", value: "PL7250000000" }],
    });
    const [found] = (await list(customer)).invoices;
    assert.partialDeepStrictEqual(found, {
      id,
      number: "KREDO-0042",
      status: "paid",
      currency: "usd",
      subtotal_cents: 8450,
      discount_cents: 0,
      tax_cents: 1944,
      total_cents: 10_394,
      paid_cents: 10_394,
      due_cents: 0,
      issued_at: "2026-11-26T10:00:00.000Z",
      paid_at: "2026-11-26T10:00:05.000Z",
      pdf_url: `${web}/app/billing/invoices/${id}/pdf`,
    } as unknown as Invoice);
    assert.deepEqual(found.lines.map(({ amount_cents, from, until }) => [amount_cents, from, until]), [
      [9900, "2026-11-26T10:00:00.000Z", "2026-12-26T10:00:00.000Z"],
      [-1450, "2026-11-26T10:00:00.000Z", "2026-12-26T10:00:00.000Z"],
      [0, null, null],
    ] as never);
    assert.deepEqual(found.taxes, [
      { name: "VAT", percent: 23, amount_cents: 1944, reverse_charge: false, included: false },
    ]);
    assert.deepEqual(found.customer.tax_ids, [{ type: "eu_vat", value: "PL7250000000" }]);
    assert.equal(
      (await fetch(new URL(new URL(`${(found as unknown as { pdf_url: string }).pdf_url}`).pathname, web), {
        headers: { authorization: `Bearer ${customer.token}` },
      })).headers.get("content-type"),
      "application/pdf",
      "programs get the PDF with their token",
    );
  });

  it("show what a coupon took off, which Stripe says only by the total", async () => {
    const customer = await newCustomer();
    const id = await invoice(customer.id);
    await sql`update public.invoices set total_cents = total_cents - 500 where id = ${id}`;
    assert.equal((await list(customer)).invoices[0].discount_cents, 500);
    await sql`update public.invoices set total_cents = subtotal_cents - 500, taxes = ${
      sql.json([{ name: "VAT", percent: 23, amount_cents: 542, reverse_charge: false, included: true }])
    } where id = ${id}`;
    assert.equal((await list(customer)).invoices[0].discount_cents, 500, "a tax that prices hold is not added");
  });

  it("show what went back of their payments", async () => {
    const customer = await newCustomer();
    const back = async (fields: Parameters<typeof invoice>[1]) => {
      const id = await invoice(customer.id, fields);
      const found = (await list(customer)).invoices.find((each) => each.id === id)!;
      return [found.refunded_cents, found.disputed_cents, found.dispute];
    };
    assert.deepEqual(await back({}), [0, 0, null]);
    assert.deepEqual(await back({ refunded: 1000 }), [1000, 0, null]);
    const dispute = (status: string) => ({ disputes: [{ id: "dp_1", amount: 3567, status }] });
    assert.deepEqual(await back(dispute("needs_response")), [0, 3567, "open"]);
    assert.deepEqual(await back(dispute("lost")), [0, 3567, "lost"]);
    assert.deepEqual(await back(dispute("won")), [0, 0, "won"]);

    const { text } = await ask("/app/billing/invoices", { cookie: customer.cookie });
    for (const words of ["$10.00 refunded", "$35.67 disputed", "$35.67 went back", "the payment stands"]) {
      assert.ok(text.includes(words), words);
    }
  });

  it("come newest first, in pages of any size, without missing or repeating one; drafts are not among them", async () => {
    const customer = await newCustomer();
    const days = ["01", "03", "02", "03", "03", "04"];
    for (const day of days) await invoice(customer.id, { issued: `2026-11-${day}T00:00:00Z` });
    await invoice(customer.id, { status: "draft", number: null });
    const once = (await list(customer)).invoices.map(({ id }) => id);
    assert.equal(once.length, days.length);
    const issued = (await list(customer)).invoices.map(({ issued_at }) => String(issued_at));
    assert.deepEqual(issued, [...issued].sort().reverse());
    for (const size of [1, 2, 4, 6]) {
      const seen: string[] = [];
      let cursor: string | null = "";
      do {
        const page: Awaited<ReturnType<typeof list>> = await list(
          customer,
          `?limit=${size}${cursor && `&cursor=${cursor}`}`,
        );
        seen.push(...page.invoices.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor);
      assert.deepEqual(seen, once, `pages of ${size}`);
    }
    for (const [query, field] of [["limit=0", "limit"], ["cursor=WzEsMl0", "cursor"]]) {
      const { status, body } = await ask(`/api/billing/invoices?${query}`, { token: customer.token });
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]]);
    }
  });

  it("have a page with the way to pay what is open, and to Stripe and the PDF for every one", async () => {
    const customer = await newCustomer();
    for (const locale of LOCALES) {
      const { text } = await ask(localePath(locale, "/app/billing/invoices"), { cookie: customer.cookie });
      assert.ok(text.includes(messages(locale).invoices.empty.title), "nothing yet");
    }
    const [paid, open] = [await invoice(customer.id), await invoice(customer.id, { status: "open" })];
    for (const locale of LOCALES) {
      const { text } = await ask(localePath(locale, "/app/billing/invoices"), { cookie: customer.cookie });
      for (const id of [paid, open]) {
        assert.ok(text.includes(`id="${id}"`), "mails lead here");
        assert.ok(text.includes(`href="${localePath(locale, `/app/billing/invoices/${id}/pdf`)}"`));
      }
      const links = (id: string) => text.split(`href="https://stripe.example/i/${id}"`).length - 1;
      assert.deepEqual([links(paid), links(open)], [1, 2], "one more to pay");
    }
    assert.ok((await ask("/app/billing", { cookie: customer.cookie })).text.includes('href="/app/billing/invoices"'));
  });
});

describe("the PDF of an invoice", () => {
  const text = async (response: Response) => textOfPages(new Uint8Array(await response.arrayBuffer())).flat();

  it("is a download named after its number, in the language of the page or the one asked for", async () => {
    const id = await invoice(ann.id, { number: "Ä/KREDO 7" });
    const { headers } = await pdf(id, ann);
    assert.equal(headers.get("content-type"), "application/pdf");
    assert.equal(headers.get("content-disposition"), 'attachment; filename="kredo-invoice-KREDO-7.pdf"');
    assert.equal(headers.get("cache-control"), "private, no-store");
    const title = async (options: Parameters<typeof pdf>[2]) =>
      (await text(await pdf(id, ann, options))).find((each) => each.includes("KREDO 7"));
    assert.equal(await title({}), "Invoice Ä/KREDO 7");
    assert.equal(await title({ prefix: "/pl" }), "Faktura Ä/KREDO 7");
    assert.equal(await title({ query: "?lang=pl" }), "Faktura Ä/KREDO 7");
    assert.equal(await title({ prefix: "/pl", query: "?lang=en" }), "Invoice Ä/KREDO 7");
    assert.equal((await pdf(id, ann, { query: "?lang=xx" })).status, 422);
  });

  it("names the company that an operator has set, which cannot be set to what no invoice could show", async () => {
    const id = await invoice(ann.id);
    const seller = "private.settings where key = 'company'";
    const [{ value: before }] = await sql.unsafe(`select value from ${seller}`);
    assert.ok((await text(await pdf(id, ann))).includes("DEMO, no company has been set"), "marked as what it is");
    const company = {
      name: "Źródło Obrazów sp. z o.o.",
      address: ["ul. Długa 1", "80-001 Gdańsk"],
      vat_id: "PL5830000000",
    };
    const set = (value: unknown) =>
      sql`update private.settings set value = ${sql.json(value as never)} where key = 'company'`;
    try {
      await set(company);
      const found = await text(await pdf(id, ann));
      for (const line of [company.name, ...company.address, "VAT ID PL5830000000"]) {
        assert.ok(found.includes(line), line);
      }
      for (const wrong of [{}, { ...company, address: "ul. Długa 1" }, { name: "X", address: [] }, "X"]) {
        await assert.rejects(set(wrong), /settings_company/, JSON.stringify(wrong));
      }
    } finally {
      await set(before);
    }
  });

  it("is not made without end for one person", async () => {
    const customer = await newCustomer();
    const id = await invoice(customer.id);
    assert.equal((await pdf(id, customer)).status, 200);
    await sql`update private.rate_limits set hits = 60 where bucket = 'invoice-pdfs' and key = ${customer.id}`;
    assert.equal((await pdf(id, customer)).status, 429);
    assert.equal((await ask("/app/billing/invoices", { cookie: customer.cookie })).status, 200);
  });
});

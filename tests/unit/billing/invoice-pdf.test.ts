import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { describeInvoice } from "../../../domain/billing/invoice-pdf/describe-invoice.ts";
import type { Seller } from "../../../domain/billing/invoice-pdf/read-seller.ts";
import { writeInvoice } from "../../../domain/billing/invoice-pdf/write-invoice.ts";
import type { Invoice } from "../../../domain/billing/read-invoice.ts";
import type { InvoiceTax } from "../../../domain/billing/stripe/describe-taxes.ts";
import type { Locale } from "../../../locales/mod.ts";
import type { FontFiles } from "../../../platform/pdf/typesetter.ts";
import { line, paidInvoice, pdfFonts, seller } from "../../support/invoices.ts";
import { textOfPages } from "../../support/pdf-text.ts";

let fonts: FontFiles;
before(async () => void (fonts = await pdfFonts()));

const pagesOf = (invoice: Invoice, locale: Locale, from: Seller = seller) =>
  textOfPages(writeInvoice(invoice, { locale, seller: from, fonts }));
const vat = (more: Partial<InvoiceTax>): InvoiceTax => ({
  name: "VAT",
  percent: 23,
  amount_cents: 667,
  reverse_charge: false,
  included: false,
  ...more,
});
/** Label and amount of every sum, in order. */
const sumsOf = (invoice: Invoice, locale: Locale = "en") => {
  const { sums, total, after } = describeInvoice(invoice, seller, locale);
  return [...sums, total, ...after].map(({ label, amount }) => `${label}: ${amount}`);
};

describe("an invoice as a PDF", () => {
  it("says in either language who sells what to whom, for how much and with which tax", () => {
    const shared = [
      "Źródło Obrazów sp. z o.o.",
      "ul. Świętojańska 5/7",
      "80-840 Gdańsk",
      "Zażółć Gęślą Jaźń S.A.",
      "ul. Łąkowa 12",
      "90-562 Łódź",
      "ksiegowosc@example.test",
      "1 × Kredo Pro (at $29.00 / month)",
      "VAT 23%",
    ];
    const expected = {
      en: [
        "Invoice KREDO-0001",
        "Issued on 26 Nov 2026 · Paid on 26 Nov 2026",
        "VAT ID PL5830000000",
        "VAT ID PL7250000000",
        "Poland",
        "26 Nov 2026 – 26 Dec 2026",
        "Amount (USD)",
        "29.00",
        "6.67",
        "Total (USD)",
        "35.67",
        "Page 1 of 1",
      ],
      pl: [
        "Faktura KREDO-0001",
        "Wystawiona 26 lis 2026 · Opłacona 26 lis 2026",
        "Numer VAT PL5830000000",
        "Numer VAT PL7250000000",
        "Polska",
        "26 lis 2026 – 26 gru 2026",
        "Kwota (USD)",
        "29,00",
        "6,67",
        "Razem (USD)",
        "35,67",
        "Strona 1 z 1",
      ],
    };
    for (const locale of ["en", "pl"] as const) {
      const pages = pagesOf(paidInvoice(), locale);
      assert.equal(pages.length, 1);
      for (const text of [...shared, ...expected[locale]]) {
        assert.ok(pages[0].includes(text), `${text} in ${pages[0].join(" | ")}`);
      }
    }
  });

  it("goes on for as many pages as its lines need, each line whole, and its sums stay together", () => {
    for (const count of [1, 8, 13, 14, 15, 16, 40, 100]) {
      const lines = Array.from(
        { length: count },
        (_, n) => line({ description: `Pozycja ${n + 1}: ${"źdźbło ".repeat(n % 20)}` }),
      );
      const pages = pagesOf(paidInvoice({ lines }), "pl");
      const found = pages.flat().filter((text) => /^Pozycja \d+:/.test(text)).map((text) => parseInt(text.slice(8)));
      assert.deepEqual(found, lines.map((_, n) => n + 1), `${count} lines`);
      assert.equal(pages.flat().join(" ").match(/źdźbło/g)?.length ?? 0, lines.reduce((sum, _, n) => sum + n % 20, 0));
      pages.forEach((page, at) => {
        assert.ok(page.includes(`Strona ${at + 1} z ${pages.length}`));
        assert.ok(page.includes("Faktura KREDO-0001"), "each page says what it belongs to");
        const hasLines = page.some((text) => text.startsWith("Pozycja"));
        assert.equal(page.includes("Za co"), hasLines, "headings stand above lines");
      });
      for (const label of ["Suma pozycji", "VAT 23%", "Razem (USD)", "Zapłacono"]) {
        assert.ok(pages.at(-1)!.includes(label), `${label} on the last page`);
      }
      if (count <= 8) assert.equal(pages.length, 1);
      if (count >= 40) assert.ok(pages.length > 2);
    }
  });

  it("breaks long names and descriptions, also where they have no spaces", () => {
    const name = `Przedsiębiorstwo ${"Wielobranżowe ".repeat(8)}${"ż".repeat(90)}`;
    const description = `${"x".repeat(200)} end`;
    const customer = { ...paidInvoice().customer, name };
    const [page] = pagesOf(paidInvoice({ customer, lines: [line({ description })] }), "pl");
    const run = page.join("");
    for (const whole of [name, description]) {
      assert.ok(run.replaceAll(" ", "").includes(whole.replaceAll(" ", "")), run);
    }
    assert.ok(page.every((text) => text.length < 100));
  });

  it("can be made of the least that Stripe may tell, and for a seller without address or VAT id", () => {
    const customer = { name: null, email: "ann@example.test", address: null, tax_ids: [] };
    const bare = paidInvoice({ number: null, customer, taxes: [], tax_cents: 0, total_cents: 2900, lines: [] });
    const [page] = pagesOf(bare, "en", { name: "DEMO, no company has been set", address: [], vat_id: "" });
    for (const text of ["Invoice", "ann@example.test", "DEMO, no company has been set"]) assert.ok(page.includes(text));
    assert.ok(!page.some((text) => text.startsWith("VAT")));
  });
});

describe("what an invoice adds up", () => {
  it("is every tax with its rate, and whether the price holds it", () => {
    const taxes = [
      vat({}),
      vat({ name: "", percent: 8.25, amount_cents: 100 }),
      vat({ percent: null, amount_cents: 0 }),
      vat({ percent: 19, amount_cents: 463, included: true }),
    ];
    assert.deepEqual(sumsOf(paidInvoice({ taxes })).slice(1, 5), [
      "VAT 23%: 6.67",
      "Tax 8.25%: 1.00",
      "VAT: 0.00",
      "VAT 19%, included: 4.63",
    ]);
    assert.deepEqual(sumsOf(paidInvoice({ taxes }), "pl").slice(2, 5), [
      "Podatek 8,25%: 1,00",
      "VAT: 0,00",
      "VAT 19%, w cenie: 4,63",
    ]);
  });

  it("says where the buyer owes the tax, and only there", () => {
    const taxes = [vat({ percent: 19, amount_cents: 0, reverse_charge: true })];
    const words = (locale: Locale, invoice = paidInvoice({ taxes })) => describeInvoice(invoice, seller, locale);
    assert.equal(words("en").sums[1].label, "VAT, reverse charge");
    assert.equal(words("pl").sums[1].label, "VAT, odwrotne obciążenie");
    assert.deepEqual(words("en").notes, ["Reverse charge: the tax is owed by the recipient."]);
    assert.deepEqual(words("pl").notes, ["Odwrotne obciążenie: podatek rozlicza nabywca."]);
    assert.deepEqual(words("en", paidInvoice()).notes, []);
  });

  it("shows a discount, what the balance at Stripe paid or kept, and what went back", () => {
    assert.deepEqual(sumsOf(paidInvoice({ subtotal_cents: 3900, discount_cents: 1000, paid_cents: 3067 })), [
      "Subtotal: 39.00",
      "Discount: −10.00",
      "VAT 23%: 6.67",
      "Total (USD): 35.67",
      "From your balance: −5.00",
      "Paid: 30.67",
    ]);
    const credit = { subtotal_cents: -1450, tax_cents: 0, taxes: [], total_cents: -1450, paid_cents: 0 };
    assert.deepEqual(sumsOf(paidInvoice(credit)), [
      "Subtotal: −14.50",
      "Total (USD): −14.50",
      "Added to your balance: 14.50",
    ]);
    const back = { refunded_cents: 1000, disputed_cents: 2567, dispute: "lost" } as const;
    assert.deepEqual(sumsOf(paidInvoice(back)).slice(-3), [
      "Paid: 35.67",
      "Refunded: −10.00",
      "Returned after a dispute: −25.67",
    ]);
    const won = sumsOf(paidInvoice({ dispute: "won" }));
    assert.equal(won.at(-1), "Paid: 35.67", "a dispute that was won took nothing");
  });

  it("asks for money only while the invoice is open, with the way to pay", () => {
    const owed = { paid_cents: 0, paid_at: null, due_cents: 3567 };
    const standing = (status: Invoice["status"]) => {
      const invoice = paidInvoice({ ...owed, status });
      const { standing, pay } = describeInvoice(invoice, seller, "en");
      return [standing, pay?.url ?? null, sumsOf(invoice).at(-1)];
    };
    assert.deepEqual(standing("open"), ["Not paid yet", "https://stripe.example/in_1", "To pay: 35.67"]);
    const total = "Total (USD): 35.67";
    assert.deepEqual(standing("void"), ["Void: nothing is owed for this invoice", null, total]);
    assert.deepEqual(standing("uncollectible"), ["Not collected", null, total]);
    const open = writeInvoice(paidInvoice({ ...owed, status: "open" }), { locale: "en", seller, fonts });
    assert.ok(new TextDecoder("latin1").decode(open).includes("(https://stripe.example/in_1)"), "it can be clicked");
  });

  it("is written with the digits of its currency", () => {
    const yen = paidInvoice({ currency: "jpy", subtotal_cents: 2900, taxes: [], total_cents: 2900, paid_cents: 2900 });
    assert.deepEqual(sumsOf(yen), ["Subtotal: 2,900", "Total (JPY): 2,900", "Paid: 2,900"]);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAIL_KINDS, type MailData, type MailKind, mailSchema } from "../../../domain/email/mail.ts";
import { renderMail } from "../../../domain/email/render-mail.ts";
import { LOCALES } from "../../../locales/mod.ts";
import { linksIn } from "../../../sandbox/mail/links.ts";
import { mails } from "../../support/mails.ts";

const webUrl = "https://kredo.test";
const render = <K extends MailKind>(kind: K, data: MailData<K>, locale: "en" | "pl" = "en") =>
  renderMail(kind, data, locale, { webUrl });

const unescape = (html: string) => html.replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&amp;/g, "&");

describe("a mail of the product", () => {
  it("is shown here in every kind there is", () => {
    assert.deepEqual([...new Set(mails.map(({ kind }) => kind))].sort(), [...MAIL_KINDS].sort());
  });

  for (const locale of LOCALES) {
    it(`has everything filled in, in its text, its HTML and its one line of subject (${locale})`, () => {
      for (const { kind, data } of mails) {
        const { subject, text, html } = render(kind, data, locale);
        assert.match(subject, /^[^\r\n]{5,90}$/, kind);
        for (const part of [subject, text, html.replace(/<style>.*<\/style>/s, "")]) {
          assert.doesNotMatch(part, /\{\w+\}|undefined|null|NaN|\[object|Invalid/, kind);
        }
        assert.ok(html.includes(`<html lang="${locale}">`), kind);
      }
    });

    it(`says the same as text and as HTML (${locale})`, () => {
      for (const { kind, data } of mails) {
        const { text, html } = render(kind, data, locale);
        const shown = unescape(html);
        const lines = text.split("\n").filter((line) => line !== "");
        assert.ok(lines.length >= 6, kind);
        for (const line of lines) assert.ok(shown.includes(line.replace(/:$/, "")), `${kind}: ${line}`);
      }
    });

    it(`leads into the app, in the reader's language, and nowhere but there and Stripe (${locale})`, () => {
      const app = `${webUrl}${locale === "pl" ? "/pl" : ""}/app/`;
      for (const { kind, data } of mails) {
        const { text, html } = render(kind, data, locale);
        assert.deepEqual(linksIn(text), linksIn(html), kind);
        assert.equal(linksIn(html).length, html.split("href=").length - 1, `${kind} has a link that is not absolute`);
        assert.ok(linksIn(html).some((link) => link.startsWith(app)), kind);
        for (const link of linksIn(html)) {
          assert.ok(link.startsWith(app) || link.startsWith("https://invoice.stripe.com/"), `${kind}: ${link}`);
        }
      }
    });
  }

  it("is written in the reader's language", () => {
    for (const { kind, data } of mails) {
      assert.notEqual(render(kind, data, "pl").subject, render(kind, data, "en").subject, kind);
    }
    const { text } = render("refund_applied", { amount_cents: 1450, credits_taken: 252, debt: 1 }, "pl");
    assert.match(text, /wycofaliśmy z salda: 252 kredyty\./);
    assert.match(text, /do spłaty: 1 kredyt\./);
  });

  it("says a time to the minute and that it is UTC, whatever offset it was given in", () => {
    const data = { plan: "pro", ends_at: "2026-12-03T23:30:00-02:00" } as const;
    assert.match(render("subscription_canceling", data).text, /until 4 Dec 2026, 01:30 UTC;/);
    assert.match(render("subscription_canceling", data, "pl").text, /do 4 gru 2026, 01:30 UTC,/);
    assert.match(render("subscription_canceling", data).subject, /ends on 4 Dec 2026$/);
  });

  it("leads to the invoice where Stripe hosts it, and to the card where it does not", () => {
    const data = { amount_cents: 2900, plan: "pro", grace_ends_at: "2026-12-03T09:30:00Z" } as const;
    const hosted = render("payment_failed", { ...data, hosted_invoice_url: "https://invoice.stripe.com/i/1" });
    assert.deepEqual(linksIn(hosted.html), ["https://invoice.stripe.com/i/1", `${webUrl}/app/billing`]);
    assert.deepEqual(linksIn(render("payment_failed", { ...data, hosted_invoice_url: null }).html), [
      `${webUrl}/app/billing`,
    ]);
  });

  it("speaks of credits only where some were touched", () => {
    const { text } = render("refund_applied", { amount_cents: 50, credits_taken: 0, debt: 0 });
    assert.match(text, /Your credits stay as they are\./);
    assert.doesNotMatch(text, /took back|owe/);
    const owing = render("refund_applied", { amount_cents: 50, credits_taken: 0, debt: 3 }).text;
    assert.match(owing, /You owe 3 credits/);
    assert.doesNotMatch(owing, /stay as they are/);
  });
});

describe("what others wrote into a mail", () => {
  const number = `KR-1\r\nBcc: eve@evil.test\u2028<script>alert(1)</script>"'&\u202e{plan}`;

  it("stays text in the HTML", () => {
    const { html } = render("invoice_paid", { number, amount_cents: 1, invoice_id: "in_1" });
    assert.doesNotMatch(html, /<script/);
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    const hosted_invoice_url = `https://invoice.stripe.com/?"><script>alert(1)</script>`;
    const paid = render("payment_action_required", { amount_cents: 1, hosted_invoice_url }).html;
    assert.doesNotMatch(paid, /<script|href="[^"]*">[^<]*"/);
  });

  it("stays one line without hidden signs, and is not read as a template", () => {
    const { subject, text } = render("invoice_paid", { number, amount_cents: 1, invoice_id: "in_1" });
    assert.equal(
      subject,
      `Receipt: invoice KR-1 Bcc: eve@evil.test <script>alert(1)</script>"'& {plan}, $0.01`,
    );
    assert.doesNotMatch(text, /^Bcc/m);
    assert.doesNotMatch(text, /\u202e|\u2028|\r/);
  });

  it("is refused where it is not of its kind", () => {
    const wrong: [string, unknown][] = [
      ["grace_ended", { plan: "<b>Gold</b>" }],
      ["grace_ended", {}],
      ["grace_ended", { plan: "pro", also: 1 }],
      ["newsletter", {}],
      ["subscription_canceling", { plan: "pro", ends_at: "tomorrow" }],
      ["refund_applied", { amount_cents: 1.5, credits_taken: 1, debt: 0 }],
      ["refund_applied", { amount_cents: 1, credits_taken: -1, debt: 0 }],
      ["usage_warning", { entitlement: "generations", percent: 90, used: 9, limit: 10, resets_at: null }],
      ["payment_action_required", { amount_cents: 1, hosted_invoice_url: "javascript:alert(1)" }],
      ["invoice_paid", { number: "\u202e", amount_cents: 1, invoice_id: "in_1" }],
      ["invoice_paid", { number: "1", amount_cents: 1, invoice_id: `in_1" onclick="` }],
    ];
    for (const [kind, data] of wrong) {
      assert.equal(mailSchema.safeParse({ kind, data }).success, false, `${kind} ${JSON.stringify(data)}`);
      assert.throws(() => render(kind as "grace_ended", data as MailData<"grace_ended">));
    }
  });
});

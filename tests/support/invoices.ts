import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Seller } from "../../domain/billing/invoice-pdf/read-seller.ts";
import type { Invoice, InvoiceLine } from "../../domain/billing/read-invoice.ts";
import type { FontFiles } from "../../platform/pdf/typesetter.ts";
import { root } from "./stack.ts";

/** The fonts of our PDFs, from where the built server has them from. */
export async function pdfFonts(): Promise<FontFiles> {
  const font = (path: string) => readFile(join(root, "node_modules/@expo-google-fonts", path));
  const [regular, strong, display] = await Promise.all([
    font("ibm-plex-sans/400Regular/IBMPlexSans_400Regular.ttf"),
    font("ibm-plex-sans/600SemiBold/IBMPlexSans_600SemiBold.ttf"),
    font("besley/700Bold/Besley_700Bold.ttf"),
  ]);
  return { regular, strong, display };
}

export const seller: Seller = {
  name: "Źródło Obrazów sp. z o.o.",
  address: ["ul. Świętojańska 5/7", "80-840 Gdańsk", "Polska"],
  vat_id: "PL5830000000",
};

export const line = (more: Partial<InvoiceLine> = {}): InvoiceLine => ({
  description: "1 × Kredo Pro (at $29.00 / month)",
  quantity: 1,
  amount_cents: 2900,
  from: new Date("2026-11-26T10:00:00Z"),
  until: new Date("2026-12-26T10:00:00Z"),
  ...more,
});

/** A month of Pro, sold to a company in Poland and paid. */
export const paidInvoice = (more: Partial<Invoice> = {}): Invoice => ({
  id: "in_1",
  number: "KREDO-0001",
  status: "paid",
  reason: "subscription_create",
  subscription: "sub_1",
  currency: "usd",
  subtotal_cents: 2900,
  discount_cents: 0,
  tax_cents: 667,
  total_cents: 3567,
  paid_cents: 3567,
  due_cents: 0,
  refunded_cents: 0,
  disputed_cents: 0,
  dispute: null,
  lines: [line()],
  taxes: [{ name: "VAT", percent: 23, amount_cents: 667, reverse_charge: false, included: false }],
  customer: {
    name: "Zażółć Gęślą Jaźń S.A.",
    email: "ksiegowosc@example.test",
    address: { line1: "ul. Łąkowa 12", line2: null, postal_code: "90-562", city: "Łódź", state: null, country: "PL" },
    tax_ids: [{ type: "eu_vat", value: "PL7250000000" }],
  },
  hosted_url: "https://stripe.example/in_1",
  next_attempt_at: null,
  issued_at: new Date("2026-11-26T10:00:00Z"),
  paid_at: new Date("2026-11-26T10:00:05Z"),
  ...more,
});

import { NotFoundError } from "fresh/errors";
import { z } from "zod";
import { readSeller } from "../../../../../domain/billing/invoice-pdf/read-seller.ts";
import { type Invoice, readInvoice } from "../../../../../domain/billing/read-invoice.ts";
import { LOCALES } from "../../../../../locales/mod.ts";
import { type Limit, takeLimit } from "../../../../../platform/limits.ts";
import { loadPdfFonts } from "../../../../../platform/pdf/fonts.ts";
import { handler } from "./$pdf.ts";

/** A page of type is work for a processor, and nobody needs the same one over and over. */
const pdfsPerPerson: Limit = { bucket: "invoice-pdfs", hits: 60, seconds: 600 };

const query = z.object({ lang: z.enum(LOCALES, "Choose en or pl.").optional() });

/** The invoice as a download, in the language of the page; `?lang=en|pl` for another. */
export const handlers = handler({
  GET: async ({ params, url, state: { services: { db }, session, locale } }) => {
    const { lang } = query.parse(Object.fromEntries(url.searchParams));
    const invoice = await db.asUser(session.claims, (sql) => readInvoice(sql, params.id));
    if (!invoice) throw new NotFoundError();
    await takeLimit(db, pdfsPerPerson, session.userId);
    const [{ writeInvoice }, fonts, seller] = await Promise.all([
      import("../../../../../domain/billing/invoice-pdf/write-invoice.ts"),
      loadPdfFonts(),
      db.asWeb(readSeller),
    ]);
    return new Response(writeInvoice(invoice, { locale: lang ?? locale, seller, fonts }), {
      headers: {
        "content-type": "application/pdf",
        "content-disposition": `attachment; filename="${fileName(invoice)}.pdf"`,
        "cache-control": "private, no-store",
      },
    });
  },
});

/** Stripe lets businesses choose how numbers begin. */
const fileName = ({ number, id }: Invoice) => `kredo-invoice-${number ?? id}`.replace(/\W+/g, "-");

import { z } from "zod";
import { entryWords } from "../../../components/credits/entry-words.ts";
import { knownModels } from "../../../components/credits/made-words.ts";
import { readProfile } from "../../../domain/accounts/read-profile.ts";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import type { EntryKind } from "../../../domain/credits/list-entries.ts";
import { csv, jsonl } from "../../../domain/credits/statement/format.ts";
import { readStatement, type Statement } from "../../../domain/credits/statement/read-statement.ts";
import { readTotals } from "../../../domain/credits/statement/read-totals.ts";
import { writeLines } from "../../../domain/credits/statement/write-lines.ts";
import { localePath } from "../../../locales/mod.ts";
import { byteStream } from "../../../platform/http/byte-stream.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { type Limit, takeLimit } from "../../../platform/limits.ts";
import { loadPdfFonts } from "../../../platform/pdf/fonts.ts";
import type { Session } from "../../../platform/request.ts";
import type { Services } from "../../../platform/services.ts";
import { handler } from "./$statement.ts";

const query = z.object({ format: z.enum(["jsonl", "csv", "pdf"], "Choose jsonl, csv or pdf.").default("jsonl") });

/** A statement may be hundreds of megabytes, and a page of a PDF costs more than a line. */
const statementsPerPerson: Limit = { bucket: "statements", hits: 30, seconds: 600 };
const pdfsPerPerson: Limit = { bucket: "statement-pdfs", hits: 10, seconds: 600 };

const MEDIA_TYPES = {
  jsonl: "application/jsonl; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
  pdf: "application/pdf",
};

/**
 * 200 with every entry of the signed-in person's account, as a download; `?format=jsonl|csv|pdf`. docs/statement.md has
 * the formats and how to verify them. 422 {format}, 429.
 */
export const handlers = handler({
  async GET({ req, url, state }) {
    const session = requireSession();
    const { services } = state;
    const { format } = query.parse(Object.fromEntries(url.searchParams));
    await takeLimit(services.db, format === "pdf" ? pdfsPerPerson : statementsPerPerson, session.userId);
    const statement = await readStatement(services.db, session.claims);
    const headers = {
      "content-type": MEDIA_TYPES[format],
      "content-disposition": `attachment; filename="${fileName(statement)}.${format}"`,
      "cache-control": "private, no-store",
    };
    if (req.method === "HEAD") return new Response(null, { headers });
    const bytes = format === "pdf"
      ? await pdf(services, session, statement)
      : writeLines({ jsonl, csv }[format], statement);
    const body = byteStream(bytes, (error) => services.log.error("a statement broke off", { format, error }));
    return new Response(body, { headers });
  },
});

/** Account and entries in the name: a statement that somebody keeps is told from the next. */
function fileName({ summary }: Statement): string {
  return `kredo-statement-${summary.account.slice(0, 8)}-${summary.entries}`;
}

async function pdf(services: Services, session: Session, statement: Statement): Promise<AsyncGenerator<Uint8Array>> {
  const { db, config } = services;
  const [{ writePdf }, fonts, profile, totals, { models }] = await Promise.all([
    import("../../../domain/credits/statement/write-pdf.ts"),
    loadPdfFonts(),
    db.asUser(session.claims, readProfile),
    readTotals(db, session.claims, statement.summary.entries),
    readOffer(services),
  ]);
  const locale = profile?.locale ?? "en";
  const known = knownModels(models);
  return writePdf(statement, {
    locale,
    holder: profile?.displayName || session.email,
    totals,
    fonts,
    verifyAddress: config.webUrl + localePath(locale, "/verify"),
    describe(entry) {
      const { what, why } = entryWords(
        {
          ...entry,
          kind: entry.kind as EntryKind,
          cause: JSON.parse(entry.cause) ?? {},
          created_at: new Date(entry.created_at_us / 1000),
        },
        known,
        locale,
      );
      return why ? `${what} · ${why}` : what;
    },
  });
}

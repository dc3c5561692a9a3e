import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor, exactTime, type PageRequest, selectExactTime } from "../pages.ts";
import { type Invoice, invoiceOf, type InvoiceRow, selectInvoices } from "./read-invoice.ts";

const position = z.tuple([exactTime, z.string().max(255)]);

/** The signed-in person's invoices, newest first. @throws {AppError} validation_failed {cursor} */
export async function listInvoices(
  sql: Sql,
  { limit, cursor }: PageRequest,
): Promise<{ invoices: Invoice[]; nextCursor: string | null }> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : [];
  const beyond = at && id ? sql`(i.issued_at, i.id) < (${at}::text::timestamptz, ${id})` : sql`true`;
  const rows = await sql<(InvoiceRow & { cursor_at: string })[]>`
    ${selectInvoices(sql, sql`, ${selectExactTime(sql, "i.issued_at")} as cursor_at`)}
    where i.user_id = (select auth.uid()) and i.status <> 'draft' and ${beyond}
    order by i.issued_at desc, i.id desc
    limit ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    invoices: page.map(({ cursor_at: _, ...row }) => invoiceOf(row)),
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursor_at, last.id]) : null,
  };
}

import { listInvoices } from "../../../../domain/billing/list-invoices.ts";
import { pageRequest } from "../../../../domain/pages.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/** 200 `{invoices, next_cursor}`, newest first, each with the address of its PDF; `?limit=1..100&cursor=` */
export const handlers = handler({
  async GET({ url, state: { services: { config, db } } }) {
    const session = requireSession();
    const page = pageRequest(url.searchParams);
    const { invoices, nextCursor } = await db.asUser(session.claims, (sql) => listInvoices(sql, page));
    return Response.json({
      invoices: invoices.map((invoice) => ({
        ...invoice,
        pdf_url: `${config.webUrl}/app/billing/invoices/${encodeURIComponent(invoice.id)}/pdf`,
      })),
      next_cursor: nextCursor,
    });
  },
});

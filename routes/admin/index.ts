import { localePath } from "../../locales/mod.ts";
import { handler } from "./$index.ts";

/** The first of the operators' pages. */
export const handlers = handler({
  GET: ({ state: { locale }, redirect }) => redirect(localePath(locale, "/admin/ledger"), 303),
});

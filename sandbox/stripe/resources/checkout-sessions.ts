import type { CheckoutRecord } from "../account.ts";
import { invalid, noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams, wholeList } from "../api/lists.ts";
import { email, object, oneOf, string } from "../api/params.ts";
import { type Call, endpoint } from "../api/resource.ts";
import { expireSession } from "../checkout/outcomes.ts";
import { openSession } from "./checkout-session-create.ts";
import { createParams } from "./checkout-session-params.ts";

export const checkoutSessions = [
  endpoint("POST", "/v1/checkout/sessions", createParams, ({ account, cause }, params) => {
    const record = openSession(account, params, cause);
    account.checkouts.put(record.id, record);
    account.appoint({
      id: `expire ${record.id}`,
      subject: record.id,
      act: "expire_checkout",
      due_ms: record.session.expires_at * 1000,
    });
    return expanded(account, record.session, params.expand);
  }),

  endpoint(
    "GET",
    "/v1/checkout/sessions",
    object({
      ...pageParams,
      created,
      customer: string(),
      customer_details: object({ email }),
      expand,
      payment_intent: string(),
      status: oneOf(["complete", "expired", "open"]),
      subscription: string(),
    }, ["payment_link", "customer_account"]),
    ({ account }, params) => {
      const sessions = {
        get: (id: string) => account.checkouts.get(id)?.session,
        list: (options?: { after?: string }) => account.checkouts.list(options).map(({ session }) => session),
      };
      const listed = page(sessions, params, {
        url: "/v1/checkout/sessions",
        noun: "checkout.session",
        where: (session) =>
          (!params.payment_intent || session.payment_intent === params.payment_intent) &&
          (!params.subscription || session.subscription === params.subscription) &&
          (!params.customer || session.customer === params.customer) &&
          (!params.customer_details?.email || session.customer_details?.email === params.customer_details.email) &&
          (!params.status || session.status === params.status) &&
          (!params.created || params.created(session.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/checkout/sessions/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find({ account, id }).session, params.expand);
  }),

  endpoint("POST", "/v1/checkout/sessions/:id/expire", object({ expand }), ({ account, id, cause }, params) => {
    const { session } = find({ account, id });
    if (session.status !== "open") {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      );
    }
    return expanded(account, expireSession(account, id, cause), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/checkout/sessions/:id/line_items",
    object({ ...pageParams, expand }),
    ({ account, id }, { limit = 10, starting_after, expand }) => {
      const items = find({ account, id }).line_items;
      const from = starting_after ? items.findIndex((item) => item.id === starting_after) + 1 : 0;
      const listed = wholeList(items.slice(from), `/v1/checkout/sessions/${id}/line_items`, limit);
      return expanded(account, listed, expand);
    },
  ),
];

function find({ account, id }: Pick<Call, "account" | "id">): CheckoutRecord {
  const record = account.checkouts.get(id);
  if (!record) throw noSuch("checkout.session", id, "session");
  return record;
}

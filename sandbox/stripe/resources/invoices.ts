import type { Account, Invoice, Subscription } from "../account.ts";
import { ApiError, CardError, invalid, notHere } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams, wholeList } from "../api/lists.ts";
import { boolean, integer, metadataChange, object, oneOf, required, string } from "../api/params.ts";
import { endpoint, found, named } from "../api/resource.ts";
import { authenticationRequired, declined, payerCard } from "../cards.ts";
import {
  defaultMethod,
  finalize,
  finalizeAndPay,
  markUncollectible,
  pay,
  paymentOf,
  voidInvoice,
} from "../invoices/collect.ts";
import { preview } from "../invoices/preview.ts";
import { subscriptionOf } from "../subscriptions/standing.ts";
import { itemChanges, prorationBehavior, trialEnd, turnOf } from "./subscription-params.ts";

const previewParams = object({
  customer: string(),
  expand,
  preview_mode: oneOf(["next"]),
  subscription: string(),
  subscription_details: object({
    billing_cycle_anchor: oneOf(["now", "unchanged"]),
    items: itemChanges,
    proration_behavior: prorationBehavior,
    proration_date: integer(),
    trial_end: trialEnd,
  }, [
    "billing_mode",
    "billing_schedules",
    "cancel_at",
    "cancel_at_period_end",
    "cancel_now",
    "default_tax_rates",
    "metadata",
    "pause",
    "resume_at",
    "start_date",
  ]),
}, [
  "automatic_tax",
  "currency",
  "customer_account",
  "customer_details",
  "discounts",
  "invoice_items",
  "issuer",
  "on_behalf_of",
  "schedule",
  "schedule_details",
]);

export const invoices = [
  endpoint("POST", "/v1/invoices/create_preview", previewParams, ({ account }, params) => {
    const subscription = previewed(account, params);
    const { items, ...turn } = params.subscription_details ?? {};
    const shown = preview(account, subscription, { ...turn, ...turnOf(account, subscription, items) });
    return expanded(account, shown, params.expand);
  }),

  endpoint("GET", "/v1/invoices/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find(account, id), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/invoices",
    object({
      ...pageParams,
      created,
      customer: string(),
      expand,
      status: oneOf(["draft", "open", "paid", "uncollectible", "void"]),
      subscription: string(),
    }, ["collection_method", "customer_account", "due_date"]),
    ({ account }, params) => {
      const listed = page(account.invoices, params, {
        url: "/v1/invoices",
        noun: "invoice",
        where: (invoice) =>
          (!params.customer || invoice.customer === params.customer) &&
          (!params.subscription || subscriptionOf(account, invoice)?.id === params.subscription) &&
          (!params.status || invoice.status === params.status) &&
          (!params.created || params.created(invoice.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/invoices/:id/lines", object({ ...pageParams, expand }), ({ account, id }, params) => {
    const lines = find(account, id).lines.data;
    const from = params.starting_after ? lines.findIndex((line) => line.id === params.starting_after) + 1 : 0;
    const listed = wholeList(lines.slice(from), `/v1/invoices/${id}/lines`, params.limit ?? 10);
    return expanded(account, listed, params.expand);
  }),

  endpoint(
    "POST",
    "/v1/invoices/:id",
    object({ auto_advance: boolean, description: string({ max: 1_500 }), expand, metadata: metadataChange }, [
      "account_tax_ids",
      "automatic_tax",
      "automatically_finalizes_at",
      "collection_method",
      "custom_fields",
      "days_until_due",
      "default_payment_method",
      "discounts",
      "due_date",
      "footer",
      "number",
      "payment_settings",
      "rendering",
    ]),
    ({ account, id, cause }, params) => {
      const invoice = find(account, id);
      const changed = {
        ...invoice,
        auto_advance: params.auto_advance ?? invoice.auto_advance,
        description: params.description ?? invoice.description,
        metadata: params.metadata ? params.metadata(invoice.metadata) : invoice.metadata,
      };
      return expanded(account, account.update("invoice.updated", account.invoices, changed, cause), params.expand);
    },
  ),

  endpoint(
    "POST",
    "/v1/invoices/:id/pay",
    object({ expand, off_session: boolean, payment_method: string() }, [
      "forgive",
      "mandate",
      "paid_out_of_band",
      "source",
    ]),
    ({ account, id, cause }, params) => {
      const invoice = find(account, id);
      if (invoice.status === "paid") throw invalid("Invoice is already paid", undefined, "invoice_already_paid");
      if (invoice.status !== "draft" && invoice.status !== "open") {
        throw invalid(`Invoice is no longer payable: it is ${invoice.status}.`, undefined, "invoice_not_editable");
      }
      const open = invoice.status === "draft" ? finalize(account, invoice, cause) : invoice;
      const method = params.payment_method
        ? payerCard(account, params.payment_method, "payment_method")
        : defaultMethod(account, open);
      if (!method) {
        throw invalid(
          "There is no `default_payment_method` set on this Customer or Invoice.",
          undefined,
          "resource_missing",
        );
      }
      const after = open.status === "open"
        ? pay(account, open, { method, present: params.off_session === false }, cause)
        : open;
      if (after.status !== "paid") throw notPaid(account, after);
      return expanded(account, after, params.expand);
    },
  ),

  endpoint(
    "POST",
    "/v1/invoices/:id/finalize",
    object({ auto_advance: boolean, expand }),
    ({ account, id, cause }, params) => {
      const invoice = find(account, id);
      if (invoice.status !== "draft") {
        throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
      }
      // What advances by itself is collected as soon as it is open.
      const after = params.auto_advance ?? invoice.auto_advance
        ? finalizeAndPay(account, invoice, { automatic: true }, cause)
        : finalize(account, invoice, cause);
      return expanded(account, after, params.expand);
    },
  ),

  endpoint("POST", "/v1/invoices/:id/void", object({ expand }), ({ account, id, cause }, params) => {
    const invoice = find(account, id);
    if (invoice.status !== "open" && invoice.status !== "uncollectible") {
      throw invalid(
        `You can only pass in open or uncollectible invoices. This invoice isn't open or uncollectible: it is ${invoice.status}.`,
      );
    }
    return expanded(account, voidInvoice(account, invoice, cause), params.expand);
  }),

  endpoint("POST", "/v1/invoices/:id/mark_uncollectible", object({ expand }), ({ account, id, cause }, params) => {
    const invoice = find(account, id);
    if (invoice.status !== "open") throw invalid("You can only mark open invoices as uncollectible.");
    return expanded(account, markUncollectible(account, invoice, cause), params.expand);
  }),
];

export const invoicePayments = [
  endpoint("GET", "/v1/invoice_payments/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.invoicePayments, id, "invoice_payment", "invoice_payment"), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/invoice_payments",
    object({
      ...pageParams,
      created,
      expand,
      invoice: string(),
      payment: object({ payment_intent: string(), type: required(oneOf(["payment_intent"])) }, ["payment_record"]),
      status: oneOf(["canceled", "open", "paid"]),
    }),
    ({ account }, params) => {
      const listed = page(account.invoicePayments, params, {
        url: "/v1/invoice_payments",
        noun: "invoice_payment",
        where: (payment) =>
          (!params.invoice || payment.invoice === params.invoice) &&
          (!params.payment?.payment_intent || payment.payment.payment_intent === params.payment.payment_intent) &&
          (!params.status || payment.status === params.status) &&
          (!params.created || params.created(payment.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

const find = (account: Account, id: string) => found(account.invoices, id, "invoice", "invoice");

/** Why the money did not come; the failed charge stays. */
function notPaid(account: Account, invoice: Invoice): ApiError {
  const payment = account.paymentIntents.get(String(paymentOf(account, invoice)?.payment.payment_intent));
  const error = payment?.last_payment_error;
  const reason = payment?.status === "requires_action"
    ? authenticationRequired
    : error?.code
    ? { code: error.code, decline_code: error.decline_code, message: error.message! }
    : declined;
  return new CardError(reason, { payment_intent: payment, charge: payment?.latest_charge });
}

function previewed(account: Account, params: { customer?: string; subscription?: string }): Subscription {
  if (params.subscription) {
    const subscription = named(account.subscriptions, params.subscription, "subscription", "subscription");
    if (subscription.status === "canceled") throw invalid("Cannot preview a canceled subscription.", "subscription");
    return subscription;
  }
  const { id } = named(account.customers, params.customer ?? "", "customer", "customer");
  const running = account.subscriptions.list().filter(({ customer, status }) =>
    customer === id && !["canceled", "incomplete", "incomplete_expired"].includes(status)
  );
  if (running.length > 1) throw notHere("the preview of several subscriptions at once", "customer");
  if (running.length === 1) return running[0];
  throw new ApiError(404, `No upcoming invoices for customer: ${id}`, { code: "invoice_upcoming_none" });
}

import type { Account, Subscription } from "../account.ts";
import { ApiError, invalid, notHere } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { boolean, emptyable, object, oneOf, string } from "../api/params.ts";
import { type Call, endpoint, found, named } from "../api/resource.ts";
import { day } from "../../calendar.ts";
import { payerCard } from "../cards.ts";
import { cancel } from "../subscriptions/cancel.ts";
import { startSubscription } from "../subscriptions/start.ts";
import { changeSubscription } from "../subscriptions/update.ts";
import {
  createParams,
  recurringPrice,
  type Redeemable,
  redeemables,
  turnOf,
  updateParams,
} from "./subscription-params.ts";

const statuses = [
  "active",
  "all",
  "canceled",
  "ended",
  "incomplete",
  "incomplete_expired",
  "past_due",
  "paused",
  "trialing",
  "unpaid",
] as const;

export const subscriptions = [
  endpoint("POST", "/v1/subscriptions", createParams, (call, params) => {
    const { account, cause } = call;
    const customer = named(account.customers, params.customer, "customer", "customer");
    if (params.items.length !== 1) throw notHere("more than one item in a subscription", "items");
    const [{ price: id, quantity = 1 }] = params.items;
    const price = recurringPrice(account, id ?? "", "items[0][price]");
    if (params.trial_end !== undefined && params.trial_period_days !== undefined) {
      throw invalid("You may only specify one of these parameters: trial_end, trial_period_days.", "trial_end");
    }
    const behavior = known(params.payment_behavior);
    const method = params.default_payment_method && cardOf(account, customer.id, params.default_payment_method);
    const trial_end = params.trial_period_days
      ? account.now() + params.trial_period_days * day
      : typeof params.trial_end === "number"
      ? future(account, params.trial_end)
      : null;
    if (
      !method && !customer.invoice_settings.default_payment_method && !trial_end && behavior !== "default_incomplete"
    ) {
      throw invalid(
        "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
        undefined,
        "resource_missing",
      );
    }
    const subscription = startSubscription(account, {
      customer,
      price,
      quantity,
      trial_end,
      default_payment_method: method || null,
      automatic_tax: params.automatic_tax?.enabled,
      description: params.description,
      metadata: params.metadata,
      missing_payment_method: missingCard(params.trial_settings),
      coupons: redeemables(account, params.discounts ?? [], price.currency)
        .filter((given): given is Redeemable => typeof given !== "string"),
      payment: behavior === "default_incomplete" ? "hold" : "charge",
      present: params.off_session === false,
    }, cause);
    if (behavior === "error_if_incomplete" && subscription.status === "incomplete") {
      throw new ApiError(402, "Your card was declined.", { type: "card_error", code: "card_declined" });
    }
    return expanded(account, subscription, params.expand);
  }),

  endpoint("GET", "/v1/subscriptions/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find(account, id), params.expand);
  }),

  endpoint("POST", "/v1/subscriptions/:id", updateParams, (call, params) => {
    const { account, id, cause } = call;
    const subscription = find(account, id);
    const { metadata, default_payment_method, trial_settings, automatic_tax } = params;
    if (["canceled", "incomplete_expired"].includes(subscription.status)) {
      throw invalid("A canceled subscription can only update its cancellation_details and metadata.");
    }
    const turn = turnOf(account, subscription, params.items);
    if (typeof params.trial_end === "number") future(account, params.trial_end);
    if (typeof params.trial_end === "number" && subscription.status !== "trialing") {
      throw notHere("a trial for a subscription that is not on trial", "trial_end");
    }
    prorationDate(subscription, params.proration_date);
    const changed = changeSubscription(account, subscription, {
      ...turn,
      trial_end: params.trial_end,
      billing_cycle_anchor: params.billing_cycle_anchor,
      cancel_at_period_end: params.cancel_at_period_end,
      payment_behavior: known(params.payment_behavior),
      proration_behavior: params.proration_behavior,
      proration_date: params.proration_date,
      discounts: params.discounts === undefined
        ? undefined
        : redeemables(account, params.discounts ?? [], subscription.currency),
      plain: {
        ...(metadata && { metadata: metadata(subscription.metadata) }),
        ...(params.description !== undefined && { description: params.description }),
        ...(default_payment_method !== undefined && {
          default_payment_method: default_payment_method &&
            cardOf(account, subscription.customer, default_payment_method),
        }),
        ...(automatic_tax && {
          automatic_tax: {
            disabled_reason: null,
            enabled: automatic_tax.enabled,
            liability: automatic_tax.enabled ? { type: "self" } : null,
          },
        }),
        ...(trial_settings && {
          trial_settings: {
            end_behavior: { billing_cycle_anchor: null, missing_payment_method: missingCard(trial_settings)! },
          },
        }),
        ...(params.cancellation_details && {
          cancellation_details: {
            feedback_option: null,
            reason: subscription.cancellation_details?.reason ?? null,
            comment: params.cancellation_details.comment ?? null,
            feedback: params.cancellation_details.feedback ?? null,
          },
        }),
      },
    }, cause);
    return expanded(account, changed, params.expand);
  }),

  endpoint(
    "DELETE",
    "/v1/subscriptions/:id",
    object({
      cancellation_details: object({ comment: emptyable(string()), feedback: emptyable(string()) }),
      expand,
      invoice_now: boolean,
      prorate: boolean,
    }),
    ({ account, id, cause }, { expand, invoice_now, prorate, cancellation_details }) => {
      const subscription = find(account, id);
      if (["canceled", "incomplete_expired"].includes(subscription.status)) {
        throw invalid(`No such subscription: '${id}'`, "id", "resource_missing");
      }
      const canceled = cancel(account, subscription, {
        ...cancellation_details,
        reason: "cancellation_requested",
        invoice_now,
        prorate,
      }, cause);
      return expanded(account, account.subscriptions.get(canceled.id), expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/subscriptions",
    object({
      ...pageParams,
      created,
      current_period_end: created,
      current_period_start: created,
      customer: string(),
      expand,
      price: string(),
      status: oneOf(statuses),
      test_clock: string(),
    }, ["automatic_tax", "collection_method", "customer_account", "plan"]),
    ({ account }, params) => {
      const listed = page(account.subscriptions, params, {
        url: "/v1/subscriptions",
        noun: "subscription",
        where: (subscription) => {
          const [item] = subscription.items.data;
          return (!params.customer || subscription.customer === params.customer) &&
            (!params.price || item.price.id === params.price) &&
            (!params.test_clock || subscription.test_clock === params.test_clock) &&
            (!params.created || params.created(subscription.created)) &&
            (!params.current_period_start || params.current_period_start(item.current_period_start)) &&
            (!params.current_period_end || params.current_period_end(item.current_period_end)) &&
            hasStatus(subscription, params.status);
        },
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

const find = (account: Account, id: string) => found(account.subscriptions, id, "subscription");

/** Without a status everything but what was canceled. */
function hasStatus({ status }: Subscription, asked: typeof statuses[number] | undefined): boolean {
  if (asked === undefined) return status !== "canceled";
  if (asked === "all") return true;
  return asked === "ended" ? status === "canceled" || status === "incomplete_expired" : status === asked;
}

function known<T extends string>(behavior: T | undefined): Exclude<T, "pending_if_incomplete"> | undefined {
  if (behavior === "pending_if_incomplete") throw notHere("pending updates", "payment_behavior");
  return behavior as Exclude<T, "pending_if_incomplete"> | undefined;
}

function missingCard(settings: { end_behavior: { missing_payment_method: string } } | undefined) {
  const behavior = settings?.end_behavior.missing_payment_method;
  if (behavior === "pause") throw notHere("paused subscriptions", "trial_settings");
  return behavior as "cancel" | "create_invoice" | undefined;
}

function cardOf(account: Call["account"], customer: string, id: string): string {
  const method = payerCard(account, id, "default_payment_method");
  if (method.customer === customer) return method.id;
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    "default_payment_method",
    "resource_missing",
  );
}

function future(account: Account, seconds: number): number {
  if (seconds > account.now()) return seconds;
  throw invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end");
}

function prorationDate({ items }: Subscription, seconds: number | undefined) {
  const [{ current_period_start, current_period_end }] = items.data;
  if (seconds === undefined || (seconds >= current_period_start && seconds <= current_period_end)) return;
  throw invalid("Cannot specify proration date outside of current subscription period.", "proration_date");
}

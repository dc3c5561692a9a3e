/** The billing portal's configurations and sessions. */
import type { Account, PortalConfiguration, PortalSession } from "../account.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { page, pageParams } from "../api/lists.ts";
import {
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  metadataChange,
  object,
  oneOf,
  type ReadShape,
  required,
  string,
  url,
} from "../api/params.ts";
import { endpoint, found, named } from "../api/resource.ts";
import { newId } from "../ids.ts";
import { locales } from "./checkout-session-params.ts";
import { cancellationReasons, prorationBehavior } from "./subscription-params.ts";

const updates = ["address", "email", "name", "phone", "shipping", "tax_id"] as const;

const features = {
  customer_update: object({ allowed_updates: emptyable(list(oneOf(updates))), enabled: boolean }),
  invoice_history: object({ enabled: required(boolean) }),
  payment_method_update: object({ enabled: required(boolean) }, ["payment_method_configuration"]),
  subscription_cancel: object({
    cancellation_reason: object({ enabled: required(boolean), options: emptyable(list(oneOf(cancellationReasons))) }),
    enabled: required(boolean),
    mode: oneOf(["at_period_end", "immediately"]),
    proration_behavior: prorationBehavior,
  }),
  subscription_update: object({
    default_allowed_updates: emptyable(list(oneOf(["price", "promotion_code", "quantity"]))),
    enabled: boolean,
    products: emptyable(list(object({
      adjustable_quantity: object({ enabled: required(boolean), maximum: integer(), minimum: integer() }),
      prices: required(list(string())),
      product: required(string()),
    }))),
    proration_behavior: prorationBehavior,
    trial_update_behavior: oneOf(["continue_trial", "end_trial"]),
  }, ["billing_cycle_anchor", "schedule_at_period_end"]),
};

const shape = {
  business_profile: object({
    headline: emptyable(string({ max: 60 })),
    privacy_policy_url: url,
    terms_of_service_url: url,
  }),
  default_return_url: emptyable(url),
  expand,
  name: emptyable(string()),
};

type Features = ReadShape<typeof features>;

/** A feature left out is off when a configuration is made, and as it was when it is changed. */
function merged(before: PortalConfiguration["features"], given: Features): PortalConfiguration["features"] {
  const { customer_update, subscription_cancel, subscription_update } = given;
  const reason = subscription_cancel?.cancellation_reason;
  return {
    ...before,
    ...(given.invoice_history && { invoice_history: given.invoice_history }),
    ...(given.payment_method_update && {
      payment_method_update: { ...given.payment_method_update, payment_method_configuration: null },
    }),
    customer_update: {
      enabled: customer_update?.enabled ?? before.customer_update.enabled,
      allowed_updates: customer_update?.allowed_updates ?? before.customer_update.allowed_updates,
    },
    subscription_cancel: {
      enabled: subscription_cancel?.enabled ?? before.subscription_cancel.enabled,
      mode: subscription_cancel?.mode ?? before.subscription_cancel.mode,
      proration_behavior: subscription_cancel?.proration_behavior ?? before.subscription_cancel.proration_behavior,
      cancellation_reason: {
        ...before.subscription_cancel.cancellation_reason,
        ...(reason && { enabled: reason.enabled, options: reason.options ?? [] }),
      },
    },
    subscription_update: {
      ...before.subscription_update,
      enabled: subscription_update?.enabled ?? before.subscription_update.enabled,
      default_allowed_updates: subscription_update?.default_allowed_updates ??
        before.subscription_update.default_allowed_updates,
      proration_behavior: subscription_update?.proration_behavior ?? before.subscription_update.proration_behavior,
      trial_update_behavior: subscription_update?.trial_update_behavior ??
        before.subscription_update.trial_update_behavior,
      products: subscription_update?.products === undefined
        ? before.subscription_update.products
        : (subscription_update.products ?? []).map(({ prices, product, adjustable_quantity }) => ({
          prices,
          product,
          adjustable_quantity: {
            enabled: adjustable_quantity?.enabled ?? false,
            maximum: adjustable_quantity?.maximum ?? null,
            minimum: adjustable_quantity?.minimum ?? 1,
          },
        })),
    },
  };
}

const allOff: PortalConfiguration["features"] = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, feedback_options: null, options: [...cancellationReasons] },
    enabled: false,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};

function checkProducts(
  account: Account,
  { enabled, products }: PortalConfiguration["features"]["subscription_update"],
) {
  const place = "features[subscription_update][products]";
  if (enabled && !products?.length) throw invalid(`Missing required param: ${place}.`, place, "parameter_missing");
  for (const { product, prices } of products ?? []) {
    named(account.products, product, "product", place);
    for (const id of prices) {
      const price = named(account.prices, id, "price", place);
      if (price.product !== product) throw invalid(`The price \`${id}\` is not a price of \`${product}\`.`, place);
    }
  }
}

export const portalConfigurations = [
  endpoint(
    "POST",
    "/v1/billing_portal/configurations",
    object({ ...shape, features: required(object(features, ["subscription_pause"])), metadata }, ["login_page"]),
    ({ account, cause }, params) => {
      const configuration: PortalConfiguration = {
        id: newId("bpc_1"),
        object: "billing_portal.configuration",
        active: true,
        application: null,
        business_profile: {
          headline: params.business_profile?.headline ?? null,
          privacy_policy_url: params.business_profile?.privacy_policy_url ?? null,
          terms_of_service_url: params.business_profile?.terms_of_service_url ?? null,
        },
        created: account.now(),
        default_return_url: params.default_return_url ?? null,
        features: merged(allOff, params.features),
        // The default one is made in the dashboard, which there is none of here.
        is_default: false,
        livemode: false,
        login_page: { enabled: false, url: null },
        metadata: params.metadata ?? {},
        name: params.name ?? null,
        updated: account.now(),
      };
      checkProducts(account, configuration.features.subscription_update);
      account.portalConfigurations.put(configuration.id, configuration);
      account.emit("billing_portal.configuration.created", configuration, cause);
      return expanded(account, configuration, params.expand);
    },
  ),

  endpoint("GET", "/v1/billing_portal/configurations/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find(account, id), params.expand);
  }),

  endpoint(
    "POST",
    "/v1/billing_portal/configurations/:id",
    object({
      ...shape,
      active: boolean,
      features: object(features, ["subscription_pause"]),
      metadata: metadataChange,
    }, ["login_page"]),
    ({ account, id, cause }, params) => {
      const before = find(account, id);
      const changed: PortalConfiguration = {
        ...before,
        active: params.active ?? before.active,
        business_profile: { ...before.business_profile, ...params.business_profile },
        default_return_url: params.default_return_url === undefined
          ? before.default_return_url
          : params.default_return_url,
        features: params.features ? merged(before.features, params.features) : before.features,
        metadata: params.metadata ? params.metadata(before.metadata) : before.metadata,
        name: params.name === undefined ? before.name : params.name,
        updated: account.now(),
      };
      checkProducts(account, changed.features.subscription_update);
      const type = "billing_portal.configuration.updated";
      return expanded(account, account.update(type, account.portalConfigurations, changed, cause), params.expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/billing_portal/configurations",
    object({ ...pageParams, active: boolean, expand, is_default: boolean }),
    ({ account }, params) => {
      const listed = page(account.portalConfigurations, params, {
        url: "/v1/billing_portal/configurations",
        noun: "configuration",
        where: ({ active, is_default }) =>
          (params.active === undefined || active === params.active) &&
          (params.is_default === undefined || is_default === params.is_default),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

const flowData = object({
  after_completion: object({
    redirect: object({ return_url: required(url) }),
    type: required(oneOf(["hosted_confirmation", "portal_homepage", "redirect"])),
  }, ["hosted_confirmation"]),
  subscription_cancel: object({ subscription: required(string()) }, ["retention"]),
  subscription_update: object({ subscription: required(string()) }),
  type: required(oneOf(["payment_method_update", "subscription_cancel", "subscription_update"])),
}, ["customer_update", "subscription_pause", "subscription_update_confirm"]);

export const portalSessions = [
  endpoint(
    "POST",
    "/v1/billing_portal/sessions",
    object({
      configuration: string(),
      customer: required(string()),
      expand,
      flow_data: flowData,
      locale: oneOf(locales),
      return_url: url,
    }, ["after_expiration", "customer_account", "on_behalf_of"]),
    ({ account, cause }, params) => {
      named(account.customers, params.customer, "customer", "customer");
      const configuration = params.configuration
        ? named(account.portalConfigurations, params.configuration, "configuration", "configuration")
        : undefined;
      if (!configuration) {
        throw invalid(
          "No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.",
        );
      }
      if (!configuration.active) throw invalid("The configuration is not active.", "configuration");
      const id = newId("bps_1");
      const session: PortalSession = {
        id,
        object: "billing_portal.session",
        configuration: configuration.id,
        created: account.now(),
        customer: params.customer,
        customer_account: null,
        flow: params.flow_data ? flowOf(account, params.customer, params.flow_data) : null,
        livemode: false,
        locale: params.locale ?? null,
        on_behalf_of: null,
        return_url: params.return_url ?? configuration.default_return_url,
        url: `${account.baseUrl}/portal/${id}`,
      };
      account.portalSessions.put(id, session);
      account.emit("billing_portal.session.created", session, cause);
      return expanded(account, session, params.expand);
    },
  ),
];

const find = (account: Account, id: string) => found(account.portalConfigurations, id, "configuration");

function flowOf(
  account: Account,
  customer: string,
  given: ReadShape<{ flow_data: typeof flowData }>["flow_data"] & object,
): PortalSession["flow"] {
  const { type, after_completion } = given;
  const target = type === "payment_method_update" ? undefined : given[type];
  const param = `flow_data[${type}][subscription]`;
  if (type !== "payment_method_update") {
    if (!target) {
      throw invalid(`Missing required param: flow_data[${type}].`, `flow_data[${type}]`, "parameter_missing");
    }
    const subscription = named(account.subscriptions, target.subscription, "subscription", param);
    if (subscription.customer !== customer) {
      throw invalid(`The subscription \`${subscription.id}\` does not belong to the customer.`, param);
    }
  }
  return {
    after_completion: {
      hosted_confirmation: null,
      redirect: after_completion?.redirect ?? null,
      type: after_completion?.type ?? "portal_homepage",
    },
    customer_update: null,
    subscription_cancel: type === "subscription_cancel" ? { retention: null, ...target! } : null,
    subscription_pause: null,
    subscription_update: type === "subscription_update" ? target! : null,
    subscription_update_confirm: null,
    type,
  };
}

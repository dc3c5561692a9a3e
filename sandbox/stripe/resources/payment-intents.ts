import type { Account, Cause, PaymentIntent, PaymentMethod } from "../account.ts";
import { currencies, formatAmount, smallestCharge } from "../api/currencies.ts";
import { CardError, type Decline, invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import {
  boolean,
  currency,
  email,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type ReadShape,
  required,
  string,
  url,
} from "../api/params.ts";
import { type Call, endpoint, found, named } from "../api/resource.ts";
import { attach, isCardToken, newCard, objection } from "../cards.ts";
import type { IntentFields } from "../intent-objects.ts";
import { cancelIntent, chargeCard, createIntent, requireAction } from "../intents.ts";

/** What a confirmation may say, alone or together with the creation. */
const confirmation = {
  off_session: boolean,
  payment_method: string(),
  receipt_email: email,
  return_url: url,
  setup_future_usage: oneOf(["off_session", "on_session"]),
};

const createShape = {
  ...confirmation,
  allowed_payment_method_types: list(oneOf(["card"])),
  amount: required(integer({ min: 1, max: 99_999_999 })),
  automatic_payment_methods: object({
    allow_redirects: oneOf(["always", "never"]),
    enabled: required(boolean),
  }),
  confirm: boolean,
  currency: required(currency(currencies)),
  customer: string(),
  description: string({ max: 1_000 }),
  expand,
  metadata,
};

const notHere = [
  "amount_details",
  "capture_method",
  "confirmation_token",
  "customer_account",
  "error_on_requires_action",
  "excluded_payment_method_types",
  "hooks",
  "mandate",
  "mandate_data",
  "payment_details",
  "payment_method_data",
  "payment_method_options",
  "radar_options",
  "shipping",
  "use_stripe_sdk",
];

export const paymentIntents = [
  endpoint(
    "POST",
    "/v1/payment_intents",
    object(createShape, [
      ...notHere,
      "application_fee_amount",
      "confirmation_method",
      "on_behalf_of",
      "payment_method_configuration",
      "statement_descriptor",
      "statement_descriptor_suffix",
      "transfer_data",
      "transfer_group",
    ]),
    ({ account, cause }, params) => {
      const intent = create(account, params, cause);
      const made = params.confirm ? confirm(account, intent, params, cause) : intent;
      return expanded(account, made, params.expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/payment_intents",
    object({ ...pageParams, created, customer: string(), expand }, ["customer_account"]),
    ({ account }, params) => {
      const listed = page(account.paymentIntents, params, {
        url: "/v1/payment_intents",
        noun: "payment_intent",
        where: (intent) =>
          (!params.customer || intent.customer === params.customer) &&
          (!params.created || params.created(intent.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/payment_intents/:id", object({ expand, client_secret: string() }), (call, params) => {
    return expanded(call.account, find(call), params.expand);
  }),

  endpoint(
    "POST",
    "/v1/payment_intents/:id/confirm",
    object({ ...confirmation, expand }, [...notHere, "allowed_payment_method_types", "amount_to_confirm"]),
    (call, params) => {
      const { account, cause } = call;
      const intent = find(call);
      refuseCheckout(account, intent);
      if (intent.status === "succeeded" || intent.status === "canceled") {
        throw unexpected(
          intent.status === "succeeded"
            ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
            : "You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.",
        );
      }
      refuseRedirects(intent, params.return_url);
      const chosen: PaymentIntent = {
        ...intent,
        payment_method: params.payment_method
          ? methodOf(account, params.payment_method, intent.customer).id
          : intent.payment_method,
        receipt_email: params.receipt_email ?? intent.receipt_email,
        setup_future_usage: params.setup_future_usage ?? intent.setup_future_usage,
      };
      return expanded(account, confirm(account, chosen, params, cause), params.expand);
    },
  ),

  endpoint(
    "POST",
    "/v1/payment_intents/:id/cancel",
    object({
      cancellation_reason: oneOf(["abandoned", "duplicate", "fraudulent", "requested_by_customer"]),
      expand,
    }),
    (call, { cancellation_reason = null, expand }) => {
      const { account, cause } = call;
      const intent = find(call);
      refuseCheckout(account, intent);
      if (intent.status === "succeeded" || intent.status === "canceled") {
        throw unexpected(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
        );
      }
      return expanded(account, cancelIntent(account, intent, cancellation_reason, cause), expand);
    },
  ),
];

const unexpected = (message: string) => invalid(message, undefined, "payment_intent_unexpected_state");

const find = ({ account, id }: Call) => found(account.paymentIntents, id, "payment_intent", "intent");

/** A session ends its payment itself; whoever does it behind its back would be paid for an open session. */
function refuseCheckout(account: Account, { id }: PaymentIntent) {
  if (account.checkouts.list().some(({ session }) => session.payment_intent === id)) {
    throw unexpected("You cannot perform this action on PaymentIntents created by Checkout.");
  }
}

function create(account: Account, params: ReadShape<typeof createShape>, cause: Cause): PaymentIntent {
  const { amount, currency, customer, description, metadata, receipt_email, setup_future_usage } = params;
  const least = smallestCharge[currency];
  if (amount < least) {
    throw invalid(`Amount must be at least ${formatAmount(least, currency)} ${currency}`, "amount", "amount_too_small");
  }
  if (customer) named(account.customers, customer, "customer", "customer");
  if (!params.confirm && params.off_session !== undefined) {
    throw invalid("The parameter `off_session` may only be used with `confirm=true`.", "off_session");
  }
  if (!params.confirm && params.return_url !== undefined) {
    throw invalid("The parameter `return_url` may only be used with `confirm=true`.", "return_url");
  }
  const method = params.payment_method && methodOf(account, params.payment_method, customer);
  const fields: IntentFields = {
    amount,
    currency,
    customer,
    description,
    metadata,
    receipt_email,
    setup_future_usage,
    automatic_payment_methods: automatic(params),
    payment_method: method ? method.id : null,
  };
  if (params.confirm) refuseRedirects(fields, params.return_url);
  return createIntent(account, fields, cause);
}

/** Without a word about it an intent takes whatever the dashboard has switched on. */
function automatic(
  { allowed_payment_method_types: named, automatic_payment_methods: asked }: ReadShape<typeof createShape>,
): PaymentIntent["automatic_payment_methods"] {
  if (named || asked?.enabled === false) return null;
  return { allow_redirects: asked?.allow_redirects ?? "always", enabled: true };
}

/**
 * Some of what the dashboard can switch on leads the buyer to another site, so Stripe wants to know the way back; also
 * for a card, which leads nowhere.
 */
function refuseRedirects(
  { automatic_payment_methods }: Pick<IntentFields, "automatic_payment_methods">,
  returnUrl: string | undefined,
) {
  if (returnUrl || automatic_payment_methods?.allow_redirects !== "always") return;
  throw invalid(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    "return_url",
  );
}

/** The saved card of that id, or a new one of Stripe's test cards; only its owner's payments may use it. */
function methodOf(account: Account, id: string, customer: string | null | undefined): PaymentMethod {
  if (isCardToken(id)) {
    const card = newCard(account, id);
    account.paymentMethods.put(card.id, card);
    return card;
  }
  const method = named(account.paymentMethods, id, "PaymentMethod", "payment_method");
  if (method.customer && !customer) {
    throw invalid(
      "The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.",
    );
  }
  if (method.customer && method.customer !== customer) {
    throw invalid(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      "payment_method",
      "resource_missing",
    );
  }
  return method;
}

/** Charges the card; 402 when the bank says no, with the intent that failed in the answer. */
function confirm(
  account: Account,
  intent: PaymentIntent,
  { off_session }: { off_session?: boolean },
  cause: Cause,
): PaymentIntent {
  const method = account.paymentMethods.get(String(intent.payment_method));
  if (!method) {
    throw unexpected(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  const asked = objection(method, { present: false });
  // With the buyer at hand the bank's question is put to them; without, it is a decline.
  if (asked?.code === "authentication_required" && !off_session) return requireAction(account, intent, cause);
  const charged = chargeCard(account, intent, { present: false }, cause);
  if (charged.status !== "succeeded") throw cardError(charged, method);
  const customer = account.customers.get(String(charged.customer));
  if (charged.setup_future_usage && customer) attach(account, method, customer);
  return charged;
}

function cardError(intent: PaymentIntent, payment_method: PaymentMethod): CardError {
  return new CardError(intent.last_payment_error as Decline, {
    charge: intent.last_payment_error!.charge,
    payment_intent: intent,
    payment_method,
  });
}

/** Cards saved without a payment: setup intents. */
import { type Account, type Cause, type Metadata, noRequest, type SetupIntent } from "./account.ts";
import type { Decline } from "./api/errors.ts";
import { newId } from "./ids.ts";

export function createSetupIntent(
  account: Account,
  fields: { customer: string | null; metadata?: Metadata },
  cause = noRequest,
): SetupIntent {
  const id = newId("seti_1");
  const intent: SetupIntent = {
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newId("", 25)}`,
    created: account.now(),
    customer: fields.customer,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: fields.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: "requires_payment_method",
    usage: "off_session",
  };
  return put(account, "setup_intent.created", intent, cause);
}

export const succeedSetup = (account: Account, intent: SetupIntent, method: string, cause = noRequest): SetupIntent =>
  put(account, "setup_intent.succeeded", {
    ...intent,
    status: "succeeded",
    payment_method: method,
    latest_attempt: newId("setatt_1"),
    last_setup_error: null,
  }, cause);

export const failSetup = (account: Account, intent: SetupIntent, decline: Decline, cause = noRequest): SetupIntent =>
  put(account, "setup_intent.setup_failed", {
    ...intent,
    status: "requires_payment_method",
    payment_method: null,
    latest_attempt: newId("setatt_1"),
    last_setup_error: { type: "card_error", ...decline, payment_method_type: "card" },
  }, cause);

function put(account: Account, type: string, intent: SetupIntent, cause: Cause): SetupIntent {
  account.setupIntents.put(intent.id, intent);
  account.emit(type, intent, cause);
  return intent;
}

import type { Account, Charge } from "../account.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { email, integer, metadata, metadataChange, object, oneOf, type ReadShape, string } from "../api/params.ts";
import { type Call, endpoint, found, named } from "../api/resource.ts";
import { cancelRefund, refundCharge } from "../refund.ts";

const createShape = {
  amount: integer({ min: 1 }),
  charge: string(),
  expand,
  instructions_email: email,
  metadata,
  payment_intent: string(),
  reason: oneOf(["duplicate", "fraudulent", "requested_by_customer"]),
};

export const refunds = [
  endpoint(
    "POST",
    "/v1/refunds",
    object(createShape, ["currency", "customer", "origin", "refund_application_fee", "reverse_transfer"]),
    ({ account, cause }, params) => {
      const { charge: _, payment_intent: __, expand, ...request } = params;
      return expanded(account, refundCharge(account, chargeOf(account, params), request, cause), expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/refunds",
    object({ ...pageParams, charge: string(), created, expand, payment_intent: string() }),
    ({ account }, params) => {
      const listed = page(account.refunds, params, {
        url: "/v1/refunds",
        noun: "refund",
        where: (refund) =>
          (!params.charge || refund.charge === params.charge) &&
          (!params.payment_intent || refund.payment_intent === params.payment_intent) &&
          (!params.created || params.created(refund.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/refunds/:id", object({ expand }), (call, params) => {
    return expanded(call.account, find(call), params.expand);
  }),

  endpoint("POST", "/v1/refunds/:id", object({ expand, metadata: metadataChange }), (call, params) => {
    const { account, cause } = call;
    const refund = find(call);
    const changed = { ...refund, metadata: params.metadata?.(refund.metadata) ?? refund.metadata };
    return expanded(account, account.update("refund.updated", account.refunds, changed, cause), params.expand);
  }),

  endpoint("POST", "/v1/refunds/:id/cancel", object({ expand }), (call, params) => {
    return expanded(call.account, cancelRefund(call.account, find(call), call.cause), params.expand);
  }),
];

const find = ({ account, id }: Call) => found(account.refunds, id, "refund");

/** The charge that a refund is of, named itself or by its payment. */
function chargeOf(account: Account, { charge, payment_intent }: ReadShape<typeof createShape>): Charge {
  if (charge && payment_intent) {
    throw invalid("You may only specify one of these parameters: charge, payment_intent.", "charge");
  }
  if (charge) return named(account.charges, charge, "charge", "charge");
  if (!payment_intent) throw invalid("Missing required param: charge.", "charge", "parameter_missing");
  const intent = named(account.paymentIntents, payment_intent, "payment_intent", "payment_intent");
  const latest = account.charges.get(String(intent.latest_charge));
  if (latest?.paid) return latest;
  throw invalid(
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    "payment_intent",
  );
}

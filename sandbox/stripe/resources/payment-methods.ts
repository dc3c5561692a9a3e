import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { page, pageParams } from "../api/lists.ts";
import { object, oneOf, required, string } from "../api/params.ts";
import { endpoint, found, named } from "../api/resource.ts";
import { attach, detach, isCardToken, payerCard } from "../cards.ts";

export const paymentMethods = [
  endpoint("GET", "/v1/payment_methods/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.paymentMethods, id, "PaymentMethod", "payment_method"), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/payment_methods",
    object({ ...pageParams, customer: string(), expand, type: oneOf(["card", "link", "sepa_debit"]) }, [
      "allow_redisplay",
      "customer_account",
    ]),
    ({ account }, params) => {
      const listed = page(account.paymentMethods, params, {
        url: "/v1/payment_methods",
        noun: "PaymentMethod",
        where: (method) =>
          method.customer !== null && (!params.customer || method.customer === params.customer) &&
          (!params.type || method.type === params.type),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint(
    "POST",
    "/v1/payment_methods/:id/attach",
    object({ customer: required(string()), expand }, ["customer_account"]),
    ({ account, id, cause }, params) => {
      const customer = named(account.customers, params.customer, "customer", "customer");
      if (!isCardToken(id)) found(account.paymentMethods, id, "PaymentMethod", "payment_method");
      const method = payerCard(account, id, "payment_method");
      if (method.customer && method.customer !== customer.id) {
        throw invalid("The payment method you provided has already been attached to a customer.", "payment_method");
      }
      return expanded(account, attach(account, method, customer, cause), params.expand);
    },
  ),

  endpoint("POST", "/v1/payment_methods/:id/detach", object({ expand }), ({ account, id, cause }, params) => {
    const method = found(account.paymentMethods, id, "PaymentMethod", "payment_method");
    if (!method.customer) {
      throw invalid("The payment method you provided is not attached to a customer so detachment is impossible.");
    }
    return expanded(account, detach(account, method, cause), params.expand);
  }),
];

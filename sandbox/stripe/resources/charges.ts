import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { object, string } from "../api/params.ts";
import { endpoint, found } from "../api/resource.ts";

export const charges = [
  endpoint(
    "GET",
    "/v1/charges",
    object({ ...pageParams, created, customer: string(), expand, payment_intent: string() }, ["transfer_group"]),
    ({ account }, params) => {
      const listed = page(account.charges, params, {
        url: "/v1/charges",
        noun: "charge",
        where: (charge) =>
          (!params.customer || charge.customer === params.customer) &&
          (!params.payment_intent || charge.payment_intent === params.payment_intent) &&
          (!params.created || params.created(charge.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/charges/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.charges, id, "charge"), params.expand);
  }),
];

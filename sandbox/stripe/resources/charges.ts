import { noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { object, string } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";

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
    const charge = account.charges.get(id);
    if (!charge) throw noSuch("charge", id, "id");
    return expanded(account, charge, params.expand);
  }),
];

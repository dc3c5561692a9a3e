import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { object, string } from "../api/params.ts";
import { endpoint, found } from "../api/resource.ts";

export const setupIntents = [
  endpoint("GET", "/v1/setup_intents/:id", object({ client_secret: string(), expand }), ({ account, id }, params) => {
    return expanded(account, found(account.setupIntents, id, "setupintent", "intent"), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/setup_intents",
    object({ ...pageParams, created, customer: string(), expand, payment_method: string() }, ["attach_to_self"]),
    ({ account }, params) => {
      const listed = page(account.setupIntents, params, {
        url: "/v1/setup_intents",
        noun: "setupintent",
        where: (intent) =>
          (!params.customer || intent.customer === params.customer) &&
          (!params.payment_method || intent.payment_method === params.payment_method) &&
          (!params.created || params.created(intent.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

import { noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { object, string } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";

export const paymentIntents = [
  endpoint(
    "GET",
    "/v1/payment_intents/:id",
    object({ expand, client_secret: string() }),
    ({ account, id }, params) => {
      const intent = account.paymentIntents.get(id);
      if (!intent) throw noSuch("payment_intent", id, "intent");
      return expanded(account, intent, params.expand);
    },
  ),
];

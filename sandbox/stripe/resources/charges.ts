import { noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { object } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";

export const charges = [
  endpoint("GET", "/v1/charges/:id", object({ expand }), ({ account, id }, params) => {
    const charge = account.charges.get(id);
    if (!charge) throw noSuch("charge", id, "id");
    return expanded(account, charge, params.expand);
  }),
];

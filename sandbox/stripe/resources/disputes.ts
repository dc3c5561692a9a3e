import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { boolean, metadataChange, object, string } from "../api/params.ts";
import { type Call, endpoint, found } from "../api/resource.ts";
import { closeDispute, type Evidence, evidenceKeys, putForward } from "../dispute.ts";

type Texts = Record<keyof Evidence, ReturnType<typeof string>>;

const evidence = object(
  Object.fromEntries(evidenceKeys.map((key) => [key, string({ max: 20_000 })])) as Texts,
  ["appeal", "enhanced_evidence"],
);

export const disputes = [
  endpoint(
    "GET",
    "/v1/disputes",
    object({ ...pageParams, charge: string(), created, expand, payment_intent: string() }),
    ({ account }, params) => {
      const listed = page(account.disputes, params, {
        url: "/v1/disputes",
        noun: "dispute",
        where: (dispute) =>
          (!params.charge || dispute.charge === params.charge) &&
          (!params.payment_intent || dispute.payment_intent === params.payment_intent) &&
          (!params.created || params.created(dispute.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/disputes/:id", object({ expand }), (call, params) => {
    return expanded(call.account, find(call), params.expand);
  }),

  endpoint(
    "POST",
    "/v1/disputes/:id",
    object({ evidence, expand, metadata: metadataChange, submit: boolean }, ["intended_submission_method"]),
    (call, { expand, ...change }) => {
      return expanded(call.account, putForward(call.account, find(call), change, call.cause), expand);
    },
  ),

  endpoint("POST", "/v1/disputes/:id/close", object({ expand }), (call, params) => {
    const closed = closeDispute(call.account, find(call).id, "lost", call.cause);
    if (!closed) throw invalid("This dispute is already closed.");
    return expanded(call.account, closed, params.expand);
  }),
];

const find = ({ account, id }: Call) => found(account.disputes, id, "dispute", "dispute");

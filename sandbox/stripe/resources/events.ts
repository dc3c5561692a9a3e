import type { Account, Event } from "../account.ts";
import { invalid, noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { boolean, list, object, string } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";

export const events = [
  endpoint("GET", "/v1/events/:id", object({ expand }), ({ account, id }, params) => {
    const event = account.events.get(id);
    if (!event || isForgotten(account, event)) throw noSuch("event", id, "id");
    return expanded(account, event, params.expand);
  }),

  endpoint(
    "GET",
    "/v1/events",
    object({
      ...pageParams,
      created,
      delivery_success: boolean,
      expand,
      type: string(),
      types: list(string(), { max: 20 }),
    }),
    ({ account }, params) => {
      if (params.type && params.types) {
        throw invalid("You may only specify one of these parameters: type, types.", "type");
      }
      const wanted = params.types ?? (params.type ? [params.type] : null);
      const listed = page(account.events, params, {
        url: "/v1/events",
        noun: "event",
        where: (event) =>
          !isForgotten(account, event) &&
          (!wanted || wanted.some((pattern) => matches(event.type, pattern))) &&
          (!params.created || params.created(event.created)) &&
          (params.delivery_success === undefined || params.delivery_success === (event.pending_webhooks === 0)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

/** Stripe tells of the last 30 days. */
const isForgotten = (account: Account, { created }: Event) => created < account.now() - 30 * 86_400;

/** `charge.*` stands for every type that begins with `charge.`. */
const matches = (type: string, pattern: string) =>
  pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

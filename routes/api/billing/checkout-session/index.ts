import { z } from "zod";
import { openCheckout } from "../../../../domain/billing/open-checkout.ts";
import { idempotencyKey } from "../../../../domain/idempotency.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

const body = z.strictObject({
  pack: z.string("Choose a pack.").max(50, "There is no such pack."),
  idempotency_key: z.string().optional(),
});

/** 201 `{id, url, checkout}`; the same `Idempotency-Key` and body give the same session. 409, 422 {pack}, 429, 502 */
export const handlers = handler({
  async POST({ req, state }) {
    const session = requireSession();
    const { pack, idempotency_key } = await readJson(req, body);
    const key = idempotencyKey(req.headers, idempotency_key);
    const { services, locale } = state;
    return Response.json(await openCheckout(services, session, { pack, idempotencyKey: key, locale }), { status: 201 });
  },
});

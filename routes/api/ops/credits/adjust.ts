import { z } from "zod";
import { idempotencyKey } from "../../../../domain/idempotency.ts";
import { requestAdjustment } from "../../../../domain/ops/request-adjustment.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$adjust.ts";

const body = z.strictObject({
  user: z.string("Name an account by id or e-mail address.").max(320, "There is no such account."),
  amount: z.int("Use a whole number of credits."),
  reason: z.string("Give a reason of 10 to 500 characters."),
  idempotency_key: z.string().optional(),
});

/**
 * 201 `{id, state, entry_seq}`: `applied`, or `pending` until another operator has decided. The same
 * `Idempotency-Key` and body give the same adjustment. 402, 404 for whoever is no operator, 409, 422 {user, amount, reason}
 */
export const handlers = handler({
  async POST({ req, state }) {
    const session = requireSession();
    const { user, amount, reason, idempotency_key } = await readJson(req, body);
    const key = idempotencyKey(req.headers, idempotency_key);
    const asked = await requestAdjustment(state.services, session, { user, amount, reason, idempotencyKey: key });
    return Response.json(asked, { status: 201 });
  },
});

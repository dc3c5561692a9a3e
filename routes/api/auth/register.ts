import { z } from "zod";
import { register } from "../../../domain/accounts/register.ts";
import { safeNext } from "../../../domain/accounts/safe-next.ts";
import { readJson } from "../../../platform/http/body.ts";
import { keepSession } from "../../../platform/http/session.ts";
import { handler } from "./$register.ts";

const body = z.object({
  email: z.unknown(),
  password: z.unknown(),
  locale: z.enum(["en", "pl"]).optional(),
  /** Where the link in the confirmation e-mail leads. */
  next: z.string().optional(),
});

/** 201 `{user, session}`; 409 account_exists, 422 {email, password}, 429 */
export const handlers = handler({
  async POST({ req, state }) {
    const { email, password, locale = state.locale, next } = await readJson(req, body);
    const { services, address } = state;
    const signedIn = await register(services, { email, password, locale, next: safeNext(next), address });
    keepSession(signedIn.session);
    return Response.json(signedIn, { status: 201 });
  },
});

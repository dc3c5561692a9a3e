import { z } from "zod";
import { logIn } from "../../../domain/accounts/log-in.ts";
import { readJson } from "../../../platform/http/body.ts";
import { keepSession } from "../../../platform/http/session.ts";
import { handler } from "./$login.ts";

const body = z.object({ email: z.unknown(), password: z.unknown() });

/** 200 `{user, session}`; 401 invalid_credentials whether or not the account exists, 429 */
export const handlers = handler({
  async POST({ req, state }) {
    const { email, password } = await readJson(req, body);
    const signedIn = await logIn(state.services, { email, password, address: state.address });
    keepSession(signedIn.session);
    return Response.json(signedIn);
  },
});

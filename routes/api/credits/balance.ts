import { readBalance } from "../../../domain/credits/read-balance.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$balance.ts";

/** 200 `{available, held, debt}`, in credits */
export const handlers = handler({
  async GET({ state }) {
    const session = requireSession();
    return Response.json(await state.services.db.asUser(session.claims, readBalance));
  },
});

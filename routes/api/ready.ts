import { readReadiness } from "../../domain/ops/read-readiness.ts";
import { handler } from "./$ready.ts";

/** 200 or 503, with the reason for each check: for load balancers and for people. */
export const handlers = handler({
  async GET({ state }) {
    const readiness = await readReadiness(state.services);
    return Response.json(readiness, { status: readiness.ready ? 200 : 503 });
  },
});

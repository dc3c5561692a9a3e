import { z } from "zod";
import { startReconciliation } from "../../../../domain/ops/start-reconciliation.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

const body = z.strictObject({ days: z.int("Use a whole number of days.") });

/** 202 `{status}`: `queued` for a worker, or `already` waiting. `days`: 1 to 30. 404 for whoever is no operator, 422 {days} */
export const handlers = handler({
  async POST({ req, state: { services } }) {
    const session = requireSession();
    const { days } = await readJson(req, body);
    return Response.json({ status: await startReconciliation(services, session, days) }, { status: 202 });
  },
});

import { runBilling } from "../../../domain/billing/tasks/run-billing.ts";
import { createCheckpointSigner } from "../../../domain/credits/checkpoints/sign-checkpoints.ts";
import { drainQueue } from "../../../domain/jobs/run-worker.ts";
import { createWorkerServices } from "../../../domain/jobs/worker-services.ts";
import { functionServices } from "../../../platform/function-services.ts";
import { isSameSecret } from "../../../platform/same-secret.ts";

const foundation = functionServices("worker");
const services = createWorkerServices(foundation);
const signCheckpoints = createCheckpointSigner(foundation);

/** Woken by the database when a job is queued, a task waits or a checkpoint its signature and, as a net, on schedule. */
Deno.serve(async (request) => {
  if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
  const bearer = request.headers.get("authorization")?.replace(/^Bearer /i, "") ?? "";
  if (!await isSameSecret(bearer, foundation.config.supabase.secretKey)) return new Response(null, { status: 401 });

  try {
    // Well under the wall clock of an edge function; what is left is for the next wake-up.
    const [jobs, billing, signed] = await Promise.all([
      drainQueue(services, { worker: "edge", concurrency: 4, timeLimitMs: 20_000 }),
      runBilling(foundation, { timeLimitMs: 20_000 }),
      signCheckpoints(),
    ]);
    return Response.json({ ...jobs, billing, signed });
  } catch (error) {
    foundation.log.error("the worker stopped", { error });
    return Response.json({ error: "The worker stopped." }, { status: 500 });
  }
});

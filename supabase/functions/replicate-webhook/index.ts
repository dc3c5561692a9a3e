import { AppError } from "../../../domain/errors.ts";
import { receiveReplicateWebhook } from "../../../domain/jobs/receive-replicate-webhook.ts";
import { createWorkerServices } from "../../../domain/jobs/worker-services.ts";
import { functionServices } from "../../../platform/function-services.ts";
import { readBytes } from "../../../platform/http/body.ts";
import { isFromReplicate } from "../../../platform/replicate-webhook.ts";

const foundation = functionServices("replicate-webhook");
const services = createWorkerServices(foundation);
/** Predictions come with their input and log. */
const BODY_LIMIT = 1024 * 1024;

/** Replicate reports the end of a prediction. Anything but 2xx makes it come again; the poller is the net. */
Deno.serve(async (request) => {
  if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
  try {
    const body = new TextDecoder().decode(await readBytes(request, BODY_LIMIT));
    if (!isFromReplicate(body, request.headers, foundation.config.replicate.webhookSecrets)) {
      return Response.json({ error: "The signature is missing, wrong or too old." }, { status: 401 });
    }
    const id = request.headers.get("webhook-id") ?? "";
    const verdict = await receiveReplicateWebhook(services, { id, url: request.url, body: JSON.parse(body) });
    return Response.json({ verdict });
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return new Response(null, { status: error.status });
    foundation.log.error("a webhook of Replicate had no effect", { error });
    return Response.json({ error: "Not applied; send it again." }, { status: 500 });
  }
});

import { previewWebhook } from "../../../../../domain/ops/preview-webhook.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$preview.ts";

/** 200: what a replay would do now; nothing changes. By POST, since Stripe is asked. 404, 502 while Stripe does not answer */
export const handlers = handler({
  async POST({ params, state: { services } }) {
    const { preview } = await previewWebhook(services, requireSession(), params.id);
    return Response.json(preview);
  },
});

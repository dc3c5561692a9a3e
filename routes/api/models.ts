import { listModels } from "../../domain/jobs/list-models.ts";
import { handler } from "./$models.ts";

export const handlers = handler({
  /** The catalogue with prices, for everybody. */
  async GET(ctx) {
    const models = await ctx.state.services.db.asAnon(listModels);
    return Response.json({ models }, { headers: { "cache-control": "public, max-age=60" } });
  },
});

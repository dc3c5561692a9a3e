import { handler } from "./$health.ts";

/** Whether the process answers. Whether it can do its work is /api/ready. */
export const handlers = handler({
  GET: () => Response.json({ status: "ok" }),
});

import { middleware } from "./$_middleware.ts";

/** Answers of the API are about one person at one moment: nobody may keep them. */
export default middleware(async (ctx) => {
  const response = await ctx.next();
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
});

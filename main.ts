import { App } from "fresh";
import { exitOnSignal } from "./platform/exit.ts";
import { finishAnswer } from "./platform/http/answer.ts";
import { checkAnnouncedLength } from "./platform/http/body.ts";
import { createRequestContext } from "./platform/http/context.ts";
import { endStreams } from "./platform/http/event-stream.ts";
import { checkOrigin } from "./platform/http/origin.ts";
import { ownAddress } from "./platform/http/own-address.ts";
import { problemResponse, toAppError } from "./platform/http/problem.ts";
import { loadSession } from "./platform/http/session.ts";
import { currentRequest, runInRequest } from "./platform/request.ts";
import { services } from "./platform/services.ts";
import { hasSessionCookie } from "./platform/session-cookie.ts";

// start-check.ts has stopped the start if the configuration is wrong.
const { auth, config, db, log } = services();

exitOnSignal(endStreams);

export const app = new App();

// 1. Who is this request? Its id, language, theme and nonce, for everything behind; and its line in the log.
app.use((ctx) => {
  const context = createRequestContext(ctx.req, config);
  return runInRequest(ctx.req, context, async () => {
    const startedAt = performance.now();
    let status = 500;
    try {
      const response = await ctx.next();
      status = response.status;
      return response;
    } catch (error) {
      status = toAppError(error).status;
      throw error;
    } finally {
      const ms = Math.round(performance.now() - startedAt);
      log.info("request", { method: ctx.req.method, path: context.path, status, ms, user_id: context.session?.userId });
    }
  });
});

// 2. Security headers, nonce and session cookie on whatever comes back.
app.use(async (ctx) => finishAnswer(await ctx.next(), ctx.req, config, currentRequest()));

// 3. Errors: a problem document under /api; a page elsewhere, which routes/_error.tsx renders.
app.use(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const { status, cause } = toAppError(error);
    if (status >= 500) log.error("request failed", { error: cause ?? error });
    if (!/^\/api(\/|$)/.test(ctx.url.pathname)) throw error;
    return problemResponse(error, currentRequest().requestId);
  }
});

// 4. Under our own name, 5. nothing large, 6. nothing from another site, 7. and then: who is asking?
app.use(async (ctx) => {
  const context = currentRequest();
  const elsewhere = ownAddress(ctx.req, context, config.webUrl);
  if (elsewhere) return new Response(null, { status: 307, headers: { location: elsewhere } });
  checkAnnouncedLength(ctx.req);
  checkOrigin(ctx.req, config.webUrl, hasSessionCookie(context.cookies, context.sessionCookie));
  context.session = await loadSession(ctx.req, context, { auth, db, log });
  return ctx.next();
});

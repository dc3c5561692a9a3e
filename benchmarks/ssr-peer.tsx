/**
 * The peer of the ssr bench: `Deno.serve` and preact-render-to-string over the very page and layout components of the
 * app. What it lacks is what is measured: framework, router, middleware, log, session, database. Their data was read once.
 */
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { readProfile } from "../domain/accounts/read-profile.ts";
import { readPlan } from "../domain/billing/read-plan.ts";
import { readGenerations } from "../domain/billing/entitlements/read-usage.ts";
import { readBalance } from "../domain/credits/read-balance.ts";
import { createRequestContext } from "../platform/http/context.ts";
import { type RequestContext, runInRequest } from "../platform/request.ts";
import { services } from "../platform/services.ts";
import Home, { handlers as home } from "../routes/(marketing)/index.tsx";
import Document from "../routes/_app.tsx";
import Frame from "../routes/app/_layout.tsx";
import Dashboard, { handlers as dashboard } from "../routes/app/index.tsx";

const [port, token] = Deno.args;
const all = services();
const session = (await all.auth.verify(token))!;

// One props object serves every request: of what differs between requests, these two pages read nothing.
const request = new Request("http://127.0.0.1/app");
const context = createRequestContext(request, all.config);
const { requestId, locale, theme, path, nonce, address } = context;
const visitor = { requestId, locale, theme, path, nonce, address, session: null, services: all };
const [profile, balance, plan, generations] = await all.db.asUser(
  session.claims,
  (sql) => Promise.all([readProfile(sql), readBalance(sql), readPlan(sql), readGenerations(sql)]),
);
const customer = { ...visitor, session, profile: profile!, balance, plan, generations };
const around = { req: request, url: new URL(request.url), params: {}, runtime: undefined };

/** The handler's data, read as the app reads it. */
async function read<Data>(get: (context: never) => { data: Data } | Promise<{ data: Data }>, state: unknown) {
  const { data } = await get({ ...around, state } as never);
  return data;
}

const homeData = await read(home.GET, visitor);
const dashboardData = await read(dashboard.GET, customer);
const pages = new Map<string, { context: RequestContext; render: () => VNode }>([
  ["/", {
    context: { ...context, path: "/" },
    render: () => (
      <Document>
        <Home {...around} data={homeData} state={visitor} />
      </Document>
    ),
  }],
  ["/app", {
    context: { ...context, session },
    render: () => (
      <Document>
        <Frame
          {...around}
          data={dashboardData}
          state={customer}
          Component={() => <Dashboard {...around} data={dashboardData} state={customer} />}
        />
      </Document>
    ),
  }],
]);

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen() {} }, (request) => {
  const page = pages.get(new URL(request.url).pathname);
  if (!page) return new Response("Not found", { status: 404 });
  const html = runInRequest(request, page.context, () => renderToString(page.render()));
  return new Response(`<!DOCTYPE html>${html}`, { headers: { "content-type": "text/html; charset=utf-8" } });
});

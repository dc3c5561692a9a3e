/** The console's JSON: what tests and scripts use to watch and disturb the sandbox. */
import { sources } from "../faults/mod.ts";
import { actAt, clockReading } from "./acts.ts";
import { faultInput } from "./fault-input.ts";
import type { SandboxOptions } from "./options.ts";
import { renderSections } from "./page.ts";

/** Answers what begins with /api/ but /api/mail; null when the path is another's. */
export async function consoleApi(request: Request, options: SandboxOptions): Promise<Response | null> {
  const { faults, deliveries, stripe, replicate, mail } = options;
  const { pathname, searchParams } = new URL(request.url);
  const { method } = request;

  if (pathname === "/api/faults") {
    if (method === "GET") return Response.json({ seed: faults.seed, ...faults.get() });
    return method === "POST" ? await setFaults(request, options) : notAllowed("GET, POST");
  }
  if (pathname === "/api/faults/reset") {
    if (method !== "POST") return notAllowed("POST");
    faults.reset();
    return Response.json({ seed: faults.seed, ...faults.get() });
  }
  if (pathname === "/api/deliveries") {
    if (method !== "GET") return notAllowed("GET");
    const source = sources.find((source) => source === searchParams.get("source"));
    const limit = Number(searchParams.get("limit")) || 100;
    return Response.json({ deliveries: deliveries.journal({ source, limit: Math.min(Math.max(limit, 1), 1_000) }) });
  }
  const resend = /^\/api\/deliveries\/(dlv_[0-9a-f]+)\/resend$/.exec(pathname);
  if (resend) {
    if (method !== "POST") return notAllowed("POST");
    return deliveries.resend(resend[1])
      ? Response.json({ id: resend[1] }, { status: 202 })
      : Response.json({ error: "no such delivery" }, { status: 404 });
  }
  if (pathname === "/api/state") {
    if (method !== "GET") return notAllowed("GET");
    return Response.json({
      seed: faults.seed,
      faults: faults.get(),
      clock: clockReading(options),
      stripe: { ...stripe.state(), ...stripe.overview() },
      replicate: replicate.state(),
      mail: mail.list(),
      deliveries: deliveries.journal({ limit: 100 }),
    });
  }
  if (pathname === "/api/charges") {
    if (method !== "GET") return notAllowed("GET");
    return Response.json({ charges: replicate.charges() });
  }
  if (pathname === "/api/clock" && method === "GET") return Response.json(clockReading(options));
  const act = pathname.startsWith("/api/") ? actAt(pathname.slice("/api".length), options) : null;
  if (act) {
    if (method !== "POST") return notAllowed(pathname === "/api/clock" ? "GET, POST" : "POST");
    const { status, body } = await act.perform(await request.json().catch(() => ({})));
    return Response.json(body, { status });
  }
  if (pathname === "/api/console") {
    const sections = Object.entries(await renderSections(options));
    return Response.json(Object.fromEntries(sections.map(([name, { text }]) => [name, text])));
  }
  return null;
}

async function setFaults(request: Request, { faults }: SandboxOptions): Promise<Response> {
  const body = await request.json().catch(() => undefined);
  const input = faultInput.safeParse(body);
  if (!input.success) {
    const errors = input.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
    return Response.json({ error: "not a fault", errors }, { status: 400 });
  }
  const { source, ...change } = input.data;
  return Response.json(faults.set(source, change));
}

const notAllowed = (allow: string) =>
  Response.json({ error: "method not allowed" }, { status: 405, headers: { allow } });

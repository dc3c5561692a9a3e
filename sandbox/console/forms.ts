import { html } from "../html.ts";
import { actInput } from "./act-input.ts";
import { type Act, actAt } from "./acts.ts";
import { faultInputFromForm } from "./fault-input.ts";
import type { SandboxOptions } from "./options.ts";
import { notFound, sidePage } from "./page.ts";

/** The console's own forms. Each leads back to the section it is in. */
export async function press(pathname: string, request: Request, options: SandboxOptions): Promise<Response> {
  const { faults, deliveries, mail } = options;
  if (pathname === "/console/mail/clear") {
    mail.clear();
    return back("mail");
  }
  if (pathname === "/console/faults/reset") {
    faults.reset();
    return back("faults");
  }
  if (pathname === "/console/faults") return await setFaults(request, options);
  const act = pathname.startsWith("/console/") ? actAt(pathname.slice("/console".length), options) : null;
  if (act) return await perform(act, request);
  const resend = /^\/console\/deliveries\/(dlv_[0-9a-f]+)\/resend$/.exec(pathname);
  return resend && deliveries.resend(resend[1]) ? back("deliveries") : notFound("There is nothing to press here.");
}

async function perform(act: Act, request: Request): Promise<Response> {
  const { status, body } = await act.perform(actInput(await request.formData().catch(() => new FormData())));
  if (status === 200) return back(act.section);
  const page = html`
    <h1>That was not done</h1>
    <p>${String(body.error)}</p>
    <p><a href="/#${act.section}">Back to the console</a></p>
  `;
  return sidePage("Not done", page, status);
}

async function setFaults(request: Request, { faults }: SandboxOptions): Promise<Response> {
  const input = faultInputFromForm(await request.formData().catch(() => new FormData()));
  if (!input.success) {
    const problems = input.error.issues.map(({ path, message }) => html`<li>${path.join(".")}: ${message}</li>`);
    const body = html`
      <h1>The switches were not set</h1>
      <ul>${problems}</ul>
      <p><a href="/#faults">Back to the switches</a></p>
    `;
    return sidePage("Not set", body, 400);
  }
  const { source, ...change } = input.data;
  faults.set(source, change);
  return back("faults");
}

const back = (section: string) => new Response(null, { status: 303, headers: { location: `/#${section}` } });

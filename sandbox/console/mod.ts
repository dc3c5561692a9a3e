/** Everything on the sandbox's port: Stripe and Replicate for the app, the console and its API for people and tests. */
import { html } from "../html.ts";
import { consoleApi } from "./api.ts";
import { faultInputFromForm } from "./fault-input.ts";
import { refusal } from "./guard.ts";
import type { SandboxOptions } from "./options.ts";
import { consolePage, document } from "./page.ts";
import { mailPage } from "./sections/mail.ts";

export type { SandboxOptions } from "./options.ts";

const read = (name: string) => Deno.readTextFileSync(new URL(name, import.meta.url));
const assets: Record<string, [type: string, text: string]> = {
  "/console/console.css": ["text/css; charset=utf-8", read("./console.css")],
  "/console/console.js": ["text/javascript; charset=utf-8", read("./console.js")],
};

export function createSandbox(options: SandboxOptions): { fetch(request: Request): Promise<Response> } {
  const { stripe, replicate, mail, baseUrl } = options;

  return {
    async fetch(request) {
      // The stand-ins first: they are called by the app and have keys and rules of their own.
      const standIn = await stripe.fetch(request) ?? await replicate.fetch(request);
      if (standIn) return standIn;
      const refused = refusal(request, baseUrl);
      if (refused) return refused;
      return await consoleApi(request, options) ?? mail.fetch(request) ?? await page(request, options);
    },
  };

  async function page(request: Request, options: SandboxOptions): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") return await press(pathname, request, options);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, POST" } });
    }
    if (pathname === "/") return await consolePage(options);
    if (Object.hasOwn(assets, pathname)) {
      const [type, text] = assets[pathname];
      return new Response(text, { headers: { "content-type": type, "cache-control": "no-cache" } });
    }
    const letter = mail.get(/^\/mail\/(\w+)$/.exec(pathname)?.[1] ?? "");
    if (letter) return document(letter.subject, html`<main class="letter">${mailPage(letter)}</main>`);
    return document(
      "Not found",
      html`
        <main class="letter">
          <h1>There is nothing here</h1>
          <p><a href="/">To the console</a></p>
        </main>
      `,
      404,
    );
  }
}

/** The page's own forms; each leads back to the section it is in. */
async function press(pathname: string, request: Request, options: SandboxOptions): Promise<Response> {
  const { faults, deliveries, mail } = options;
  const back = (section: string) => new Response(null, { status: 303, headers: { location: `/#${section}` } });
  if (pathname === "/console/mail/clear") {
    mail.clear();
    return back("mail");
  }
  if (pathname === "/console/faults/reset") {
    faults.reset();
    return back("faults");
  }
  if (pathname === "/console/faults") {
    const input = faultInputFromForm(await request.formData().catch(() => new FormData()));
    if (!input.success) {
      const problems = input.error.issues.map(({ path, message }) => html`<li>${path.join(".")}: ${message}</li>`);
      return document(
        "Not set",
        html`
          <main class="letter">
            <h1>The switches were not set</h1>
            <ul>${problems}</ul>
            <p><a href="/#faults">Back to the switches</a></p>
          </main>
        `,
        400,
      );
    }
    const { source, ...change } = input.data;
    faults.set(source, change);
    return back("faults");
  }
  const resend = /^\/console\/deliveries\/(dlv_[0-9a-f]+)\/resend$/.exec(pathname);
  if (resend && deliveries.resend(resend[1])) return back("deliveries");
  return document(
    "Not found",
    html`
      <main class="letter">
        <h1>There is nothing to press here</h1>
        <p><a href="/">To the console</a></p>
      </main>
    `,
    404,
  );
}

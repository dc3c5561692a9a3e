/** Everything on the sandbox's port: Stripe and Replicate for the app, the console and its API for people and tests. */
import { throughFaults } from "../faults/calls.ts";
import type { Source } from "../faults/mod.ts";
import { consoleApi } from "./api.ts";
import { press } from "./forms.ts";
import { refusal } from "./guard.ts";
import type { SandboxOptions } from "./options.ts";
import { consolePage, notFound, sidePage } from "./page.ts";
import { mailPage } from "./sections/mail.ts";

export type { SandboxOptions } from "./options.ts";

const read = (name: string) => Deno.readTextFileSync(new URL(name, import.meta.url));
const assets: Record<string, [type: string, text: string]> = {
  "/console/console.css": ["text/css; charset=utf-8", read("./console.css")],
  "/console/console.js": ["text/javascript; charset=utf-8", read("./console.js")],
};

/** Whose API a path belongs to; hosted pages and files are none. */
function sourceOf(pathname: string): Source | null {
  if (pathname.startsWith("/v1/")) return "stripe";
  return pathname.startsWith("/replicate/v1/") ? "replicate" : null;
}

export function createSandbox(options: SandboxOptions): { fetch(request: Request): Promise<Response> } {
  const { stripe, replicate, mail, baseUrl } = options;

  return {
    async fetch(request) {
      // The stand-ins first: they are called by the app and have keys and rules of their own.
      const called = sourceOf(new URL(request.url).pathname);
      const serve = async () => await stripe.fetch(request) ?? await replicate.fetch(request);
      const standIn = await (called ? throughFaults(options.faults, called, serve) : serve());
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
    return letter ? sidePage(letter.subject, mailPage(letter)) : notFound("There is nothing here.");
  }
}

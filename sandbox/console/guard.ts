import { isOwnForm } from "../own-form.ts";

/**
 * Who may talk to the console. It shows every mail and password of the sandbox, so a page on the internet must not
 * reach it through the visitor's browser: not by a form (origin), not by a name that resolves here (host).
 */
const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

/** A refusal, or null when the request may go on. `baseUrl` is the address the sandbox was told it has. */
export function refusal(request: Request, baseUrl: string): Response | null {
  const url = new URL(request.url);
  const host = request.headers.get("host") ?? url.host;
  const hostname = host.replace(/:\d+$/, "");
  if (!loopback.test(hostname) && host !== new URL(baseUrl).host) {
    return refuse(`The sandbox answers at ${baseUrl}, not at ${host}.`);
  }
  return request.method === "GET" || request.method === "HEAD" || isOwnForm(request)
    ? null
    : refuse("This may only be sent from the sandbox's own page.");
}

const refuse = (error: string) => Response.json({ error }, { status: 403 });

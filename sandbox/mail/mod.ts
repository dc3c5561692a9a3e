/**
 * The sandbox's inbox: every e-mail the system sends lands here and goes no further.
 *
 * Auth's come through `mail.driver`, which is what @supabase/lite takes as `options.drivers.email`, the product's
 * own through smtp.ts. Tests read `GET /api/mail?to=…`; people read the console. A message is hostile until shown
 * otherwise: its HTML is only ever served in a document that may not run scripts, send forms or load anything.
 */
import type { Collection, Store } from "../state/store.ts";
import { escapeHtml } from "../html.ts";
import { linksIn } from "./links.ts";

/** The shape in which Auth and the mail server hand over a message. */
export interface OutgoingMail {
  to: string;
  from?: string;
  subject: string;
  text?: string;
  html?: string;
  message_id?: string;
}

export interface Mail {
  id: string;
  to: string;
  /** Empty for Auth's, which names its sender only in production. */
  from: string;
  subject: string;
  text: string;
  html: string;
  /** By which two copies of one mail are told from two mails; empty for Auth's. */
  message_id: string;
  /** The http(s) addresses in the message, in reading order, each once. */
  links: string[];
  sent_at: string;
}

export interface MailOptions {
  store: Store;
  /** How many messages the inbox keeps. */
  keep?: number;
  now?: () => number;
}

export interface Mailbox {
  driver: { send(message: OutgoingMail): Promise<void> };
  deliver(message: OutgoingMail): Mail;
  get(id: string): Mail | undefined;
  clear(): void;
  /** Newest first; `to` compares without case. */
  list(filter?: { to?: string; limit?: number }): Mail[];
  /** Answers /api/mail and /mail; null when the path is another's. Who may ask is the caller's to check. */
  fetch(request: Request): Response | null;
}

export function createMail(
  { store, keep = 500, now = Date.now }: MailOptions,
): Mailbox {
  const mails: Collection<Mail> = store.collection("mails");

  function deliver(message: OutgoingMail): Mail {
    const text = message.text ?? "";
    const html = message.html ?? "";
    const mail: Mail = {
      id: `mail_${crypto.randomUUID().replaceAll("-", "")}`,
      to: message.to,
      from: message.from ?? "",
      subject: message.subject,
      text,
      html,
      message_id: message.message_id ?? "",
      links: linksIn(html || text),
      sent_at: new Date(now()).toISOString(),
    };
    mails.put(mail.id, mail);
    mails.trim(keep);
    return mail;
  }

  function list(
    { to, limit = 100 }: { to?: string; limit?: number } = {},
  ): Mail[] {
    if (!to) return mails.list({ limit });
    const wanted = to.trim().toLowerCase();
    return mails.list().filter((mail) => mail.to.toLowerCase() === wanted)
      .slice(0, limit);
  }

  function fetch(request: Request): Response | null {
    const url = new URL(request.url);
    const { method } = request;
    if (url.pathname === "/api/mail") {
      if (method === "GET") {
        const to = url.searchParams.get("to") ?? undefined;
        return Response.json({ messages: list({ to }) });
      }
      if (method === "DELETE") {
        mails.clear();
        return new Response(null, { status: 204 });
      }
      return notAllowed("GET, DELETE");
    }
    const one = /^\/(api\/mail|mail)\/(mail_[0-9a-f]+)(\/body)?$/.exec(
      url.pathname,
    );
    if (!one) return null;
    const mail = mails.get(one[2]);
    if (!mail) {
      return Response.json({ error: "no such message" }, { status: 404 });
    }
    if (method !== "GET") return notAllowed("GET");
    if (one[1] === "api/mail" && !one[3]) return Response.json(mail);
    if (one[1] === "mail" && one[3]) return body(mail);
    return null;
  }

  return {
    driver: {
      send: (message) => {
        deliver(message);
        return Promise.resolve();
      },
    },
    deliver,
    get: mails.get,
    clear: mails.clear,
    list,
    fetch,
  };
}

/**
 * The message itself, for an iframe. The `sandbox` directive takes its origin and scripts away even when it is
 * opened in a tab of its own; links open outside, because the app they lead to refuses to be framed.
 */
function body(mail: Mail): Response {
  const page = mail.html
    ? `<base target="_blank">${mail.html}`
    : `<base target="_blank"><pre style="white-space:pre-wrap;font:inherit">${escapeHtml(mail.text)}</pre>`;
  return new Response(`<!doctype html><meta charset="utf-8">${page}`, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  });
}

const notAllowed = (allow: string) =>
  Response.json({ error: "method not allowed" }, {
    status: 405,
    headers: { allow },
  });

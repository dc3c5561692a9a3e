import { AsyncLocalStorage } from "node:async_hooks";
import { plainText, renderTemplate, type TemplateValues } from "./template.ts";

/** Takes finished e-mails; the mail stand-in keeps them in its inbox. */
export interface Mailer {
  deliver(mail: { to: string; subject: string; text: string; html: string }): Promise<void>;
}

export interface MailTemplate {
  subject: string;
  html: string;
}

/** Kinds of e-mail Auth sends, by their names in supabase/config.toml. */
export type MailKind = "confirmation" | "magic_link" | "recovery" | "email_change";

export const MAIL_KINDS: readonly MailKind[] = ["confirmation", "magic_link", "recovery", "email_change"];

/**
 * The library fills `{{ .Name }}` alone and drops `redirect_to`; GoTrue knows conditions, the user's metadata
 * and the redirect. So the library is given this carrier instead of our templates: one line per value, its
 * kind as the subject. The e-mail proper is rendered here.
 */
export const CARRIER = "{{ .Token }}\n{{ .TokenHash }}\n{{ .Email }}\n{{ .NewEmail }}";

/** `redirect_to` of the request an e-mail is sent for. */
const redirect = new AsyncLocalStorage<string>();

/** Runs a request to Auth; e-mails sent meanwhile carry its `redirect_to` when it leads to our own origin. */
export function withRedirect<T>(request: Request, siteUrl: string, run: () => T): T {
  const asked = new URL(request.url).searchParams.get("redirect_to");
  const allowed = asked && URL.canParse(asked) && new URL(asked).origin === new URL(siteUrl).origin;
  return redirect.run(allowed ? asked : siteUrl, run);
}

export interface MailDriverOptions {
  siteUrl: string;
  mailer: Mailer;
  templates: Record<MailKind, MailTemplate>;
  metadataOf(email: string): Promise<Record<string, unknown>>;
}

/** The e-mail driver given to the library: turns a filled carrier into the e-mail a person gets. */
export function createMailDriver({ siteUrl, mailer, templates, metadataOf }: MailDriverOptions) {
  return {
    async send(message: { to: string; subject: string; text?: string; html?: string }): Promise<void> {
      const template = templates[message.subject as MailKind];
      if (!template) {
        // Reauthentication codes have no template of ours; the library's own wording goes out as it is.
        return mailer.deliver({ text: "", html: "", ...message });
      }
      const [token, tokenHash, email, newEmail] = (message.html ?? "").split("\n");
      const values: TemplateValues = {
        SiteURL: siteUrl,
        RedirectTo: redirect.getStore() ?? siteUrl,
        Token: token,
        TokenHash: tokenHash,
        Email: email,
        NewEmail: newEmail,
        Data: await metadataOf(email),
      };
      const html = renderTemplate(template.html, values, "html");
      await mailer.deliver({
        to: message.to,
        subject: renderTemplate(template.subject, values, "text"),
        html,
        text: plainText(html),
      });
    },
  };
}

import type { Locale } from "../../locales/mod.ts";
import type { FunctionsConfig } from "../../platform/config.ts";
import type { Log } from "../../platform/log.ts";
import { type Mailer, MailRefused } from "../../platform/mailer.ts";
import type { MailData, MailKind } from "./mail.ts";
import { renderMail } from "./render-mail.ts";

/** `refused`: this address or this mail, for good. `later`: nobody took it yet, and another try may succeed. */
export type SendMailResult = "sent" | "refused" | "later";

export interface SendMailServices {
  mailer: Mailer;
  config: Pick<FunctionsConfig, "webUrl">;
  log: Log;
}

export interface MailToSend<K extends MailKind> {
  kind: K;
  data: MailData<K>;
  to: string;
  locale: Locale;
  /** The same for every attempt at this mail, and for no other: a task's key. */
  id: string;
}

/**
 * Renders a mail and hands it to the mail server. Whoever repeats one after a crash may send it twice; its
 * Message-ID is the same then, by which mailboxes recognise the second.
 *
 * @throws {z.ZodError} for data that is not of this kind
 */
export async function sendMail<K extends MailKind>(
  { mailer, config, log }: SendMailServices,
  { kind, data, to, locale, id }: MailToSend<K>,
): Promise<SendMailResult> {
  const mail = renderMail(kind, data, locale, { webUrl: config.webUrl });
  try {
    await mailer.send({
      ...mail,
      to,
      messageId: messageId(id, config.webUrl),
      // Nobody's absence note has to answer this (RFC 3834).
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return "sent";
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    log.warn("a mail was not taken", { kind, id, permanent: error.permanent, error });
    return error.permanent ? "refused" : "later";
  }
}

/** Percent-encoded, because what may stand before the `@` is only letters, digits and a few signs (RFC 5322, 3.2.3). */
function messageId(id: string, webUrl: string): string {
  const left = encodeURIComponent(id).replace(/[^\w%-]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `<${left}@${new URL(webUrl).hostname}>`;
}

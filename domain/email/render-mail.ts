import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { composeMail, type MailLink } from "./compose-mail.ts";
import { layOutHtml, layOutText } from "./lay-out-mail.ts";
import { type MailData, type MailKind, mailSchema } from "./mail.ts";

export interface RenderedMail {
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

/**
 * A mail as it is sent, in the reader's language.
 *
 * @throws {z.ZodError} for data that is not of this kind: whoever wrote it has a bug
 */
export function renderMail<K extends MailKind>(
  kind: K,
  data: MailData<K>,
  locale: Locale,
  /** `webUrl` is the app's origin, without a slash at the end. */
  { webUrl }: { webUrl: string },
): RenderedMail {
  const { title, paragraphs, action, more } = composeMail(mailSchema.parse({ kind, data }), locale);
  const resolve = ({ label, to }: MailLink) => ({
    label,
    url: to.startsWith("/") ? webUrl + localePath(locale, to) : to,
  });
  const mail = {
    title,
    paragraphs,
    action: resolve(action),
    more: more && resolve(more),
    footer: messages(locale).email.footer,
  };
  return { subject: title, text: layOutText(mail), html: layOutHtml(mail, locale) };
}

import type { MailConfig } from "./config.ts";

export interface OutgoingMail {
  /** One address, without a name. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** With its angle brackets. A repeat of the same mail carries the same one. */
  messageId: string;
  headers?: Record<string, string>;
}

export interface Mailer {
  /** Resolves once the server has taken responsibility for the mail. @throws {MailRefused} */
  send(mail: OutgoingMail): Promise<void>;
}

/** The mail is not on its way. Its message is for the log: what the server said, without addresses. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
  constructor(
    message: string,
    /** This mail will be refused again. Otherwise nobody knows, and it may be worth another try. */
    readonly permanent: boolean,
  ) {
    super(message);
  }
}

/** Shorter than nodemailer's own, which are minutes: a worker on the edge has only seconds. Milliseconds. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 10_000 };

export function createMailer({ smtpUrl, from }: MailConfig): Mailer {
  let loading: ReturnType<typeof loadTransport> | undefined;
  return {
    async send({ to, ...mail }) {
      const transport = await (loading ??= loadTransport(smtpUrl));
      try {
        // As an object the address stays one address; a string would be read as a list of them.
        await transport.sendMail({ ...mail, from, to: { name: "", address: to } });
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

async function loadTransport(smtpUrl: string) {
  // Loaded with the first mail, for it takes longer than all else a webhook's function loads, and few of them send one.
  const { createTransport } = await import("nodemailer");
  const { hostname, protocol } = new URL(smtpUrl);
  return createTransport({
    url: smtpUrl,
    // smtp:// begins in the clear. Nobody between us and the server may keep it there, for a password follows.
    ...(protocol === "smtp:" && { requireTLS: !isLoopback(hostname) }),
    ...TIMEOUTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** What nodemailer adds to an error: the server's answer, and the command it answered to. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

/**
 * A 5xx is final (RFC 5321, 4.2.1), but it says "this mail, never" only as the answer to the recipient or to the
 * message. Refusing our password or our sender address is about our configuration, which somebody will mend.
 */
function refusal(error: unknown): MailRefused {
  const { code, command, responseCode, message } = error as SmtpError;
  const permanent = responseCode === undefined
    ? code === "EENVELOPE"
    : responseCode >= 500 && (command === "RCPT TO" || command === "DATA");
  return new MailRefused(message.replace(/\S+@\S+/g, "…"), permanent);
}

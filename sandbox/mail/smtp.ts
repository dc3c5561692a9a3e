/**
 * The sandbox's mail server: what the product sends over SMTP lands in the inbox, as it would land at a provider that
 * takes mail for everybody. On loopback, so it asks for neither TLS nor a password.
 *
 * Some addresses are refused, told by the local part: `ada+bounce@…` for good (no such mailbox), `ada+busy@…` for now.
 */
import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { OutgoingMail } from "./mod.ts";

export interface SmtpOptions {
  deliver(message: OutgoingMail): unknown;
  /** A mail that cannot be read, a connection that broke off. */
  onError(error: unknown): void;
}

export interface Smtp {
  /** `smtp://127.0.0.1:<port>`; the port is a free one. */
  url: string;
  close(): Promise<void>;
}

const MAX_BYTES = 1 << 20;
/** Connections that are open when the stack stops get this long; milliseconds. */
const GRACE = 1_000;

export async function startSmtp({ deliver, onError }: SmtpOptions): Promise<Smtp> {
  const server = new SMTPServer({
    name: "kredo-sandbox",
    banner: "Kredo sandbox",
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: GRACE,
    onRcptTo: ({ address }, _session, done) => done(refusalFor(address)),
    onData(stream, session, done) {
      // Our mails bring their text along; nothing is to be made up from their HTML.
      simpleParser(stream, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true }).then((parsed) => {
        if (stream.sizeExceeded) return done(refusal(552, `5.3.4 more than ${MAX_BYTES} bytes`));
        for (const { address } of session.envelope.rcptTo) {
          deliver({
            to: address,
            from: parsed.from?.text,
            subject: parsed.subject ?? "",
            text: parsed.text,
            html: parsed.html || undefined,
            message_id: parsed.messageId,
          });
        }
        done();
      }).catch((error) => {
        onError(error);
        done(refusal(451, "4.3.0 the mail could not be read"));
      });
    },
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      server.off("error", failed);
      listening();
    });
  });
  server.on("error", onError);
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function refusalFor(address: string): Error | null {
  const [, wish] = /\+(bounce|busy)@/i.exec(address) ?? [];
  if (!wish) return null;
  return wish.toLowerCase() === "bounce"
    ? refusal(550, `5.1.1 <${address}>: no such mailbox`)
    : refusal(451, `4.2.0 <${address}>: try again later`);
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

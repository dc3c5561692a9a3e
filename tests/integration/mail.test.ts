/** Mails of the product over SMTP: nodemailer on one side, the sandbox's mail server and inbox on the other. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { renderMail } from "../../domain/email/render-mail.ts";
import { sendMail } from "../../domain/email/send-mail.ts";
import { parseFunctionsConfig } from "../../platform/config.ts";
import { createLog } from "../../platform/log.ts";
import { createMailer, MailRefused, type OutgoingMail } from "../../platform/mailer.ts";
import { createMail } from "../../sandbox/mail/mod.ts";
import { startSmtp } from "../../sandbox/mail/smtp.ts";
import { openStore } from "../../sandbox/state/store.ts";
import { mailsTo } from "../support/mail.ts";
import { mails } from "../support/mails.ts";
import { stack } from "../support/stack.ts";

const { console: sandbox, env, web } = await stack();

const from = "Kredo <hello@kredo.test>";
const webUrl = "https://kredo.test";

interface Scene {
  url: string;
  inbox(to: string): Promise<ReceivedMail[]>;
  send(mail: Partial<OutgoingMail>): Promise<void>;
  /** Through the domain; what it wrote to the log is the second value. */
  sendMail(mail: Partial<Parameters<typeof sendMail>[1]>): Promise<[string, string]>;
}

type ReceivedMail = Record<"to" | "from" | "subject" | "text" | "html" | "message_id", string> & { links: string[] };

function story(name: string, tell: (scene: Scene) => Promise<void>) {
  Deno.test(`mail: ${name}`, async () => {
    const store = openStore(":memory:");
    const box = createMail({ store });
    const smtp = await startSmtp({ deliver: box.deliver, onError: (error) => assert.fail(String(error)) });
    const mailer = createMailer({ smtpUrl: smtp.url, from });
    try {
      await tell({
        url: smtp.url,
        async inbox(to) {
          const url = `http://127.0.0.1/api/mail?to=${encodeURIComponent(to)}`;
          return (await box.fetch(new Request(url))!.json()).messages;
        },
        send: (mail) =>
          mailer.send({
            to: "ada@example.com",
            subject: "-",
            text: "-",
            html: "-",
            messageId: "<1@kredo.test>",
            ...mail,
          }),
        async sendMail(mail) {
          const lines: string[] = [];
          const result = await sendMail(
            { mailer, config: { webUrl }, log: createLog({}, (_level, line) => lines.push(line)) },
            { kind: "grace_ended", data: { plan: "pro" }, to: "ada@example.com", locale: "en", id: "task-1", ...mail },
          );
          return [result, lines.join("\n")];
        },
      });
    } finally {
      await smtp.close();
      store.close();
    }
  });
}

Deno.test("mail: the sandbox gives functions and workers a mail server, whose mails its inbox shows", async () => {
  const config = parseFunctionsConfig(env.functions);
  const to = `${crypto.randomUUID()}@example.com`;
  const sent = await sendMail({ mailer: createMailer(config.mail!), config, log: createLog() }, {
    kind: "invoice_paid",
    data: { number: "KR-0007", amount_cents: 2900, invoice_id: "in_7" },
    to,
    locale: "pl",
    id: to,
  });
  assert.equal(sent, "sent");
  const [mail] = await mailsTo(sandbox, to);
  assert.match(mail.subject, /faktura KR-0007, 29\u00a0\$$/);
  assert.deepEqual(mail.links, [`${web}/pl/app/billing/invoices#in_7`]);
});

story("every kind arrives as it was written, in both languages", async ({ inbox, sendMail }) => {
  await Promise.all(mails.map(async ({ kind, data }, n) => {
    const locale = n % 2 ? "pl" : "en";
    const to = `ada${n}@example.com`;
    assert.deepEqual(await sendMail({ kind, data, to, locale }), ["sent", ""], kind);
    const [mail, ...others] = await inbox(to);
    const written = renderMail(kind, data, locale, { webUrl });
    assert.deepEqual(others, []);
    assert.deepEqual(
      { subject: mail.subject, text: mail.text.trim(), html: mail.html.trim() },
      { subject: written.subject, text: written.text.trim(), html: written.html.trim() },
    );
    assert.equal(mail.from, '"Kredo" <hello@kredo.test>');
    assert.ok(mail.links.some((link) => link.startsWith(webUrl)));
  }));
});

story("a repeat is recognised by its Message-ID, another mail has another", async ({ inbox, sendMail }) => {
  for (const id of ["mail:grace_ended:a b", "mail:grace_ended:a b", "mail:grace_ended:a.b"]) await sendMail({ id });
  const ids = (await inbox("ada@example.com")).map(({ message_id }) => message_id).reverse();
  assert.deepEqual(ids, [
    "<mail%3Agrace_ended%3Aa%20b@kredo.test>",
    "<mail%3Agrace_ended%3Aa%20b@kredo.test>",
    "<mail%3Agrace_ended%3Aa%2eb@kredo.test>",
  ]);
});

story("an address that is refused for good is told from one that may be tried again", async ({ inbox, sendMail }) => {
  const [bounced, bounceLog] = await sendMail({ to: "ada+bounce@example.com" });
  assert.equal(bounced, "refused");
  const [busy, busyLog] = await sendMail({ to: "ada+busy@example.com" });
  assert.equal(busy, "later");
  assert.match(bounceLog, /550 5\.1\.1/);
  assert.match(busyLog, /451 4\.2\.0/);
  assert.doesNotMatch(bounceLog + busyLog, /ada\+/, "an address is nobody's business in a log");
  assert.deepEqual([...await inbox("ada+bounce@example.com"), ...await inbox("ada+busy@example.com")], []);
});

story("a mail that is too large for the server is refused for good", async ({ send }) => {
  await assert.rejects(send({ text: "a".repeat(2 << 20) }), (error) => error instanceof MailRefused && error.permanent);
});

story("one address stays one, and a subject one line", async ({ inbox, send }) => {
  await assert.rejects(send({ to: "nobody" }), MailRefused);
  await send({ subject: "One\r\nBcc: eve@example.com" });
  await send({ to: "ada@example.com, eve@example.com" }).catch((error) => assert.ok(error instanceof MailRefused));
  assert.deepEqual(await inbox("eve@example.com"), []);
  assert.equal((await inbox("ada@example.com"))[0].subject, "One Bcc: eve@example.com");
});

/** A mail server that gives these answers, one to each command it hears, and hangs up after the last. */
async function answering(answers: string[], tell: (smtpUrl: string) => Promise<void>) {
  const server = createServer((socket) => {
    const left = [...answers];
    const next = () => {
      const answer = left.shift();
      if (answer) socket.write(`${answer}\r\n`);
      else socket.destroy();
    };
    socket.on("data", next).on("error", () => {});
    next();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await tell(`127.0.0.1:${(server.address() as { port: number }).port}`);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
}

const refusalOf = async (smtpUrl: string): Promise<MailRefused> => {
  const mailer = createMailer({ smtpUrl, from });
  const mail = { to: "ada@example.com", subject: "-", text: "-", html: "-", messageId: "<1@kredo.test>" };
  const error = await mailer.send(mail).then(() => null, (error) => error);
  assert.ok(error instanceof MailRefused, String(error));
  return error;
};

Deno.test("mail: what the server says about the message is final, what it says about us is not", async () => {
  const hello = ["220 hello", "250-hello\r\n250 AUTH PLAIN"];
  const verdicts: [string, string[], boolean][] = [
    ["unknown recipient", [...hello, "250 ok", "550 5.1.1 unknown"], true],
    ["message refused", [...hello, "250 ok", "250 ok", "354 go on", "554 5.7.1 spam"], true],
    ["recipient greylisted", [...hello, "250 ok", "450 4.7.1 later"], false],
    ["sender not verified", [...hello, "553 5.7.1 not your address"], false],
    ["closed for today", ["554 5.3.2 no service"], false],
    ["hung up", [...hello, "250 ok"], false],
  ];
  for (const [what, answers, permanent] of verdicts) {
    await answering(
      answers,
      async (host) => assert.equal((await refusalOf(`smtp://${host}`)).permanent, permanent, what),
    );
  }
  await answering([...hello, "535 5.7.8 bad credentials"], async (host) => {
    assert.equal((await refusalOf(`smtp://kredo:do-not-print-me@${host}`)).permanent, false);
  });
});

story("a server that is not there, or does not speak TLS, may be there later", async ({ url }) => {
  assert.equal((await refusalOf("smtp://127.0.0.1:1")).permanent, false);
  assert.equal((await refusalOf(url.replace("smtp://", "smtps://"))).permanent, false);
});

Deno.test("mail: no password leaves for another machine in the clear", async () => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      heard.push(String(data));
      socket.write(String(data).startsWith("EHLO") ? "250-hello\r\n250 AUTH PLAIN\r\n" : "502 no such command\r\n");
    }).on("error", () => {});
    socket.write("220 hello\r\n");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // A name that is not loopback's by its looks and leads there all the same.
  const { port } = server.address() as { port: number };
  assert.equal((await refusalOf(`smtp://kredo:secret@[::ffff:127.0.0.1]:${port}`)).permanent, false);
  assert.match(heard.join(""), /^EHLO .*\r\nSTARTTLS\r\n/);
  assert.doesNotMatch(heard.join(""), /AUTH/);
  await new Promise((closed) => server.close(closed));
});

import { until } from "./until.ts";

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  /** The http links in it, in order. */
  links: string[];
}

/** What the sandbox has delivered to an address, newest first. */
export async function mailsTo(console: string, address: string): Promise<Mail[]> {
  const response = await fetch(`${console}/api/mail?to=${encodeURIComponent(address)}`);
  return (await response.json()).messages;
}

/** The newest mail to an address whose link leads to `type` (email, recovery), as soon as it is there. */
export async function mailedLink(console: string, address: string, type: string): Promise<string> {
  return await until(async () => {
    const links = (await mailsTo(console, address)).flatMap((mail) => mail.links);
    return links.find((link) => new URL(link).searchParams.get("type") === type) ?? null;
  });
}

/** The newest mail to an address about something, as soon as it is there. */
export async function mailAbout(console: string, address: string, subject: RegExp): Promise<Mail> {
  return await until(
    async () => (await mailsTo(console, address)).find((mail) => subject.test(mail.subject)),
    `a mail about ${subject} to ${address}`,
  );
}

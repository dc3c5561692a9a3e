import { Webhook, WebhookVerificationError } from "standardwebhooks";

/**
 * Whether Replicate sent this body, within the last five minutes. Several secrets are tried while one of
 * them is being rotated out. (`validateWebhook` of the `replicate` client ignores the timestamp, so a
 * delivery that somebody recorded would stay valid for ever.)
 */
export function isFromReplicate(body: string, headers: Headers, secrets: readonly string[]): boolean {
  const signed = Object.fromEntries(
    ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, headers.get(name) ?? ""]),
  );
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, signed, { jsonParse: false });
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  });
}

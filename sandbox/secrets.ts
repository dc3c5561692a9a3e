import { generateApiKey } from "@supabase/lite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "./processes/record.ts";

const schema = z.object({
  jwtSecret: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
  operatorToken: z.string(),
  webDatabasePassword: z.string(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  replicateToken: z.string(),
  replicateWebhookSecret: z.string(),
  customerPassword: z.string(),
  operatorPassword: z.string(),
});

export type Secrets = z.infer<typeof schema>;

/** Keys and passwords of this state folder: made once, kept in a file only its owner can read. */
export async function loadSecrets(stateDir: string): Promise<Secrets> {
  const path = join(stateDir, "secrets.json");
  const kept = schema.partial().safeParse(readJson(path));
  const secrets = { ...await generate(), ...(kept.success ? kept.data : {}) };
  writeAtomically(path, JSON.stringify(secrets, null, 2));
  return secrets;
}

async function generate(): Promise<Secrets> {
  return {
    jwtSecret: random(48),
    publishableKey: (await generateApiKey("publishable")).key,
    secretKey: (await generateApiKey("secret")).key,
    operatorToken: `kredo_op_${random(24)}`,
    webDatabasePassword: random(24),
    stripeSecretKey: `sk_test_${alphanumeric(24)}`,
    stripeWebhookSecret: `whsec_${alphanumeric(32)}`,
    replicateToken: `r8_${alphanumeric(37)}`,
    // Standard Webhooks: the key itself in base64 after the prefix.
    replicateWebhookSecret: `whsec_${bytes(24).toBase64()}`,
    customerPassword: `demo-${alphanumeric(10)}`,
    operatorPassword: `demo-${alphanumeric(10)}`,
  };
}

const bytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const random = (length: number) => bytes(length).toBase64({ alphabet: "base64url", omitPadding: true });
const alphanumeric = (length: number) => random(length * 2).replace(/[-_]/g, "").slice(0, length);

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

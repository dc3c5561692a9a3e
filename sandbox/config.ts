import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import type { AuthSettings } from "./auth/mod.ts";
import { MAIL_KINDS, type MailKind, type MailTemplate } from "./auth/mail.ts";
import type { BucketSettings } from "./storage/mod.ts";

const template = z.object({ subject: z.string(), content_path: z.string() });

const schema = z.object({
  auth: z.object({
    jwt_expiry: z.number().int(),
    minimum_password_length: z.number().int(),
    email: z.object({
      enable_confirmations: z.boolean(),
      otp_length: z.number().int(),
      otp_expiry: z.number().int(),
      template: z.object({ confirmation: template, magic_link: template, recovery: template, email_change: template }),
    }),
  }),
  storage: z.object({
    file_size_limit: z.string(),
    buckets: z.record(
      z.string(),
      z.object({
        public: z.boolean().default(false),
        file_size_limit: z.string().optional(),
        allowed_mime_types: z.array(z.string()).optional(),
      }),
    ).default({}),
  }),
  functions: z.record(z.string(), z.object({ verify_jwt: z.boolean().default(true) })).default({}),
});

/** What the offline stack obeys of supabase/config.toml. */
export interface SupabaseConfig {
  auth: AuthSettings;
  buckets: BucketSettings[];
  /** Names of the functions that check their caller themselves. */
  openFunctions: string[];
}

/** Reads supabase/config.toml of the project at `root`. The same file configures real Supabase. */
export async function readSupabaseConfig(root: string): Promise<SupabaseConfig> {
  const config = schema.parse(parse(await Deno.readTextFile(join(root, "supabase", "config.toml"))));
  const { auth, storage, functions } = config;

  const templates = {} as Record<MailKind, MailTemplate>;
  for (const kind of MAIL_KINDS) {
    const { subject, content_path } = auth.email.template[kind];
    templates[kind] = { subject, html: await Deno.readTextFile(join(root, content_path)) };
  }

  return {
    auth: {
      jwtExpirySeconds: auth.jwt_expiry,
      minimumPasswordLength: auth.minimum_password_length,
      enableConfirmations: auth.email.enable_confirmations,
      otpLength: auth.email.otp_length,
      otpExpirySeconds: auth.email.otp_expiry,
      templates,
    },
    buckets: Object.entries(storage.buckets).map(([id, bucket]) => ({
      id,
      public: bucket.public,
      fileSizeLimit: bytes(bucket.file_size_limit ?? storage.file_size_limit),
      allowedMimeTypes: bucket.allowed_mime_types ?? null,
    })),
    openFunctions: Object.entries(functions).filter(([, { verify_jwt }]) => !verify_jwt).map(([name]) => name),
  };
}

const UNITS: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 };

/** "50MiB" → 52428800, as the Supabase CLI reads it. */
function bytes(size: string): number {
  const match = /^(\d+)\s*([a-z]*)$/i.exec(size.trim());
  const unit = match && UNITS[(match[2] || "B").toUpperCase()];
  if (!match || !unit) throw new Error(`supabase/config.toml: "${size}" is not a size like "50MiB"`);
  return Number(match[1]) * unit;
}

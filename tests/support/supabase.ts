import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import { stack } from "./stack.ts";

/** A Supabase to hold our stand-ins' contract against: the offline stack, or the real one. */
export interface SupabaseUnderTest {
  url: string;
  publishableKey: string;
  secretKey: string;
  databaseUrl: string;
  /** Where the web app is, or would be. */
  siteUrl: string;
  /** A client without a memory of its own. `key` is the publishable one unless given. */
  client(key?: string): SupabaseClient;
  verify(token: string): Promise<JWTPayload>;
  /** The link in the newest e-mail to this address; waits for it a little. */
  mailedLink(to: string): Promise<URL>;
}

/**
 * KREDO_TEST_SUPABASE, as JSON {API_URL, PUBLISHABLE_KEY, SECRET_KEY, DB_URL, MAILPIT_URL} from
 * `supabase status -o json`, points the same tests at real Supabase; without it they run on the offline stack.
 */
export async function supabase(): Promise<SupabaseUnderTest> {
  const real = Deno.env.get("KREDO_TEST_SUPABASE");
  if (real) {
    const { API_URL, PUBLISHABLE_KEY, SECRET_KEY, DB_URL, MAILPIT_URL } = JSON.parse(real);
    const keys = createRemoteJWKSet(new URL("/auth/v1/.well-known/jwks.json", API_URL));
    return {
      ...common(API_URL, PUBLISHABLE_KEY),
      secretKey: SECRET_KEY,
      databaseUrl: DB_URL,
      siteUrl: "http://127.0.0.1:8000",
      verify: async (token) => (await jwtVerify(token, keys)).payload,
      mailedLink: (to) =>
        newestLink(async () => {
          const list = await (await fetch(`${MAILPIT_URL}/api/v1/search?query=to:${encodeURIComponent(to)}`)).json();
          if (!list.messages?.length) return undefined;
          const mail = await (await fetch(`${MAILPIT_URL}/api/v1/message/${list.messages[0].ID}`)).json();
          return /href="([^"]+)"/.exec(mail.HTML)?.[1].replaceAll("&amp;", "&");
        }),
    };
  }
  const info = await stack();
  const secret = new TextEncoder().encode(info.jwtSecret);
  return {
    ...common(info.api, info.anonKey),
    secretKey: info.serviceRoleKey,
    databaseUrl: info.db,
    siteUrl: info.web,
    verify: async (token) => (await jwtVerify(token, secret, { algorithms: ["HS256"] })).payload,
    mailedLink: (to) =>
      newestLink(async () => {
        const { messages } = await (await fetch(`${info.console}/api/mail?to=${encodeURIComponent(to)}`)).json();
        return messages[0]?.links[0];
      }),
  };
}

function common(url: string, publishableKey: string) {
  return {
    url,
    publishableKey,
    client: (key = publishableKey) =>
      createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } }),
  };
}

async function newestLink(look: () => Promise<string | undefined>): Promise<URL> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const link = await look();
    if (link) return new URL(link);
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("no e-mail came");
}

export const newEmail = (name: string) => `${name}-${crypto.randomUUID()}@example.com`;

import type { Sql } from "../../platform/database.ts";
import type { Locale } from "../../platform/request.ts";

export interface Profile {
  id: string;
  email: string;
  displayName: string;
  locale: Locale;
  role: "customer" | "creator" | "client" | "operator";
  status: "active" | "suspended" | "banned";
  emailConfirmed: boolean;
  createdAt: Date;
}

/** The signed-in person's profile; `null` if their token has outlived their account. */
export async function readProfile(sql: Sql): Promise<Profile | null> {
  const [profile] = await sql<Profile[]>`
    select id, email, display_name as "displayName", locale, role, status,
      email_confirmed_at is not null as "emailConfirmed", created_at as "createdAt"
    from public.profiles where id = (select auth.uid())`;
  return profile ?? null;
}

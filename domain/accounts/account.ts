import type { Session as AuthSession, User as AuthUser } from "@supabase/supabase-js";
import type { Tokens } from "../../platform/auth.ts";
import type { Services } from "../../platform/services.ts";

/** What the acts on accounts need of the outside world. */
export type AccountServices = Pick<Services, "auth" | "config" | "db" | "log">;

export interface User {
  id: string;
  email: string;
  created_at: string;
}

/** Somebody who just proved who they are. The route puts `session` into the cookie or into the answer. */
export interface SignedIn {
  user: User;
  session: Tokens;
}

export function signedIn(user: AuthUser, session: AuthSession): SignedIn {
  const { access_token, token_type, expires_in, expires_at, refresh_token } = session;
  return {
    user: { id: user.id, email: user.email ?? "", created_at: new Date(user.created_at).toISOString() },
    session: { access_token, token_type, expires_in, expires_at, refresh_token },
  };
}

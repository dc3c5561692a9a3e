import type { Session } from "../../platform/request.ts";
import type { AccountServices } from "./account.ts";

/**
 * Ends the session at Auth, so that its refresh token is worth nothing. The route forgets the cookie in
 * any case: people must be able to leave while Auth is down.
 */
export async function logOut({ auth, log }: AccountServices, session: Session): Promise<void> {
  const { error } = await auth.client().auth.admin.signOut(session.accessToken, "local");
  if (error) log.warn("could not end a session at Auth", { error });
}

import { localePath } from "../../locales/locale.ts";
import { fromAuth } from "../../platform/auth-errors.ts";
import { takeLimit } from "../../platform/limits.ts";
import type { Locale, Session } from "../../platform/request.ts";
import type { AccountServices } from "./account.ts";
import { accountKey, mailPerAccount } from "./limits.ts";

/**
 * Mails a signed-in person the link again.
 * @throws {AppError} rate_limited, unavailable
 */
export async function requestEmailConfirmation(
  services: AccountServices,
  session: Session,
  { locale, next = "/app" }: { locale: Locale; next?: string },
): Promise<void> {
  await takeLimit(services.db, mailPerAccount, await accountKey(session.email));
  await mailConfirmationLink(services, session.email, localePath(locale, next));
}

/**
 * A one-time link that proves the address. Auth's own confirmation would keep people out until they
 * have read their mail, so this is its magic link, for accounts that exist.
 */
export async function mailConfirmationLink(
  { auth, config }: AccountServices,
  email: string,
  path: string,
): Promise<void> {
  const { error } = await auth.client().auth.signInWithOtp({
    email,
    options: { shouldCreateUser: false, emailRedirectTo: config.webUrl + path },
  });
  if (error) throw fromAuth(error);
}

import { z } from "zod";
import type { Session } from "../../platform/request.ts";
import { AppError, fieldErrors } from "../errors.ts";
import type { AccountServices } from "./account.ts";
import { password } from "./credentials.ts";

/**
 * Sets the password of a signed-in person and ends their other sessions: whoever resets a password may
 * be doing so because somebody else knew the old one.
 *
 * @throws {AppError} validation_failed {password}, unauthenticated, unavailable
 */
export async function setNewPassword(
  { auth, log }: AccountServices,
  session: Session,
  input: { password: unknown },
): Promise<void> {
  const parsed = z.object({ password }).safeParse(input);
  if (!parsed.success) throw new AppError("validation_failed", { fields: fieldErrors(parsed.error.issues) });
  await auth.setPassword(session.accessToken, parsed.data.password);

  const { error } = await auth.client().auth.admin.signOut(session.accessToken, "others");
  if (error) log.warn("could not end the other sessions", { error });
}

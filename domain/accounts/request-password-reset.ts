import { z } from "zod";
import { localePath } from "../../locales/locale.ts";
import { fromAuth } from "../../platform/auth-errors.ts";
import { takeLimit } from "../../platform/limits.ts";
import type { Locale } from "../../platform/request.ts";
import { AppError, fieldErrors } from "../errors.ts";
import type { AccountServices } from "./account.ts";
import { email } from "./credentials.ts";
import { untilFullStep } from "./full-step.ts";
import { accountKey, mailPerAccount, perAddress } from "./limits.ts";

/** Longer than most mail servers take. Milliseconds. */
const STEP = 1000;

/**
 * Mails a link that leads to the new-password page, if there is such an account. It answers the same if
 * there is none, and for both in the same words.
 *
 * @throws {AppError} validation_failed {email}, rate_limited, unavailable
 */
export async function requestPasswordReset(
  { auth, config, db, log }: AccountServices,
  input: { email: unknown; locale: Locale; address: string },
): Promise<void> {
  const parsed = z.object({ email }).safeParse(input);
  if (!parsed.success) throw new AppError("validation_failed", { fields: fieldErrors(parsed.error.issues) });
  await takeLimit(db, perAddress(config).mail, input.address);
  await takeLimit(db, mailPerAccount, await accountKey(parsed.data.email));

  const redirectTo = config.webUrl + localePath(input.locale, "/new-password");
  const startedAt = performance.now();
  const { error } = await auth.client().auth.resetPasswordForEmail(parsed.data.email, { redirectTo });
  await untilFullStep(startedAt, STEP);
  if (!error) return;
  const known = fromAuth(error);
  if (known.code === "unavailable") throw known;
  // Auth's own limit on mails to one address exists only for addresses that exist: passing it on would tell.
  log.warn("could not mail a password link", { error });
}

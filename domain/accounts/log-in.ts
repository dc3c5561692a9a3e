import { z } from "zod";
import { fromAuth } from "../../platform/auth-errors.ts";
import { giveBackLimit, takeLimit } from "../../platform/limits.ts";
import { AppError, fieldErrors } from "../errors.ts";
import { type AccountServices, type SignedIn, signedIn } from "./account.ts";
import { untilFullStep } from "./full-step.ts";
import { accountKey, logInPerAccount, perAddress } from "./limits.ts";

/** Not the rules of registration: those would tell which accounts can exist. */
const credentials = z.object({
  email: z.string("Enter your e-mail address.").trim().toLowerCase().min(1, "Enter your e-mail address.").max(
    254,
    "Use a shorter address.",
  ),
  password: z.string("Enter your password.").min(1, "Enter your password.").max(1000, "Use a shorter password."),
});

/** Longer than a password takes to be hashed. Milliseconds. */
const STEP = 300;

/**
 * Signs somebody in. Whether the account does not exist or the password is wrong, the answer is the same
 * and comes at the same time.
 * Attempts are counted before the password is looked at: counting failures afterwards would let any
 * number of parallel guesses through.
 *
 * @throws {AppError} validation_failed, invalid_credentials, account_suspended, rate_limited, unavailable
 */
export async function logIn(
  { auth, config, db }: AccountServices,
  input: { email: unknown; password: unknown; address: string },
): Promise<SignedIn> {
  const parsed = credentials.safeParse(input);
  if (!parsed.success) throw new AppError("validation_failed", { fields: fieldErrors(parsed.error.issues) });
  const limits = [
    [perAddress(config).logIn, input.address],
    [logInPerAccount, await accountKey(parsed.data.email)],
  ] as const;
  for (const [limit, key] of limits) await takeLimit(db, limit, key);

  const startedAt = performance.now();
  const { data, error } = await auth.client().auth.signInWithPassword(parsed.data);
  if (error) {
    await untilFullStep(startedAt, STEP);
    const known = fromAuth(error);
    // Auth refuses some addresses and passwords by their form; here that is one more wrong guess.
    throw known.code === "internal" || known.code === "validation_failed"
      ? new AppError("invalid_credentials", { cause: error })
      : known;
  }
  await Promise.all(limits.map(([limit, key]) => giveBackLimit(db, limit, key)));
  return signedIn(data.user, data.session);
}

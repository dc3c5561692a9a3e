import { z } from "zod";
import { fromAuth } from "../../platform/auth-errors.ts";
import { takeLimit } from "../../platform/limits.ts";
import { type AccountServices, type SignedIn, signedIn } from "./account.ts";
import { perAddress } from "./limits.ts";

const link = z.object({
  tokenHash: z.string().min(1).max(200),
  type: z.enum(["email", "signup", "magiclink", "recovery", "email_change", "invite"]),
});

export type Confirmation =
  /** `recovery`: they came to choose a new password. */
  | { ok: true; recovery: boolean; signedIn: SignedIn }
  /** Used, too old, or never ours; a new link is the remedy for each. */
  | { ok: false };

/**
 * Redeems a mailed link. Whoever holds it can read the address, so it signs in and confirms.
 * @throws {AppError} rate_limited, unavailable
 */
export async function confirmEmail(
  { auth, config, db }: AccountServices,
  input: { tokenHash: string | null; type: string | null; address: string },
): Promise<Confirmation> {
  const parsed = link.safeParse(input);
  if (!parsed.success) return { ok: false };
  const { tokenHash, type } = parsed.data;
  // Auth has a limit too, by address. To it we are one address: whoever used it up would use it up for all.
  await takeLimit(db, perAddress(config).confirm, input.address);

  const { data, error } = await auth.client().auth.verifyOtp({ token_hash: tokenHash, type });
  if (error) {
    const known = fromAuth(error);
    if (known.code === "unavailable" || known.code === "rate_limited") throw known;
    return { ok: false };
  }
  const { user, session } = data;
  if (!user || !session) return { ok: false };
  await db.asWeb((sql) => sql`select private.confirm_email(${user.id})`);
  return { ok: true, recovery: type === "recovery", signedIn: signedIn(user, session) };
}

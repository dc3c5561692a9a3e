import { z } from "zod";
import { localePath } from "../../locales/locale.ts";
import { fromAuth } from "../../platform/auth-errors.ts";
import { takeLimit } from "../../platform/limits.ts";
import type { Locale } from "../../platform/request.ts";
import { AppError, fieldErrors } from "../errors.ts";
import { type AccountServices, type SignedIn, signedIn } from "./account.ts";
import { email, password } from "./credentials.ts";
import { perAddress } from "./limits.ts";
import { mailConfirmationLink } from "./request-email-confirmation.ts";

export interface Registration {
  email: unknown;
  password: unknown;
  locale: Locale;
  /** A path of ours to which the link in the e-mail leads. */
  next?: string;
  /** Address of the client, for the limit. */
  address: string;
}

const credentials = z.object({ email, password });

/**
 * Opens an account and signs it in; the free allowance is granted in the same transaction. The address
 * is confirmed later through a mailed link, and nothing waits for that.
 *
 * @throws {AppError} validation_failed {email, password}, account_exists, rate_limited, unavailable
 */
export async function register(services: AccountServices, registration: Registration): Promise<SignedIn> {
  const { auth, config, db, log } = services;
  const { locale, next = "/app", address } = registration;
  const parsed = credentials.safeParse(registration);
  if (!parsed.success) throw new AppError("validation_failed", { fields: fieldErrors(parsed.error.issues) });
  await takeLimit(db, perAddress(config).register, address);

  const { data, error } = await auth.client().auth.signUp({ ...parsed.data, options: { data: { locale } } });
  if (error) throw fromAuth(error);
  if (!data.user || !data.session) {
    throw new AppError("internal", {
      cause: new Error("Auth opened no session: it must not ask for confirmation first"),
    });
  }

  try {
    await mailConfirmationLink(services, parsed.data.email, localePath(locale, next));
  } catch (error) {
    // The account exists. A mail that did not go out can be asked for again from its banner.
    log.warn("could not mail a confirmation link", { error });
  }
  return signedIn(data.user, data.session);
}

import { type AuthError, isAuthApiError } from "@supabase/supabase-js";
import { AppError, validationFailed } from "../domain/errors.ts";

/** What Auth refused, in our words. Its codes: https://supabase.com/docs/guides/auth/debugging/error-codes */
export function fromAuth(error: AuthError): AppError {
  // Anything but an answer of the API means that Auth was not reached or did not finish.
  if (!isAuthApiError(error) || error.status >= 500) {
    return new AppError("unavailable", { retryAfter: 5, cause: error });
  }
  switch (error.code) {
    case "invalid_credentials":
      return new AppError("invalid_credentials", { cause: error });
    case "user_already_exists":
    case "email_exists":
      return new AppError("account_exists", { cause: error });
    case "weak_password":
      return validationFailed({ password: "Choose a stronger password." });
    case "same_password":
      return validationFailed({ password: "Choose a password that differs from the old one." });
    case "email_address_invalid":
    case "email_address_not_authorized":
      return validationFailed({ email: "Use an e-mail address that can receive mail." });
    case "user_banned":
      return new AppError("account_suspended", { cause: error });
    case "over_request_rate_limit":
    case "over_email_send_rate_limit":
      return new AppError("rate_limited", { retryAfter: 60, cause: error });
    case "session_not_found":
    case "session_expired":
    case "bad_jwt":
    case "no_authorization":
      return new AppError("unauthenticated", { cause: error });
    default:
      return new AppError("internal", { cause: error });
  }
}

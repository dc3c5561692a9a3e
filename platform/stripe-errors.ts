import Stripe from "stripe";
import { AppError } from "../domain/errors.ts";

/** What Stripe refused, in our words. A request that it calls wrong is our bug, hence `internal`. */
export function fromStripe(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const passing = error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeAPIError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500 ||
    // The same key is being worked on by a call that this one has outpaced.
    error instanceof Stripe.errors.StripeError && error.statusCode === 409;
  return passing ? stripeUnavailable(error) : new AppError("internal", { cause: error });
}

export function stripeUnavailable(cause: unknown): AppError {
  const detail = "Stripe did not answer. Nothing was charged; try again.";
  return new AppError("provider_unavailable", { detail, retryAfter: 5, cause });
}

/** Stripe has no such object, in this mode, for this account. */
export function isMissingAtStripe(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing";
}

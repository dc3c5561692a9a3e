import type { Plural } from "../text.ts";

/** Error pages, and one sentence with a remedy for each code of `domain/errors.ts`. */
export const errors = {
  eyebrow: "Error {status}",
  requestId: "Request number",
  requestHint: "Quote it if you write to us: it finds this very request in our log.",
  home: "Go to the home page",
  studio: "Go to the studio",
  back: "Try again",
  pages: {
    notFound: {
      title: "There is nothing on this page",
      text:
        "The address may be mistyped, or what was here has moved. If it is a picture or a job, it may belong to another account.",
    },
    method: {
      title: "This page does not take that kind of request",
      text: "Go back to the page you came from and use its form.",
    },
    tooMany: {
      title: "That was a little fast",
      text: "There were too many attempts in a short time. Wait {wait} and try again; nothing was lost or charged.",
      aMoment: "a moment",
      seconds: { one: "{n} second", other: "{n} seconds" } as Plural,
    },
    refused: {
      title: "We could not accept that",
      text:
        "The request came from another site or from a page that was open too long. Reload the page and send the form again.",
    },
    internal: {
      title: "Something broke on our side",
      text:
        "Your balance and your pictures are safe: a credit is only spent when a picture is stored. Try again in a minute.",
    },
    unavailable: {
      title: "We will be right back",
      text: "Kredo cannot reach one of its own parts just now. Nothing is charged meanwhile. Try again in a minute.",
    },
  },
  reference: {
    pageTitle: "Error codes – Kredo",
    title: "Error codes",
    lead:
      "Each refusal of the API is an application/problem+json document with one of these codes. Codes do not change.",
  },
  codes: {
    invalid_request: "The request could not be read. Reload the page and try again.",
    unauthenticated: "Your session has ended. Log in again to go on.",
    insufficient_credits: "You do not have enough credits for this. Buy credits or choose a cheaper option.",
    plan_limit_reached:
      "Your plan does not include more of this until it renews. Wait for that, or change to a larger plan.",
    account_in_debt: "A payment was reversed after its credits were spent. Buy credits to clear the debt first.",
    forbidden_origin: "The request came from another site, so it was refused. Send it from this page again.",
    account_suspended: "This account is suspended. You can still read your entries, but not spend.",
    not_found: "There is nothing here, or it belongs to another account.",
    method_not_allowed: "This page does not take that kind of request.",
    idempotency_conflict: "This form was already sent with other contents. Reload the page and send it again.",
    account_exists: "There is already an account with this address. Log in instead, or ask for a new password.",
    conflict: "This has changed in the meantime. Reload the page to see how it stands.",
    payload_too_large: "That is more than we can take at once. Make it shorter.",
    unsupported_media_type: "This kind of content is not accepted here.",
    validation_failed: "Some fields need your attention.",
    invalid_credentials: "The e-mail address and the password do not match.",
    rate_limited: "Too many attempts in a short time. Wait a moment and try again.",
    internal: "Something broke on our side. Nothing was charged. Try again in a minute.",
    provider_unavailable:
      "The service that does this for us does not answer. Nothing was charged. Try again in a minute.",
    unavailable: "Kredo cannot reach one of its own parts just now. Nothing was charged. Try again in a minute.",
  },
};

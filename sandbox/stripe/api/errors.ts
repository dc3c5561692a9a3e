import type { Charge, PaymentIntent, PaymentMethod } from "../objects.ts";

interface Detail {
  type?: "invalid_request_error" | "idempotency_error" | "api_error" | "card_error";
  code?: string;
  param?: string;
}

/** An answer that is not 2xx, in the words and shape of Stripe's API (docs.stripe.com/api/errors). */
export class ApiError extends Error {
  readonly type: NonNullable<Detail["type"]>;
  readonly code?: string;
  readonly param?: string;

  constructor(readonly status: number, message: string, detail: Detail = {}) {
    super(message);
    this.type = detail.type ?? "invalid_request_error";
    this.code = detail.code;
    this.param = detail.param;
  }

  toJSON(): { error: Record<string, unknown> } {
    const { type, code, message, param } = this;
    const doc_url = code && `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`;
    return { error: { type, code, message, param, doc_url } };
  }
}

export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
}

/**
 * 402: the bank said no. Unlike every other refusal it leaves something behind, the failed charge and its payment
 * intent, so the transaction it is thrown in is committed.
 */
export class CardError extends ApiError {
  constructor(
    readonly decline: Decline,
    readonly objects: {
      payment_intent?: PaymentIntent;
      charge?: Charge["id"] | null;
      payment_method?: PaymentMethod | null;
    } = {},
  ) {
    super(402, decline.message, { type: "card_error", code: decline.code });
  }

  override toJSON() {
    const { error } = super.toJSON();
    return { error: { ...error, decline_code: this.decline.decline_code, ...this.objects } };
  }
}

export const invalid = (message: string, param?: string, code?: string) => new ApiError(400, message, { param, code });

/** 404 for the id in a path; Stripe answers 400 when the id came as a parameter, so say which. */
export const noSuch = (noun: string, id: string, param: string, status: 400 | 404 = 404) =>
  new ApiError(status, `No such ${noun}: '${id}'`, { code: "resource_missing", param });

export const notHere = (what: string, param: string) =>
  invalid(
    `The sandbox's Stripe does not implement ${what} yet: see sandbox/stripe/README.md`,
    param,
    "sandbox_not_implemented",
  );

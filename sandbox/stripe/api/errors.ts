/** An answer that is not 2xx, in the words and shape of Stripe's API (docs.stripe.com/api/errors). */
export class ApiError extends Error {
  readonly status: number;
  readonly type: "invalid_request_error" | "idempotency_error" | "api_error";
  readonly code?: string;
  readonly param?: string;

  constructor(
    status: number,
    message: string,
    detail: { type?: ApiError["type"]; code?: string; param?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.type = detail.type ?? "invalid_request_error";
    this.code = detail.code;
    this.param = detail.param;
  }

  toJSON() {
    const { type, code, message, param } = this;
    const doc_url = code && `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`;
    return { error: { type, code, message, param, doc_url } };
  }
}

export const invalid = (message: string, param?: string, code?: string) => new ApiError(400, message, { param, code });

/** 404 for the id in a path; Stripe answers 400 when the id came as a parameter, so say which. */
export const noSuch = (noun: string, id: string, param: string, status: 400 | 404 = 404) =>
  new ApiError(status, `No such ${noun}: '${id}'`, { code: "resource_missing", param });

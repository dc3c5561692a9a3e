/** Every way a request can be refused. The code is the contract with clients; the title is for people. */
const CATALOGUE = {
  invalid_request: [400, "The request could not be read"],
  unauthenticated: [401, "Log in first"],
  invalid_credentials: [401, "The e-mail or the password is wrong"],
  insufficient_credits: [402, "Not enough credits"],
  plan_limit_reached: [402, "The plan does not include more of this"],
  account_in_debt: [402, "A refunded payment left the account in debt"],
  forbidden_origin: [403, "The request came from another site"],
  account_suspended: [403, "The account is suspended"],
  not_found: [404, "Not found"],
  method_not_allowed: [405, "Method not allowed"],
  idempotency_conflict: [409, "This Idempotency-Key was used for a different request"],
  account_exists: [409, "An account with this e-mail already exists"],
  conflict: [409, "The current state does not allow this"],
  payload_too_large: [413, "The request is too large"],
  unsupported_media_type: [415, "Send application/json"],
  validation_failed: [422, "Some fields need attention"],
  rate_limited: [429, "Too many requests"],
  internal: [500, "Something went wrong on our side"],
  provider_unavailable: [502, "A service we depend on did not answer"],
  unavailable: [503, "Temporarily unavailable"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof CATALOGUE;

/** Field name → what is wrong with it, in words for the person who filled it in. */
export type FieldErrors = Record<string, string>;

export interface AppErrorOptions {
  /** One sentence about this occurrence. It reaches clients: no internals, no secrets. */
  detail?: string;
  /** Only with `validation_failed`. */
  fields?: FieldErrors;
  /** Members added to the problem document, such as `{ required, available, missing }`. */
  extra?: Record<string, unknown>;
  /** Seconds, sent as `Retry-After`. */
  retryAfter?: number;
  /** Methods that would have worked, sent as `Allow`. */
  allow?: readonly string[];
  /** What really happened. It is logged and never leaves the process. */
  cause?: unknown;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly fields?: FieldErrors;
  readonly extra?: Record<string, unknown>;
  readonly retryAfter?: number;
  readonly allow?: readonly string[];

  constructor(readonly code: ErrorCode, options: AppErrorOptions = {}) {
    const [status, title] = CATALOGUE[code];
    super(options.detail ?? title, { cause: options.cause });
    this.status = status;
    this.title = title;
    this.detail = options.detail;
    this.fields = options.fields;
    this.extra = options.extra;
    this.retryAfter = options.retryAfter;
    this.allow = options.allow;
  }
}

export const errorCodes = Object.keys(CATALOGUE) as ErrorCode[];

export function validationFailed(fields: FieldErrors): AppError {
  return new AppError("validation_failed", { fields });
}

/** A zod failure as field errors: the first message of each path, `input.prompt` style. */
export function fieldErrors(issues: readonly { path: readonly PropertyKey[]; message: string }[]): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of issues) {
    const field = issue.path.map(String).join(".") || "body";
    fields[field] ??= issue.message;
  }
  return fields;
}

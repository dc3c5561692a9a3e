import type { CatalogueModel, Field } from "./catalogue.ts";
import type { InvalidField } from "./problems.ts";

const WEBHOOK_EVENTS = ["start", "output", "logs", "completed"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface CreateBody {
  input: Record<string, unknown>;
  version?: string;
  /** Of trainings: the model that gets the new version, `owner/name`. */
  destination?: string;
  webhook?: string;
  webhook_events_filter?: WebhookEvent[];
}

/**
 * The body around `input`, checked as the API checks it: a misspelt top-level key is an error, not silence. `required` are
 * the keys beside `input` that this call needs. `stream` is deprecated there and accepted without effect.
 */
export function checkBody(body: unknown, required: readonly ("version" | "destination")[]): InvalidField[] {
  if (!isRecord(body)) {
    return [{ type: "invalid_type", field: "", description: "Invalid type. Expected: object" }];
  }
  const problems: InvalidField[] = [];
  const allowed: string[] = ["input", "webhook", "webhook_events_filter", "stream", ...required];
  for (const key of ["input", ...required]) {
    if (!(key in body)) problems.push({ type: "required", field: "", description: `${key} is required` });
  }
  for (const key of Object.keys(body)) {
    if (!allowed.includes(key)) {
      problems.push({
        type: "additional_property_not_allowed",
        field: "",
        description: `Additional property ${key} is not allowed`,
      });
    }
  }
  if ("input" in body && !isRecord(body.input)) {
    problems.push({ type: "invalid_type", field: "input", description: "Invalid type. Expected: object" });
  }
  for (const key of required) {
    if (key in body && typeof body[key] !== "string") {
      problems.push({ type: "invalid_type", field: key, description: "Invalid type. Expected: string" });
    }
  }
  if ("webhook" in body && !isWebhookUrl(body.webhook)) {
    problems.push({ type: "format", field: "webhook", description: "Does not match format 'uri' with scheme https" });
  }
  const filter = body.webhook_events_filter;
  if (filter !== undefined) {
    if (!Array.isArray(filter)) {
      problems.push({
        type: "invalid_type",
        field: "webhook_events_filter",
        description: "Invalid type. Expected: array",
      });
    } else {
      filter.forEach((event, index) => {
        if (!(WEBHOOK_EVENTS as readonly unknown[]).includes(event)) {
          problems.push({
            type: "enum",
            field: `webhook_events_filter.${index}`,
            description: `webhook_events_filter.${index} must be one of the following: ${quoted(WEBHOOK_EVENTS)}`,
          });
        }
      });
    }
  }
  return problems;
}

/** `input` against the model's own schema. */
export function checkInput(model: CatalogueModel, input: Record<string, unknown>): InvalidField[] {
  const problems: InvalidField[] = [];
  for (const [key, field] of Object.entries(model.input)) {
    if (field.required && !(key in input)) {
      problems.push({ type: "required", field: "input", description: `${key} is required` });
    }
  }
  for (const [key, value] of Object.entries(input)) {
    const field = model.input[key];
    const wrong = field === undefined
      ? { type: "additional_property_not_allowed", description: `Additional property ${key} is not allowed` }
      : checkField(key, field, value);
    if (wrong) problems.push({ ...wrong, field: field === undefined ? "input" : `input.${key}` });
  }
  return problems;
}

function checkField(key: string, field: Field, value: unknown): Omit<InvalidField, "field"> | null {
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean" ? null : wrongType(field.type);
    case "integer":
      return Number.isInteger(value) ? checkNumber(key, field, value as number) : wrongType(field.type);
    case "number":
      return Number.isFinite(value) ? checkNumber(key, field, value as number) : wrongType(field.type);
    case "string":
      return typeof value === "string" ? checkText(key, field, value) : wrongType(field.type);
  }
}

const wrongType = (expected: string) => ({
  type: "invalid_type",
  description: `Invalid type. Expected: ${expected}`,
});

function checkNumber(key: string, field: Extract<Field, { minimum?: number }>, value: number) {
  if (field.minimum !== undefined && value < field.minimum) {
    return { type: "number_gte", description: `Must be greater than or equal to ${field.minimum}` };
  }
  if (field.maximum !== undefined && value > field.maximum) {
    return { type: "number_lte", description: `Must be less than or equal to ${field.maximum}` };
  }
  return field.enum && !field.enum.includes(value) ? notAmong(key, field.enum) : null;
}

function checkText(key: string, field: Extract<Field, { type: "string" }>, value: string) {
  if (field.enum && !field.enum.includes(value)) return notAmong(key, field.enum);
  if (field.minLength !== undefined && value.trim().length < field.minLength) {
    return { type: "string_gte", description: `String length must be greater than or equal to ${field.minLength}` };
  }
  if (field.format === "uri" && !(URL.canParse(value) && /^(https?|data):/.test(value))) {
    return { type: "format", description: "Does not match format 'uri'" };
  }
  return null;
}

const notAmong = (key: string, values: readonly unknown[]) => ({
  type: "enum",
  description: `${key} must be one of the following: ${quoted(values)}`,
});

/** Replicate posts to https only; the sandbox also has to reach its own machine. */
function isWebhookUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.protocol === "https:" ||
    (url.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname));
}

const MIN_SECONDS = 5;

/** `Cancel-After: 30s`, `1m`, `1h30m45s`, at least five seconds → milliseconds, or null when malformed. */
export function readCancelAfter(header: string): number | null {
  const match = header.trim().match(/^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/);
  if (!match || match[0] === "") return null;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const total = hours * 3600 + minutes * 60 + seconds;
  return total < MIN_SECONDS ? null : total * 1000;
}

/** `Prefer: wait` is a minute, `wait=n` n seconds up to that minute, anything else no waiting. */
export function readPreferWait(header: string | null): number {
  const match = header?.match(/(?:^|,)\s*wait(?:=(\d+))?\s*(?:,|$)/);
  if (!match) return 0;
  return Math.min(60, match[1] === undefined ? 60 : Math.max(1, Number(match[1]))) * 1000;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}

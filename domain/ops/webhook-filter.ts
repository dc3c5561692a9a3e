import { z } from "zod";
import { AppError, fieldErrors } from "../errors.ts";

/** What ids and types of Stripe's are made of; whatever else is asked for is not there. */
const NAME = /^[\w.:-]{1,255}$/;

const day = z.iso.date("must be a day, such as 2026-11-20")
  .refine((text) => !text.startsWith("0000"), "must be a day, such as 2026-11-20");

const query = z.object({
  status: z.enum(["received", "applied", "ignored", "failed"], "must be received, applied, ignored or failed"),
  type: z.string().regex(NAME, "is no type of an event"),
  /** Id of the object, or of the event itself. */
  object: z.string().regex(NAME, "is no id"),
  from: day,
  /** That day included. */
  until: day,
}).partial();

export type WebhookFilter = z.output<typeof query>;

export const webhookFilterFields = Object.keys(query.shape) as (keyof WebhookFilter)[];

/**
 * Which events of the journal are wanted. Days are UTC; what is left empty does not narrow it down.
 * @throws {AppError} validation_failed
 */
export function webhookFilter(parameters: URLSearchParams): WebhookFilter {
  const asked = webhookFilterFields.map((name) => [name, parameters.get(name)?.trim()]).filter(([, text]) => text);
  const result = query.safeParse(Object.fromEntries(asked));
  if (!result.success) throw new AppError("validation_failed", { fields: fieldErrors(result.error.issues) });
  return result.data;
}

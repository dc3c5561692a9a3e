import { z } from "zod";
import { AppError, fieldErrors } from "../errors.ts";
import { LETTER_CODES, LETTER_STATES } from "./dead-letter.ts";

const day = z.iso.date("must be a day, such as 2026-11-20")
  .refine((text) => !text.startsWith("0000"), "must be a day, such as 2026-11-20");

const query = z.object({
  /** Open ones unless it says otherwise. */
  state: z.enum([...LETTER_STATES, "all"], "must be open, requeued, discarded or all"),
  error: z.enum(LETTER_CODES, `must be one of ${LETTER_CODES.join(", ")}`),
  model: z.string().regex(/^[\w.-]{1,100}$/, "is no model"),
  /** Id of an account or e-mail address of a person. */
  user: z.string().max(320, "is no account"),
  from: day,
  /** That day included. */
  until: day,
}).partial();

export type DeadLetterFilter = z.output<typeof query>;

export const deadLetterFilterFields = Object.keys(query.shape) as (keyof DeadLetterFilter)[];

/**
 * Which dead letters are wanted. Days are UTC; what is left empty does not narrow it down.
 * @throws {AppError} validation_failed
 */
export function deadLetterFilter(parameters: URLSearchParams): DeadLetterFilter {
  const asked = deadLetterFilterFields.map((name) => [name, parameters.get(name)?.trim()]).filter(([, text]) => text);
  const result = query.safeParse(Object.fromEntries(asked));
  if (!result.success) throw new AppError("validation_failed", { fields: fieldErrors(result.error.issues) });
  return result.data;
}

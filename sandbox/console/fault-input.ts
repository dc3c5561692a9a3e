/** What may be asked of the fault switches, as JSON or as a form. */
import { z } from "zod";
import { sources } from "../faults/mod.ts";

/** The most of each; higher ones would look like a hang, not like a fault. */
export const limits = { duplicate: 50, delay_ms: 600_000, drop: 1_000, wrong_signature: 1_000 };

const count = (most: number) => z.number().int().min(0).max(most).optional();

export const faultInput = z.strictObject({
  source: z.enum(sources),
  duplicate: count(limits.duplicate),
  delay_ms: count(limits.delay_ms),
  drop: count(limits.drop),
  wrong_signature: count(limits.wrong_signature),
  reorder: z.boolean().optional(),
});

/** A form sends text, and for a box that is not ticked nothing at all. */
export function faultInputFromForm(form: FormData) {
  const number = (name: string) => {
    const text = form.get(name);
    return text === null || text === "" ? 0 : Number(text);
  };
  return faultInput.safeParse({
    source: form.get("source"),
    duplicate: number("duplicate"),
    delay_ms: number("delay_ms"),
    drop: number("drop"),
    wrong_signature: number("wrong_signature"),
    reorder: form.get("reorder") === "true",
  });
}

/** What may be asked of the fault switches, as JSON or as a form. */
import { z } from "zod";
import { sources } from "../faults/mod.ts";

/** The most of each; higher ones would look like a hang, not like a fault. */
export const limits = {
  duplicate: 50,
  delay_ms: 600_000,
  drop: 1_000,
  wrong_signature: 1_000,
  api_errors: 1_000,
  api_lost: 1_000,
  api_delay_ms: 60_000,
};

export type Counted = keyof typeof limits;
export const counted = Object.keys(limits) as Counted[];

const counts = Object.fromEntries(
  counted.map((name) => [name, z.number().int().min(0).max(limits[name]).optional()]),
) as Record<Counted, z.ZodOptional<z.ZodNumber>>;

export const faultInput = z.strictObject({ source: z.enum(sources), reorder: z.boolean().optional(), ...counts });

/** A form sends text, and for a box that is not ticked nothing at all. */
export function faultInputFromForm(form: FormData) {
  const number = (name: string) => {
    const text = form.get(name);
    return text === null || text === "" ? 0 : Number(text);
  };
  return faultInput.safeParse({
    source: form.get("source"),
    reorder: form.get("reorder") === "true",
    ...Object.fromEntries(counted.map((name) => [name, number(name)])),
  });
}

import { z } from "zod";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { isMissingAtStripe } from "../../../platform/stripe-errors.ts";
import type { Task, TaskOutcome } from "./task.ts";

const order = z.object({ invoice: z.string() });

/**
 * Lets Stripe collect a renewal now instead of after its hour as a draft, so that nobody is without the new month's
 * allowance while the old one has ended. If the card says no, Stripe's own tries follow as they would have.
 */
export async function finalizeInvoice({ stripe }: FunctionServices, task: Task): Promise<TaskOutcome> {
  const { invoice: id } = order.parse(task.data);
  try {
    const { status } = await stripe.invoices.retrieve(id);
    if (status === "draft") await stripe.invoices.finalizeInvoice(id, { auto_advance: true });
  } catch (error) {
    if (!isMissingAtStripe(error)) throw error;
  }
  return { outcome: "done" };
}

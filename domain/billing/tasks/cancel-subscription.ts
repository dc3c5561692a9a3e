import type Stripe from "stripe";
import { z } from "zod";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { isMissingAtStripe } from "../../../platform/stripe-errors.ts";
import { applyFromStripe } from "../stripe/apply-answer.ts";
import { idOf } from "../stripe/gather-facts.ts";
import type { Task, TaskOutcome } from "./task.ts";

const order = z.object({ subscription: z.string(), reason: z.enum(["grace", "duplicate"]) });

/**
 * Ends a subscription at once: one that stayed unpaid for all of its grace, whose open invoice is then nobody's to
 * pay; or one that was bought a second time, whose payment goes back. Each step may be repeated.
 */
export async function cancelSubscription(services: FunctionServices, task: Task): Promise<TaskOutcome> {
  const { config, db, stripe } = services;
  const { subscription: id, reason } = order.parse(task.data);
  let subscription: Stripe.Subscription;
  try {
    subscription = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice.payments"] });
  } catch (error) {
    if (isMissingAtStripe(error)) return { outcome: "done" };
    throw error;
  }
  // Paid after all, in the last moment.
  if (reason === "grace" && subscription.status !== "past_due" && subscription.status !== "canceled") {
    return { outcome: "done" };
  }
  if (subscription.status !== "canceled") await stripe.subscriptions.cancel(id);
  const invoice = subscription.latest_invoice as Stripe.Invoice | null;
  if (invoice?.status === "open") await stripe.invoices.voidInvoice(invoice.id);
  if (invoice?.status === "paid" && reason === "duplicate") await payBack(stripe, invoice, task.key);
  await applyFromStripe({ db, stripe, livemode: config.stripe.livemode }, { kind: "subscription", id });
  return { outcome: "done" };
}

async function payBack(stripe: Stripe, invoice: Stripe.Invoice, key: string): Promise<void> {
  for (const { payment } of invoice.payments?.data ?? []) {
    const intent = idOf(payment.payment_intent);
    if (!intent) continue;
    await stripe.refunds.create({ payment_intent: intent, reason: "duplicate" }, {
      idempotencyKey: `${key}:${intent}`,
    });
  }
}

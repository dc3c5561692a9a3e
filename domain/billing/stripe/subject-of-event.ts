import type Stripe from "stripe";
import type { Subject } from "./gather-facts.ts";

/** Every type we act on, and what it is about. What is not here is written down and answered with success. */
const SUBJECTS = {
  "checkout.session.completed": "session",
  "checkout.session.async_payment_succeeded": "session",
  "checkout.session.async_payment_failed": "session",
  "checkout.session.expired": "session",
  "customer.subscription.created": "subscription",
  "customer.subscription.updated": "subscription",
  "customer.subscription.deleted": "subscription",
  "customer.subscription.trial_will_end": "subscription",
  "invoice.created": "invoice",
  "invoice.finalized": "invoice",
  "invoice.paid": "invoice",
  "invoice.payment_failed": "invoice",
  "invoice.payment_action_required": "invoice",
  "invoice.voided": "invoice",
  "payment_intent.succeeded": "payment",
  "payment_intent.payment_failed": "payment",
  "charge.refunded": "charge",
  "refund.updated": "refund",
  "refund.failed": "refund",
  "charge.dispute.created": "dispute",
  "charge.dispute.updated": "dispute",
  "charge.dispute.closed": "dispute",
  "charge.dispute.funds_withdrawn": "dispute",
  "charge.dispute.funds_reinstated": "dispute",
} as const satisfies Partial<Record<Stripe.Event["type"], Subject["kind"]>>;

export const handledTypes = Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[];

/** @returns null for a type that we do not act on */
export function subjectOfEvent(type: string, objectId: string): Subject | null {
  if (!Object.hasOwn(SUBJECTS, type)) return null;
  return { kind: SUBJECTS[type as keyof typeof SUBJECTS], id: objectId };
}

import type { Session } from "../../platform/request.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { ensureCustomer } from "./ensure-customer.ts";
import type { BillingServices } from "./open-page.ts";
import { type PlanChange, planChange, type PlanTarget } from "./plan-change.ts";

export interface PlanChangePreview {
  direction: PlanChange["direction"];
  /** As Stripe words them; negative ones give money back. USD cents. */
  lines: { description: string; amountCents: number }[];
  totalCents: number;
  /** Charged now to the card on file. */
  dueNowCents: number;
  /** Kept at Stripe and taken off the next invoices. */
  creditCents: number;
  /** Pass it on when the change is confirmed: what was shown is what is charged. Seconds since 1970. */
  prorationDate: number;
}

/**
 * What a change of plan would cost, to the second, without changing anything.
 *
 * @throws {AppError} as planChange, provider_unavailable
 */
export async function previewPlanChange(
  services: BillingServices,
  session: Session,
  target: PlanTarget,
): Promise<PlanChangePreview> {
  const change = await planChange(services, session, target);
  const { stripe } = services;
  try {
    const customer = await ensureCustomer(services, session, "en");
    // Stripe's own time: its clock and ours may differ by seconds, the sandbox's by months.
    const preview = await stripe.invoices.createPreview({
      customer,
      subscription: change.subscription.id,
      subscription_details: {
        items: [{ id: change.itemId, price: change.price }],
        proration_behavior: "always_invoice",
        ...change.endsTrial && { trial_end: "now" as const },
      },
    });
    const prorated = preview.lines.data.find((line) => line.parent?.subscription_item_details?.proration);
    return {
      direction: change.direction,
      lines: preview.lines.data.map(({ description, amount }) => ({
        description: description ?? "",
        amountCents: amount,
      })),
      totalCents: preview.total,
      dueNowCents: preview.amount_due,
      creditCents: Math.max(0, -preview.total),
      prorationDate: prorated?.period.start ?? preview.created,
    };
  } catch (error) {
    throw fromStripe(error);
  }
}

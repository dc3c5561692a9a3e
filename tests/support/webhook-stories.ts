/** Three events whose effect is money, each with where its handling can be held up. */
import { eventAbout } from "./stripe-facts.ts";
import { Purchase, subscribe, tellSubscription, type traceOf, type WebhookWorld } from "./webhook-world.ts";

export interface MoneyStory {
  user: string;
  event: { id: string; text: string };
  /** What Stripe is asked for first. */
  asks: string;
  /** The row of ours that the effect locks before anything else. */
  row: { table: "checkout_sessions" | "subscriptions" | "payments"; id: string };
  /** Entries of their books without and with the effect. */
  entries: { before: string[]; after: string[] };
  sees: Partial<Awaited<ReturnType<typeof traceOf>>>;
}

export const MONEY_STORIES: Record<string, (world: WebhookWorld) => Promise<MoneyStory>> = {
  async "checkout.session.completed"(world) {
    const purchase = (await Purchase.open(world)).tell();
    return {
      user: purchase.user,
      event: eventAbout({ id: purchase.session }),
      asks: purchase.session,
      row: { table: "checkout_sessions", id: purchase.checkout },
      entries: { before: [], after: ["topup 10"] },
      sees: { checkouts: ["paid"], payments: ["0 0 "] },
    };
  },

  async "invoice.paid"(world) {
    const subscription = await subscribe(world, { status: "incomplete" });
    const open = subscription.invoice({ status: "open", attempts: 0 });
    tellSubscription(world, subscription, open);
    await world.webhook.deliver(eventAbout({ id: subscription.id }, { type: "customer.subscription.created" }));
    tellSubscription(world, subscription.change({ status: "active" }), subscription.invoice({ id: open.id }));
    return {
      user: subscription.who.user,
      event: eventAbout({ id: open.id }, { type: "invoice.paid" }),
      asks: open.id,
      row: { table: "subscriptions", id: subscription.id },
      entries: { before: [], after: ["grant 500"] },
      sees: {
        subscriptions: ["pro active"],
        invoices: ["paid"],
        mails: ["invoice_paid", "subscription_started"],
      },
    };
  },

  async "charge.refunded"(world) {
    const purchase = await (await Purchase.open(world)).paid();
    purchase.tellPayment({ refunded: 450 });
    return {
      user: purchase.user,
      event: eventAbout({ id: `ch_${purchase.payment}` }, { type: "charge.refunded" }),
      asks: `ch_${purchase.payment}`,
      row: { table: "payments", id: purchase.payment },
      entries: { before: ["topup 10"], after: ["topup 10", "refund -5"] },
      sees: { payments: ["450 0 "], mails: ["refund_applied"] },
    };
  },
};

/**
 * What a customer may do at the billing portal, as far as its configuration lets them. Every act is one transaction;
 * one that is not allowed, or no longer makes sense, is refused and changes nothing.
 */
import type { Account, Customer, PortalConfiguration, PortalSession, Price, Subscription } from "./account.ts";
import { detach, newCard, type PageCard, pageCards, payWith } from "./cards.ts";
import { addTaxId, taxIdsOf, updateCustomer } from "./customer.ts";
import { pay } from "./invoices/collect.ts";
import { preview } from "./invoices/preview.ts";
import { filledAddress } from "./resources/address-params.ts";
import { cancel } from "./subscriptions/cancel.ts";
import { itemOf } from "./subscriptions/objects.ts";
import { type Change, changeSubscription } from "./subscriptions/update.ts";

export type PortalAct =
  | { action: "switch"; price: string }
  | { action: "cancel" }
  | { action: "resume" }
  | { action: "card"; card: PageCard | "none" }
  | { action: "pay"; invoice: string }
  | { action: "details"; name?: string; email?: string; country?: string; tax_id?: string };

export interface Portal {
  session: PortalSession;
  features: PortalConfiguration["features"];
  customer: Customer;
  /** The one that runs, or the last that did; undefined when there never was one. */
  subscription: Subscription | undefined;
}

export function portalOf(account: Account, session: PortalSession): Portal {
  const subscriptions = account.subscriptions.list().filter(({ customer }) => customer === session.customer);
  return {
    session,
    features: account.portalConfigurations.get(session.configuration)!.features,
    customer: account.customers.get(session.customer)!,
    subscription: subscriptions.find(runs) ?? subscriptions[0],
  };
}

export const runs = ({ status }: Subscription): boolean => ["active", "past_due", "trialing"].includes(status);

/** Whether it was allowed and done. */
export function actAtPortal(account: Account, session: PortalSession, act: PortalAct): boolean {
  return account.store.transaction(() => {
    const portal = portalOf(account, session);
    const { features, customer, subscription } = portal;
    const running = subscription && runs(subscription) ? subscription : undefined;
    switch (act.action) {
      case "switch": {
        const price = prices(account, portal).find(({ id }) => id === act.price);
        if (!running || !price) return false;
        changeSubscription(account, running, turnTo(portal, price));
        return true;
      }
      case "cancel": {
        if (!running || !features.subscription_cancel.enabled || running.cancel_at_period_end) return false;
        endPlan(account, portal, running);
        return true;
      }
      case "resume": {
        if (!running?.cancel_at_period_end) return false;
        changeSubscription(account, running, { cancel_at_period_end: false });
        return true;
      }
      case "card": {
        if (!features.payment_method_update.enabled) return false;
        if (act.card !== "none") {
          payWith(account, customer, newCard(account, pageCards[act.card]));
          return true;
        }
        const card = cardOf(account, portal);
        if (card) detach(account, card);
        return card !== undefined;
      }
      case "pay": {
        const invoice = account.invoices.get(act.invoice);
        if (invoice?.customer !== customer.id || invoice.status !== "open") return false;
        return pay(account, invoice, { present: true }).status === "paid";
      }
      case "details":
        return features.customer_update.enabled && changeDetails(account, portal, act);
    }
  });
}

function endPlan(account: Account, { features }: Portal, running: Subscription) {
  const { mode, proration_behavior } = features.subscription_cancel;
  if (mode === "at_period_end") {
    changeSubscription(account, running, { cancel_at_period_end: true });
    return;
  }
  cancel(account, running, {
    reason: "cancellation_requested",
    prorate: proration_behavior !== "none",
    invoice_now: proration_behavior === "always_invoice",
  });
}

function changeDetails(
  account: Account,
  { features, customer }: Portal,
  { name, email, country, tax_id }: Extract<PortalAct, { action: "details" }>,
): boolean {
  const allowed = new Set<string>(features.customer_update.allowed_updates);
  const moved = allowed.has("address") && country && country !== customer.address?.country;
  updateCustomer(account, {
    ...customer,
    name: allowed.has("name") && name ? name : customer.name,
    email: allowed.has("email") && email ? email : customer.email,
    address: moved ? filledAddress({ ...customer.address, country }) : customer.address,
  });
  if (allowed.has("tax_id") && tax_id && !taxIdsOf(account, customer.id).some(({ value }) => value === tax_id)) {
    addTaxId(account, customer.id, { type: "eu_vat", value: tax_id });
  }
  return true;
}

/** The prices the customer may switch to. */
export function prices(account: Account, { features, subscription }: Portal): Price[] {
  const { enabled, products, default_allowed_updates } = features.subscription_update;
  if (!enabled || !default_allowed_updates.includes("price") || !subscription || !runs(subscription)) return [];
  return (products ?? []).flatMap(({ prices }) => prices)
    .map((id) => account.prices.get(id)!)
    .filter(({ id, active }) => active && id !== itemOf(subscription).price.id);
}

function turnTo({ features, subscription }: Portal, price: Price): Change {
  const { proration_behavior, trial_update_behavior } = features.subscription_update;
  const endsTrial = subscription?.status === "trialing" && trial_update_behavior === "end_trial";
  return {
    price,
    proration_behavior: proration_behavior as Change["proration_behavior"],
    ...(endsTrial && { trial_end: "now" as const }),
  };
}

/** What a switch would cost, and when. */
export function quote(account: Account, portal: Portal, price: Price): { amount: number; at: number } {
  const { amount_due, created } = preview(account, portal.subscription!, turnTo(portal, price));
  return { amount: amount_due, at: created };
}

/** The card that the next invoice is charged to. */
export function cardOf(account: Account, { customer, subscription }: Portal) {
  const own = subscription && runs(subscription) ? subscription.default_payment_method : null;
  return account.paymentMethods.get(String(own ?? customer.invoice_settings.default_payment_method));
}

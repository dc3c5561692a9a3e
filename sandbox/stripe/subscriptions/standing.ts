/** How a subscription stands after its invoice was paid or was not: active, past due, or never begun. */
import { type Account, type Cause, type Invoice, noRequest, type Subscription } from "../account.ts";

export const updateSubscription = (account: Account, subscription: Subscription, cause?: Cause): Subscription =>
  account.update("customer.subscription.updated", account.subscriptions, subscription, cause);

export const subscriptionOf = (account: Account, invoice: Invoice): Subscription | undefined =>
  account.subscriptions.get(String(invoice.parent?.subscription_details?.subscription));

/** Paying an older invoice leaves the subscription past due; it is the latest that counts. */
export function invoicePaid(account: Account, invoice: Invoice, cause = noRequest): void {
  const subscription = subscriptionOf(account, invoice);
  if (subscription?.latest_invoice !== invoice.id) return;
  if (["incomplete", "past_due", "unpaid"].includes(subscription.status)) {
    account.appointments.delete(`incomplete ${subscription.id}`);
    updateSubscription(account, { ...subscription, status: "active" }, cause);
  }
  forgetSpentCoupons(account, invoice, cause);
}

/** After the last try nothing more happens: past due it stays until the merchant ends it. */
export function invoiceFailed(account: Account, invoice: Invoice, cause = noRequest): void {
  const subscription = subscriptionOf(account, invoice);
  if (subscription?.status !== "active" || subscription.latest_invoice !== invoice.id) return;
  updateSubscription(account, { ...subscription, status: "past_due" }, cause);
}

/** A coupon for one payment is used up by the first invoice from which it took something. */
function forgetSpentCoupons(account: Account, invoice: Invoice, cause: Cause) {
  const subscription = subscriptionOf(account, invoice)!;
  const spent = (invoice.total_discount_amounts ?? []).filter(({ amount, discount }) => {
    const coupon = String(account.discounts.get(discount)?.source.coupon);
    const { duration } = account.coupons.get(coupon) ?? account.formerCoupons.get(coupon) ?? {};
    return amount > 0 && duration === "once";
  }).map(({ discount }) => discount);
  const discounts = subscription.discounts.filter((id) => !spent.includes(id));
  if (discounts.length < subscription.discounts.length) {
    updateSubscription(account, { ...subscription, discounts }, cause);
  }
}

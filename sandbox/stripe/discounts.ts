/** Coupons, the codes people type for them, and the discounts that come of both. */
import type { Account, Coupon, Customer, Discount, PromotionCode } from "./account.ts";
import { addMonths } from "../calendar.ts";
import { newId } from "./ids.ts";

/** Whether anybody may still redeem it. */
export const stillValid = (account: Account, coupon: Coupon): boolean =>
  (coupon.redeem_by === null || account.now() < coupon.redeem_by) &&
  (coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions);

export interface Purchase {
  customer: Customer | null;
  currency: string;
  /** Before the discount. */
  amount: number;
}

/** The code as somebody typed it, if it holds for what they buy. */
export function promotionCode(account: Account, typed: string, purchase: Purchase): PromotionCode | undefined {
  const wanted = typed.trim().toUpperCase();
  const code = account.promotionCodes.list().find(({ code, active }) => active && code.toUpperCase() === wanted);
  return code && holds(account, code, purchase) ? code : undefined;
}

export function holds(account: Account, code: PromotionCode, { customer, currency, amount }: Purchase): boolean {
  const { first_time_transaction, minimum_amount, minimum_amount_currency } = code.restrictions;
  const coupon = account.coupons.get(code.promotion.coupon!);
  return code.active &&
    (code.expires_at === null || account.now() < code.expires_at) &&
    (code.max_redemptions === null || code.times_redeemed < code.max_redemptions) &&
    (code.customer === null || code.customer === customer?.id) &&
    (!first_time_transaction || !hasPaid(account, customer)) &&
    (minimum_amount === null || (minimum_amount_currency === currency && amount >= minimum_amount)) &&
    coupon !== undefined && stillValid(account, coupon) && suits(coupon, currency);
}

/** An amount off is off in its own currency only. */
export const suits = ({ currency }: Coupon, asked: string): boolean => currency === null || currency === asked;

const hasPaid = ({ charges }: Account, customer: Customer | null) =>
  customer !== null && charges.list().some((charge) => charge.customer === customer.id && charge.paid);

export interface Redemption {
  coupon: Coupon;
  promotion_code: string | null;
  customer: string | null;
  subscription?: string;
  checkout_session?: string;
}

/** Makes a discount of a coupon, counts it, and stores all three. */
export function redeem(account: Account, redemption: Redemption): Discount {
  const { coupon, promotion_code, customer } = redemption;
  const start = account.now();
  const discount: Discount = {
    id: newId("di_1"),
    object: "discount",
    checkout_session: redemption.checkout_session ?? null,
    customer,
    customer_account: null,
    end: coupon.duration === "repeating" ? addMonths(start, coupon.duration_in_months!) : null,
    invoice: null,
    invoice_item: null,
    promotion_code,
    source: { type: "coupon", coupon: coupon.id },
    start,
    subscription: redemption.subscription ?? null,
    subscription_item: null,
  };
  account.discounts.put(discount.id, discount);
  account.coupons.put(coupon.id, { ...coupon, times_redeemed: coupon.times_redeemed + 1 });
  const code = account.promotionCodes.get(String(promotion_code));
  if (code) account.promotionCodes.put(code.id, { ...code, times_redeemed: code.times_redeemed + 1 });
  account.emit("customer.discount.created", discount);
  return discount;
}

export const couponOf = (account: Account, { source }: Discount): Coupon =>
  account.coupons.get(String(source.coupon)) ?? account.formerCoupons.get(String(source.coupon))!;

/** The discounts of these ids that count at a moment. */
export const inForce = (account: Account, ids: readonly string[], at: number): Discount[] =>
  ids.map((id) => account.discounts.get(id)!).filter(({ end }) => end === null || at < end);

/**
 * How much of each amount a coupon takes, in the order given. A percentage takes its part of every amount; an amount
 * off is used up by the amounts one after the other, and never exceeds them.
 */
export function amountsOff(coupon: Coupon, amounts: readonly number[]): number[] {
  if (coupon.percent_off !== null) return amounts.map((amount) => Math.round(amount * coupon.percent_off! / 100));
  let left = coupon.amount_off!;
  return amounts.map((amount) => {
    const off = Math.min(left, Math.max(amount, 0));
    left -= off;
    return off;
  });
}

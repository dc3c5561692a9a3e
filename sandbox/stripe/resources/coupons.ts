import type { Coupon } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { currency, decimal, integer, metadata, metadataChange, object, oneOf, string } from "../api/params.ts";
import { endpoint, found } from "../api/resource.ts";
import { stillValid } from "../discounts.ts";
import { newId } from "../ids.ts";

const createParams = object({
  amount_off: integer({ min: 1, max: 99_999_999 }),
  currency: currency(currencies),
  duration: oneOf(["forever", "once", "repeating"]),
  duration_in_months: integer({ min: 1, max: 36 }),
  expand,
  id: string({ max: 200, pattern: /^[A-Za-z0-9_-]+$/ }),
  max_redemptions: integer({ min: 1 }),
  metadata,
  name: string({ max: 40 }),
  percent_off: decimal({ min: 0.01, max: 100 }),
  redeem_by: integer({ min: 0 }),
}, ["applies_to", "currency_options"]);

export const coupons = [
  endpoint("POST", "/v1/coupons", createParams, ({ account, cause }, params) => {
    if (params.id && account.coupons.get(params.id)) {
      throw invalid("Coupon already exists.", "id", "resource_already_exists");
    }
    if ((params.amount_off === undefined) === (params.percent_off === undefined)) {
      throw invalid("Coupons must specify one of `percent_off` or `amount_off`.", "percent_off", "parameter_missing");
    }
    if (params.amount_off !== undefined && !params.currency) {
      throw invalid("You must pass currency when passing amount_off", "currency", "parameter_missing");
    }
    const duration = params.duration ?? "once";
    if ((duration === "repeating") !== (params.duration_in_months !== undefined)) {
      throw invalid(
        "You must set `duration_in_months` exactly when the duration of the coupon is `repeating`.",
        "duration_in_months",
      );
    }
    const coupon: Coupon = {
      id: params.id ?? newId("", 8),
      object: "coupon",
      amount_off: params.amount_off ?? null,
      created: account.now(),
      currency: params.amount_off === undefined ? null : params.currency!,
      duration,
      duration_in_months: params.duration_in_months ?? null,
      livemode: false,
      max_redemptions: params.max_redemptions ?? null,
      metadata: params.metadata ?? {},
      name: params.name ?? null,
      percent_off: params.percent_off ?? null,
      redeem_by: params.redeem_by ?? null,
      times_redeemed: 0,
      valid: true,
    };
    account.coupons.put(coupon.id, coupon);
    account.emit("coupon.created", coupon, cause);
    return expanded(account, coupon, params.expand);
  }),

  endpoint("GET", "/v1/coupons/:id", object({ expand }), ({ account, id }, params) => {
    const coupon = found(account.coupons, id, "coupon", "coupon");
    return expanded(account, { ...coupon, valid: stillValid(account, coupon) }, params.expand);
  }),

  endpoint(
    "POST",
    "/v1/coupons/:id",
    object({ expand, metadata: metadataChange, name: string({ max: 40 }) }, ["currency_options"]),
    ({ account, id, cause }, { expand, metadata, name }) => {
      const coupon = found(account.coupons, id, "coupon", "coupon");
      const changed = {
        ...coupon,
        name: name ?? coupon.name,
        metadata: metadata ? metadata(coupon.metadata) : coupon.metadata,
      };
      return expanded(account, account.update("coupon.updated", account.coupons, changed, cause), expand);
    },
  ),

  endpoint("DELETE", "/v1/coupons/:id", object({}), ({ account, id, cause }) => {
    const coupon = found(account.coupons, id, "coupon", "coupon");
    // Who has the discount keeps it.
    account.formerCoupons.put(id, coupon);
    account.coupons.delete(id);
    account.emit("coupon.deleted", coupon, cause);
    return { id, object: "coupon", deleted: true };
  }),

  endpoint("GET", "/v1/coupons", object({ ...pageParams, created, expand }), ({ account }, params) => {
    const listed = page(account.coupons, params, {
      url: "/v1/coupons",
      noun: "coupon",
      where: (coupon) => !params.created || params.created(coupon.created),
    });
    const data = listed.data.map((coupon) => ({ ...coupon, valid: stillValid(account, coupon) }));
    return expanded(account, { ...listed, data }, params.expand);
  }),
];

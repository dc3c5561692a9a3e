import type { PromotionCode } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import {
  boolean,
  currency,
  integer,
  metadata,
  metadataChange,
  object,
  oneOf,
  required,
  string,
} from "../api/params.ts";
import { endpoint, found, named } from "../api/resource.ts";
import { newId } from "../ids.ts";

const code = string({ max: 500, pattern: /^[A-Za-z0-9-]+$/ });

const createParams = object({
  active: boolean,
  code,
  customer: string(),
  expand,
  expires_at: integer(),
  max_redemptions: integer({ min: 1 }),
  metadata,
  promotion: required(object({ type: required(oneOf(["coupon"])), coupon: required(string()) })),
  restrictions: object({
    first_time_transaction: boolean,
    minimum_amount: integer({ min: 1 }),
    minimum_amount_currency: currency(currencies),
  }, ["currency_options"]),
}, ["customer_account"]);

export const promotionCodes = [
  endpoint("POST", "/v1/promotion_codes", createParams, ({ account, cause }, params) => {
    const coupon = named(account.coupons, params.promotion.coupon, "coupon", "promotion[coupon]");
    if (params.customer) named(account.customers, params.customer, "customer", "customer");
    const text = params.code ?? newId("", 8).toUpperCase();
    if (account.promotionCodes.list().some(({ active, code }) => active && code.toUpperCase() === text.toUpperCase())) {
      throw invalid("An active promotion code with `code: " + text + "` already exists.", "code");
    }
    const promotion: PromotionCode = {
      id: newId("promo_1"),
      object: "promotion_code",
      active: params.active ?? true,
      code: text,
      created: account.now(),
      customer: params.customer ?? null,
      customer_account: null,
      expires_at: params.expires_at ?? null,
      livemode: false,
      max_redemptions: params.max_redemptions ?? null,
      metadata: params.metadata ?? {},
      promotion: { type: "coupon", coupon: coupon.id },
      restrictions: {
        first_time_transaction: params.restrictions?.first_time_transaction ?? false,
        minimum_amount: params.restrictions?.minimum_amount ?? null,
        minimum_amount_currency: params.restrictions?.minimum_amount_currency ?? null,
      },
      times_redeemed: 0,
    };
    account.promotionCodes.put(promotion.id, promotion);
    account.emit("promotion_code.created", promotion, cause);
    return expanded(account, promotion, params.expand);
  }),

  endpoint("GET", "/v1/promotion_codes/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.promotionCodes, id, "promotion code", "promotion_code"), params.expand);
  }),

  endpoint(
    "POST",
    "/v1/promotion_codes/:id",
    object({ active: boolean, expand, metadata: metadataChange }, ["restrictions"]),
    ({ account, id, cause }, params) => {
      const promotion = found(account.promotionCodes, id, "promotion code", "promotion_code");
      const changed = {
        ...promotion,
        active: params.active ?? promotion.active,
        metadata: params.metadata ? params.metadata(promotion.metadata) : promotion.metadata,
      };
      const updated = account.update("promotion_code.updated", account.promotionCodes, changed, cause);
      return expanded(account, updated, params.expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/promotion_codes",
    object({ ...pageParams, active: boolean, code, coupon: string(), created, customer: string(), expand }),
    ({ account }, params) => {
      const listed = page(account.promotionCodes, params, {
        url: "/v1/promotion_codes",
        noun: "promotion code",
        where: (promotion) =>
          (params.active === undefined || promotion.active === params.active) &&
          (!params.code || promotion.code.toUpperCase() === params.code.toUpperCase()) &&
          (!params.coupon || promotion.promotion.coupon === params.coupon) &&
          (!params.customer || promotion.customer === params.customer) &&
          (!params.created || params.created(promotion.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

import type Stripe from "stripe";
import { synchroniseCatalogue } from "../domain/billing/sync-catalogue.ts";
import { parseFunctionsConfig } from "../platform/config.ts";
import { openDatabase } from "../platform/database.ts";
import { createStripe } from "../platform/stripe.ts";

/** To try at the stand-in's checkout: a fifth off, for three months. */
const DEMO_CODE = "DEMO20";

/** What `deno task stripe:sync` does, so that plans can be bought as soon as the stack is up; and a promotion code. */
export async function synchroniseStandIn(env: Record<string, string>): Promise<void> {
  const config = parseFunctionsConfig(env);
  const db = openDatabase(config.databaseUrl, { max: 1 });
  const stripe = createStripe(config.stripe);
  try {
    await synchroniseCatalogue({ db, stripe, livemode: config.stripe.livemode, webUrl: config.webUrl });
    await offerDemoCode(stripe);
  } finally {
    await db.end();
  }
}

async function offerDemoCode(stripe: Stripe): Promise<void> {
  const { data } = await stripe.promotionCodes.list({ code: DEMO_CODE, active: true });
  if (data.length > 0) return;
  const { id } = await stripe.coupons.create({
    percent_off: 20,
    duration: "repeating",
    duration_in_months: 3,
    name: "Demo: 20 % off",
  });
  await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: id }, code: DEMO_CODE });
}

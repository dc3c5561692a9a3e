/** `deno task stripe:sync`: products, prices and the portal at Stripe become what our tables say. Idempotent. */
import process from "node:process";
import { synchroniseCatalogue } from "../domain/billing/sync-catalogue.ts";
import { ConfigError } from "../platform/config.ts";
import { type FunctionServices, functionServices } from "../platform/function-services.ts";

const { config, db, stripe } = configured();
try {
  const done = await synchroniseCatalogue({ db, stripe, livemode: config.stripe.livemode, webUrl: config.webUrl });
  for (const { subject, stripeId, did } of done) console.log(`${did.padEnd(9)}  ${subject.padEnd(26)}  ${stripeId}`);
} finally {
  await db.end();
}

function configured(): FunctionServices {
  try {
    return functionServices("stripe-sync");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

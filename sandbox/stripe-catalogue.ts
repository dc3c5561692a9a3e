import { synchroniseCatalogue } from "../domain/billing/sync-catalogue.ts";
import { parseFunctionsConfig } from "../platform/config.ts";
import { openDatabase } from "../platform/database.ts";
import { createStripe } from "../platform/stripe.ts";

/** What `deno task stripe:sync` does, so that plans can be bought as soon as the stack is up. */
export async function synchroniseStandIn(env: Record<string, string>): Promise<void> {
  const config = parseFunctionsConfig(env);
  const db = openDatabase(config.databaseUrl, { max: 1 });
  try {
    await synchroniseCatalogue({
      db,
      stripe: createStripe(config.stripe),
      livemode: config.stripe.livemode,
      webUrl: config.webUrl,
    });
  } finally {
    await db.end();
  }
}

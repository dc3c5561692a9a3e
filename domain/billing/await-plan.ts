import type { Session } from "../../platform/request.ts";
import type { BillingServices } from "./open-page.ts";
import { type PlanState, readPlan } from "./read-plan.ts";

const EVERY_MS = 100;
const AT_MOST_MS = 4_000;

/**
 * After a change at Stripe: waits a moment for the webhook that brings it to us, so that the page which follows shows
 * it. The web server itself may not write what Stripe says; if the news is slow, the page says what is known and is
 * right a little later.
 *
 * @returns whether it came in time
 */
export async function awaitPlan(
  { db }: Pick<BillingServices, "db">,
  session: Session,
  arrived: (state: PlanState) => boolean,
): Promise<boolean> {
  for (const until = performance.now() + AT_MOST_MS; performance.now() < until;) {
    if (arrived(await db.asUser(session.claims, readPlan))) return true;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return false;
}

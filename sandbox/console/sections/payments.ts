import { type Html, html } from "../../html.ts";
import { formatAmount } from "../../stripe/api/currencies.ts";
import type { ShownCheckout } from "../../stripe/mod.ts";
import type { SandboxOptions } from "../options.ts";
import { atSeconds, rows, state } from "./pieces.ts";

export function payments({ stripe }: SandboxOptions): Html {
  return rows(
    stripe.state().sessions.slice(0, 8).map((record) => {
      const { session, line_items } = record;
      const what = line_items.map(({ description }) => description).join(", ");
      return {
        title: `${formatAmount(session.amount_total!, session.currency!)} for ${what}`,
        state: state(outcome(record)),
        meta: [atSeconds(session.created), html`<code title="${session.id}">${shorten(session.id)}</code>`],
        actions: session.url && html`<a class="button" href="${new URL(session.url).pathname}">Open its page</a>`,
      };
    }),
    "No checkout yet. Buy a pack in the app.",
  );
}

/** Stripe says it in three fields; one word for all. */
function outcome({ session, intent }: ShownCheckout): string {
  if (session.status === "expired") return "expired";
  if (session.status === "complete" && session.payment_status !== "unpaid") return "paid";
  if (intent?.status === "processing") return "waiting for the money";
  if (intent?.last_payment_error) return session.status === "open" ? "declined, still open" : "payment failed";
  return "open";
}

const shorten = (id: string) => `${id.slice(0, 14)}…${id.slice(-4)}`;

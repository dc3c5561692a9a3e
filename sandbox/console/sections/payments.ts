import { type Html, html } from "../../html.ts";
import { formatAmount } from "../../stripe/api/currencies.ts";
import type { CheckoutRecord } from "../../stripe/account.ts";
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

/** Stripe says it in two fields; one word for both. */
function outcome({ session }: CheckoutRecord): string {
  if (session.status !== "complete") return session.status ?? "open";
  return session.payment_status === "unpaid" ? "waiting for the money" : "paid";
}

const shorten = (id: string) => `${id.slice(0, 14)}…${id.slice(-4)}`;

import type { Checkout, CheckoutStatus as Status } from "../../domain/billing/read-checkout.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";

const TONES: Record<Status, Tone> = {
  creating: "neutral",
  open: "neutral",
  processing: "info",
  paid: "success",
  failed: "danger",
  expired: "neutral",
};

/** Stripe's word for an unfinished payment comes by webhook; the clock may know earlier. */
export function statusNow({ status, expires_at }: Pick<Checkout, "status" | "expires_at">, now = new Date()): Status {
  return status === "open" && expires_at !== null && expires_at <= now ? "expired" : status;
}

export function CheckoutStatus({ status, locale }: { status: Status; locale: Locale }) {
  return <Badge tone={TONES[status]}>{messages(locale).app.billing.states[status]}</Badge>;
}

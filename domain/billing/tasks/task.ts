import type { Locale } from "../../../platform/request.ts";

/** A row of `private.tasks` that was claimed. */
export interface Task {
  id: number;
  kind: "mail" | "auto_topup" | "cancel_subscription" | "finalize_invoice" | "reconcile";
  /** Written once per key; it is passed on to Stripe, or becomes the mail's id. */
  key: string;
  user_id: string | null;
  data: Record<string, unknown>;
  /** The token of this try. */
  attempt: number;
  /** Of the person as they are now; null once they are erased. */
  email: string | null;
  locale: Locale | null;
}

/** deferred: nothing was tried. later: with backoff, ten tries at most. failed: for good. */
export type TaskOutcome =
  | { outcome: "done"; error?: undefined }
  | { outcome: "later" | "failed"; error: string }
  | { outcome: "deferred"; error?: undefined };

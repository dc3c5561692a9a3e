import { fromStripe } from "../../platform/stripe-errors.ts";
import type { Services } from "../../platform/services.ts";
import type { Session } from "../../platform/request.ts";
import { storableJson } from "../../platform/storable-json.ts";
import { type Gathered, gatherFacts } from "../billing/stripe/gather-facts.ts";
import { subjectOfEvent } from "../billing/stripe/subject-of-event.ts";
import { readWebhookEvent, type WebhookStory } from "./read-webhook-event.ts";
import type { CausedEntry, StripeObject } from "./webhook-event.ts";

/** Credits. */
interface Balance {
  available: number;
  held: number;
  debt: number;
}

/** What applying an event would do at this moment. */
export interface WebhookPreview {
  verdict: "applied" | "ignored" | "failed";
  effects: string[];
  /** Why a person would be needed. */
  error: string | null;
  /** Why the books would not take it, in their own words. */
  refusal: string | null;
  /** Why nothing would even be tried: a type we do not act on, the other mode (live or test), no such object. */
  reason: "type" | "mode" | "missing" | null;
  user_id: string | null;
  email: string | null;
  balance: { before: Balance; after: Balance } | null;
  /** Those that would be appended. */
  entries:
    (Omit<CausedEntry, "user_id" | "created_at"> & { counter_account: string; cause: Record<string, unknown> })[];
  /** Rows that would be written or changed; `before` is null for a new one. */
  changes: { noun: StripeObject["noun"]; id: string; before: StripeObject | null; after: StripeObject }[];
  /** What a worker would be left to do: mails, cancellations. */
  tasks: { kind: string; key: string; data: Record<string, unknown> }[];
}

const nothing = (reason: WebhookPreview["reason"]): WebhookPreview => ({
  verdict: "ignored",
  effects: [],
  error: null,
  refusal: null,
  reason,
  user_id: null,
  email: null,
  balance: null,
  entries: [],
  changes: [],
  tasks: [],
});

/**
 * What a replay of an event would do now. It goes the way of `applyStripeEvent`: the object is fetched as it is at Stripe and
 * the database applies it, but takes all of it back. Nothing changes, here or there.
 *
 * @throws {AppError} not_found; provider_unavailable when Stripe does not answer
 */
export async function previewWebhook(
  { config, db, stripe }: Pick<Services, "config" | "db" | "stripe">,
  session: Session,
  id: string,
): Promise<{ event: WebhookStory; preview: WebhookPreview }> {
  const { livemode } = config.stripe;
  const event = await db.asUser(session.claims, (sql) => readWebhookEvent(sql, id));
  const subject = subjectOfEvent(event.type, event.object_id ?? "");
  if (!subject) return { event, preview: nothing("type") };
  if (!subject.id) return { event, preview: nothing("missing") };
  if (event.livemode !== livemode) return { event, preview: nothing("mode") };
  let gathered: Gathered | null;
  try {
    // Without a ticket: operator_preview_webhook draws a later one, hence a higher, and undoes all that it writes under it.
    gathered = await gatherFacts(stripe, subject, () => Promise.resolve(null));
  } catch (error) {
    throw fromStripe(error);
  }
  if (!gathered) return { event, preview: nothing("missing") };
  const [{ preview }] = await db.asUser(session.claims, (sql) =>
    sql<{ preview: Omit<WebhookPreview, "reason"> }[]>`
      select public.operator_preview_webhook(${event.event_id}, ${livemode}, ${
      storableJson(gathered.facts)
    }::text::jsonb) as preview`);
  return { event, preview: { ...preview, reason: null } };
}

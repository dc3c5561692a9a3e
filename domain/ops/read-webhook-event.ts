import type { Sql } from "../../platform/database.ts";
import { AppError } from "../errors.ts";
import type { CausedEntry, StripeObject, WebhookEvent, WebhookVerdict } from "./webhook-event.ts";

/** An event and all that it led to. */
export interface WebhookStory extends WebhookEvent {
  /** Minimised when it came; null once it is forgotten, after 90 days. */
  payload: Record<string, unknown> | null;
  /** Whom it concerns; nulls when nobody of ours, and without an address once they are erased. */
  user_id: string | null;
  email: string | null;
  objects: StripeObject[];
  entries: CausedEntry[];
  /** Events about the same object, the newest twenty. */
  others: WebhookEvent[];
  /** The last twenty, with what the event said before each. */
  replays: { at: string; actor: string; email: string | null; verdict: WebhookVerdict; effect: string | null }[];
}

/** Ids come from URLs, and a character that Postgres cannot store is none that Stripe writes. */
export function checkEventId(id: string): string {
  if (!/^[\w.:-]{1,255}$/.test(id)) throw new AppError("not_found");
  return id;
}

/** @throws {AppError} not_found */
export async function readWebhookEvent(sql: Sql, id: string): Promise<WebhookStory> {
  const [{ event }] = await sql<{ event: WebhookStory }[]>`
    select public.operator_webhook_event(${checkEventId(id)}) as event`;
  return event;
}

import type { Sql } from "../../platform/database.ts";
import type { Repair } from "../billing/reconcile.ts";
import type { Task } from "../billing/tasks/task.ts";
import { countWebhookEvents, type WebhookCounts } from "./list-webhook-events.ts";

/** A comparison of Stripe's lists with what we have. */
export interface ReconciliationRun {
  id: number;
  started_at: Date;
  /** Null while it runs, or when its worker died. */
  finished_at: Date | null;
  /** Objects made at Stripe since then were compared. */
  since: Date;
  compared: number;
  repaired: Repair[];
  error: string | null;
}

/** Work outside of the database that waits, or that failed for good. */
export interface WaitingTask {
  id: number;
  kind: Task["kind"];
  key: string;
  user_id: string | null;
  email: string | null;
  data: Record<string, unknown>;
  attempts: number;
  run_at: Date;
  error: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** A version of a plan's price, and what Stripe calls it. */
export interface CataloguePrice {
  plan: string;
  cycle: "month" | "year";
  version: number;
  price_cents: number;
  valid_from: Date;
  on_sale: boolean;
  /** Null: not synchronised, so it cannot be bought. */
  stripe_id: string | null;
  synced_at: Date | null;
}

export interface Billing {
  webhooks: WebhookCounts;
  /** The last ten. */
  runs: ReconciliationRun[];
  /** Fifty each, at most. */
  failed: WaitingTask[];
  waiting: WaitingTask[];
  prices: CataloguePrice[];
}

/**
 * What the overview of billing shows.
 * @param livemode the mode of the key that this app was given
 * @throws {AppError} not_found for whoever is no operator
 */
export async function readBilling(sql: Sql, livemode: boolean): Promise<Billing> {
  const [webhooks, runs, failed, waiting, prices] = await Promise.all([
    countWebhookEvents(sql),
    sql<ReconciliationRun[]>`select * from public.operator_reconciliations(10)`,
    sql<WaitingTask[]>`select * from public.operator_tasks('failed', 50)`,
    sql<WaitingTask[]>`select * from public.operator_tasks('open', 50)`,
    sql<CataloguePrice[]>`select * from public.operator_stripe_catalogue(${livemode})`,
  ]);
  return { webhooks, runs, failed, waiting, prices };
}

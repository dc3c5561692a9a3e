import type { Sql } from "../../platform/database.ts";
import type { Entry } from "../credits/list-entries.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import type { FailureCode } from "../jobs/failures.ts";
import type { Adjustment } from "./adjustment.ts";
import type { EntryFault } from "./list-account-entries.ts";
import type { EntryBreach, Lot } from "./read-account.ts";

/** One entry and everything behind it. Credits; hashes in hex; times as ISO 8601 text. */
export interface EntryFacts {
  entry: Omit<Entry, "created_at"> & { user_id: string; created_at: string; hash: string };
  email: string | null;
  wrong: EntryFault[];
  previous_seq: number | null;
  next_seq: number | null;
  previous_hash: string;
  previous_balance: number;
  recomputed_hash: string;
  /** Whether the account names this entry as its last. */
  is_head: boolean | null;
  price: PriceFacts | null;
  job: JobFacts | null;
  checkout: CheckoutFacts | null;
  adjustment: Adjustment | null;
  /** The other person, and the entry on their side. */
  transfer: { user_id: string; email: string | null; seq: number | null } | null;
  /** Lots that the entry made, or the one that it ended. */
  lots: Lot[];
  breaches: EntryBreach[];
}

/** One version of a price: of one output of a model in credits, or of a pack in USD cents. */
export interface PriceFacts {
  subject: string;
  version: number;
  credits: number;
  price_cents: number | null;
  valid_from: string;
  /** Null while it is in force. */
  valid_to: string | null;
}

export interface JobFacts {
  id: string;
  model: string;
  kind: string;
  status: "queued" | "running" | "succeeded" | "failed" | "canceled";
  outputs_requested: number;
  credits_per_output: number;
  credits_reserved: number;
  credits_charged: number | null;
  error_code: FailureCode | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  hold: {
    state: "held" | "settled" | "released";
    amount: number;
    settled_amount: number | null;
    reason: string;
    created_at: string;
    resolved_at: string | null;
    /** The lots it drew, and how much of each. */
    grants: number[];
    grant_amounts: number[];
  } | null;
  attempts: {
    number: number;
    state: string;
    worker: string;
    prediction_id: string | null;
    provider_status: string | null;
    error_code: FailureCode | null;
    late_result: string | null;
    /** µUSD */
    cost_micros: number | null;
    started_at: string;
    ended_at: string | null;
  }[];
  outputs: {
    position: number;
    content_type: string;
    bytes: number;
    sha256: string;
    /** Of pictures and videos. */
    width: number | null;
    height: number | null;
  }[];
}

export interface CheckoutFacts {
  id: string;
  pack: string;
  credits: number;
  price_cents: number;
  status: string;
  stripe_session_id: string | null;
  payment_intent: string | null;
  created_at: string;
  credited_at: string | null;
  /** What Stripe told about it. */
  events: {
    event_id: string;
    type: string;
    verdict: "received" | "applied" | "ignored" | "failed";
    effect: string | null;
    attempts: number;
    error: string | null;
    received_at: string;
    processed_at: string | null;
  }[];
}

/** @throws {AppError} not_found */
export async function readEntry(sql: Sql, account: string, seq: string): Promise<EntryFacts> {
  if (!isUuid(account) || !/^[1-9]\d{0,14}$/.test(seq)) throw new AppError("not_found");
  const [{ entry }] = await sql<{ entry: EntryFacts }[]>`
    select public.operator_entry(${account}, ${Number(seq)}) as entry`;
  return entry;
}

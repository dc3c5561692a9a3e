// Generated from the migrations by `deno task gen:types`.
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "private": {
    Tables: {
      "audit_log": {
        Row: {
          "action": string;
          "actor": string | null;
          "at": string;
          "detail": NonNullable<Json>;
          "id": number;
          "login": string;
          "subject": string;
        };
        ComputedFields: never;
        Insert: {
          "action": string;
          "actor"?: string | null;
          "at"?: string;
          "detail"?: NonNullable<Json>;
          "id"?: number;
          "login"?: string;
          "subject": string;
        };
        Update: {
          "action"?: string;
          "actor"?: string | null;
          "at"?: string;
          "detail"?: NonNullable<Json>;
          "id"?: number;
          "login"?: string;
          "subject"?: string;
        };
        Relationships: [];
      };
      "checkpoint_nodes": {
        Row: {
          "hash": string;
          "level": number;
          "number": number;
          "position": number;
          "seq": number | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "hash": string;
          "level": number;
          "number": number;
          "position": number;
          "seq"?: number | null;
          "user_id"?: string | null;
        };
        Update: {
          "hash"?: string;
          "level"?: number;
          "number"?: number;
          "position"?: number;
          "seq"?: number | null;
          "user_id"?: string | null;
        };
        Relationships: [];
      };
      "credit_adjustments": {
        Row: {
          "amount": number;
          "decided_at": string | null;
          "decided_by": string | null;
          "entry_seq": number | null;
          "failure": string | null;
          "id": string;
          "note": string;
          "reason": string;
          "requested_at": string;
          "requested_by": string;
          "second_person": string | null;
          "state": string;
          "user_id": string;
          "adjustment_facts": Json | null;
        };
        ComputedFields: "adjustment_facts";
        Insert: {
          "amount": number;
          "decided_at"?: string | null;
          "decided_by"?: string | null;
          "entry_seq"?: number | null;
          "failure"?: string | null;
          "id": string;
          "note"?: string;
          "reason": string;
          "requested_at"?: string;
          "requested_by": string;
          "second_person"?: string | null;
          "state"?: string;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "decided_at"?: string | null;
          "decided_by"?: string | null;
          "entry_seq"?: number | null;
          "failure"?: string | null;
          "id"?: string;
          "note"?: string;
          "reason"?: string;
          "requested_at"?: string;
          "requested_by"?: string;
          "second_person"?: string | null;
          "state"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "credit_closings": {
        Row: {
          "barrier": unknown;
          "closed_at": string | null;
          "through": string;
        };
        ComputedFields: never;
        Insert: {
          "barrier": unknown;
          "closed_at"?: string | null;
          "through": string;
        };
        Update: {
          "barrier"?: unknown;
          "closed_at"?: string | null;
          "through"?: string;
        };
        Relationships: [];
      };
      "credit_days": {
        Row: {
          "amount": number;
          "counter_account": string;
          "day": string;
          "entries": number;
          "kind": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "counter_account": string;
          "day": string;
          "entries": number;
          "kind": string;
        };
        Update: {
          "amount"?: number;
          "counter_account"?: string;
          "day"?: string;
          "entries"?: number;
          "kind"?: string;
        };
        Relationships: [];
      };
      "dead_letters": {
        Row: {
          "attempts": number;
          "died_at": string;
          "error_code": string;
          "error_message": string | null;
          "handled_at": string | null;
          "handled_by": string | null;
          "job_id": string;
          "model": string;
          "requeued_as": string | null;
          "state": string;
          "user_id": string;
          "dead_letter_facts": Json | null;
        };
        ComputedFields: "dead_letter_facts";
        Insert: {
          "attempts": number;
          "died_at"?: string;
          "error_code": string;
          "error_message"?: string | null;
          "handled_at"?: string | null;
          "handled_by"?: string | null;
          "job_id": string;
          "model": string;
          "requeued_as"?: string | null;
          "state"?: string;
          "user_id": string;
        };
        Update: {
          "attempts"?: number;
          "died_at"?: string;
          "error_code"?: string;
          "error_message"?: string | null;
          "handled_at"?: string | null;
          "handled_by"?: string | null;
          "job_id"?: string;
          "model"?: string;
          "requeued_as"?: string | null;
          "state"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "dead_letters_error_code_fkey";
            columns: ["error_code"];
            isOneToOne: false;
            referencedRelation: "failure_reasons";
            referencedColumns: ["code"];
          },
        ];
      };
      "failure_reasons": {
        Row: {
          "code": string;
          "dead_letter": boolean;
          "fault": string;
          "retry": boolean;
        };
        ComputedFields: never;
        Insert: {
          "code": string;
          "dead_letter": boolean;
          "fault": string;
          "retry": boolean;
        };
        Update: {
          "code"?: string;
          "dead_letter"?: boolean;
          "fault"?: string;
          "retry"?: boolean;
        };
        Relationships: [];
      };
      "idempotency_keys": {
        Row: {
          "created_at": string;
          "key": string;
          "ref": string;
          "request_hash": string;
          "scope": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "key": string;
          "ref": string;
          "request_hash": string;
          "scope": string;
        };
        Update: {
          "created_at"?: string;
          "key"?: string;
          "ref"?: string;
          "request_hash"?: string;
          "scope"?: string;
        };
        Relationships: [];
      };
      "invariant_breaches": {
        Row: {
          "accepted": string | null;
          "detail": NonNullable<Json>;
          "first_seen_at": string;
          "id": number;
          "invariant": string;
          "last_seen_at": string;
          "place": string;
          "resolved_at": string | null;
          "seq": number | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "accepted"?: string | null;
          "detail": NonNullable<Json>;
          "first_seen_at"?: string;
          "id"?: never;
          "invariant": string;
          "last_seen_at"?: string;
          "place": string;
          "resolved_at"?: string | null;
          "seq"?: number | null;
          "user_id"?: string | null;
        };
        Update: {
          "accepted"?: string | null;
          "detail"?: NonNullable<Json>;
          "first_seen_at"?: string;
          "id"?: never;
          "invariant"?: string;
          "last_seen_at"?: string;
          "place"?: string;
          "resolved_at"?: string | null;
          "seq"?: number | null;
          "user_id"?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "invariant_breaches_invariant_fkey";
            columns: ["invariant"];
            isOneToOne: false;
            referencedRelation: "invariants";
            referencedColumns: ["name"];
          },
        ];
      };
      "invariant_runs": {
        Row: {
          "breaches": number;
          "checked": number;
          "error": string | null;
          "finished_at": string;
          "from_position": string;
          "id": number;
          "invariant": string;
          "started_at": string;
          "to_position": string | null;
        };
        ComputedFields: never;
        Insert: {
          "breaches": number;
          "checked": number;
          "error"?: string | null;
          "finished_at": string;
          "from_position": string;
          "id"?: never;
          "invariant": string;
          "started_at": string;
          "to_position"?: string | null;
        };
        Update: {
          "breaches"?: number;
          "checked"?: number;
          "error"?: string | null;
          "finished_at"?: string;
          "from_position"?: string;
          "id"?: never;
          "invariant"?: string;
          "started_at"?: string;
          "to_position"?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "invariant_runs_invariant_fkey";
            columns: ["invariant"];
            isOneToOne: false;
            referencedRelation: "invariants";
            referencedColumns: ["name"];
          },
        ];
      };
      "invariants": {
        Row: {
          "description": string;
          "last_checked": number;
          "last_ms": number;
          "last_run_at": string | null;
          "name": string;
          "pass_finished_at": string | null;
          "pass_started_at": string | null;
          "passes": number;
          "position": string;
        };
        ComputedFields: never;
        Insert: {
          "description": string;
          "last_checked"?: number;
          "last_ms"?: number;
          "last_run_at"?: string | null;
          "name": string;
          "pass_finished_at"?: string | null;
          "pass_started_at"?: string | null;
          "passes"?: number;
          "position"?: string;
        };
        Update: {
          "description"?: string;
          "last_checked"?: number;
          "last_ms"?: number;
          "last_run_at"?: string | null;
          "name"?: string;
          "pass_finished_at"?: string | null;
          "pass_started_at"?: string | null;
          "passes"?: number;
          "position"?: string;
        };
        Relationships: [];
      };
      "job_attempts": {
        Row: {
          "cancel_due_at": string | null;
          "cancel_sent_at": string | null;
          "cancel_wanted_at": string | null;
          "cost_micros": number | null;
          "deadline_at": string;
          "ended_at": string | null;
          "error_code": string | null;
          "error_message": string | null;
          "id": string;
          "job_id": string;
          "late_result": string | null;
          "metrics": NonNullable<Json>;
          "model": string;
          "number": number;
          "prediction_id": string | null;
          "provider_status": string | null;
          "started_at": string;
          "state": string;
          "stream_url": string | null;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "cancel_due_at"?: string | null;
          "cancel_sent_at"?: string | null;
          "cancel_wanted_at"?: string | null;
          "cost_micros"?: number | null;
          "deadline_at": string;
          "ended_at"?: string | null;
          "error_code"?: string | null;
          "error_message"?: string | null;
          "id"?: string;
          "job_id": string;
          "late_result"?: string | null;
          "metrics"?: NonNullable<Json>;
          "model": string;
          "number": number;
          "prediction_id"?: string | null;
          "provider_status"?: string | null;
          "started_at"?: string;
          "state"?: string;
          "stream_url"?: string | null;
          "worker": string;
        };
        Update: {
          "cancel_due_at"?: string | null;
          "cancel_sent_at"?: string | null;
          "cancel_wanted_at"?: string | null;
          "cost_micros"?: number | null;
          "deadline_at"?: string;
          "ended_at"?: string | null;
          "error_code"?: string | null;
          "error_message"?: string | null;
          "id"?: string;
          "job_id"?: string;
          "late_result"?: string | null;
          "metrics"?: NonNullable<Json>;
          "model"?: string;
          "number"?: number;
          "prediction_id"?: string | null;
          "provider_status"?: string | null;
          "started_at"?: string;
          "state"?: string;
          "stream_url"?: string | null;
          "worker"?: string;
        };
        Relationships: [];
      };
      "job_days": {
        Row: {
          "attempts": number;
          "canceled": number;
          "cost_micros": number;
          "credits": number;
          "day": string;
          "failed": number;
          "house_credits": number;
          "model": string;
          "succeeded": number;
        };
        ComputedFields: never;
        Insert: {
          "attempts": number;
          "canceled": number;
          "cost_micros": number;
          "credits": number;
          "day": string;
          "failed": number;
          "house_credits": number;
          "model": string;
          "succeeded": number;
        };
        Update: {
          "attempts"?: number;
          "canceled"?: number;
          "cost_micros"?: number;
          "credits"?: number;
          "day"?: string;
          "failed"?: number;
          "house_credits"?: number;
          "model"?: string;
          "succeeded"?: number;
        };
        Relationships: [];
      };
      "job_leases": {
        Row: {
          "attempt_id": string;
          "checks": number;
          "deadline_at": string;
          "job_id": string;
          "next_check_at": string;
          "user_id": string;
          "worker": string;
        };
        ComputedFields: never;
        Insert: {
          "attempt_id": string;
          "checks"?: number;
          "deadline_at": string;
          "job_id": string;
          "next_check_at": string;
          "user_id": string;
          "worker": string;
        };
        Update: {
          "attempt_id"?: string;
          "checks"?: number;
          "deadline_at"?: string;
          "job_id"?: string;
          "next_check_at"?: string;
          "user_id"?: string;
          "worker"?: string;
        };
        Relationships: [];
      };
      "job_line": {
        Row: {
          "job_id": string;
          "model": string;
          "number": number;
          "place": number | null;
          "priority": number;
          "run_at": string;
          "user_id": string;
          "waits_for": string | null;
          "jobs_ahead": number | null;
        };
        ComputedFields: "jobs_ahead";
        Insert: {
          "job_id": string;
          "model": string;
          "number"?: never;
          "place"?: number | null;
          "priority": number;
          "run_at": string;
          "user_id": string;
          "waits_for"?: string | null;
        };
        Update: {
          "job_id"?: string;
          "model"?: string;
          "number"?: never;
          "place"?: number | null;
          "priority"?: number;
          "run_at"?: string;
          "user_id"?: string;
          "waits_for"?: string | null;
        };
        Relationships: [];
      };
      "plan_allowances": {
        Row: {
          "credits": number;
          "ends_at": string;
          "entry_seq": number;
          "invoice": string;
          "plan": string;
          "subscription": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "credits": number;
          "ends_at": string;
          "entry_seq": number;
          "invoice": string;
          "plan": string;
          "subscription": string;
          "user_id": string;
        };
        Update: {
          "credits"?: number;
          "ends_at"?: string;
          "entry_seq"?: number;
          "invoice"?: string;
          "plan"?: string;
          "subscription"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "plan_periods": {
        Row: {
          "credits": number;
          "ends_at": string;
          "invoice": string;
          "plan": string;
          "starts_at": string;
          "subscription": string;
          "trial": boolean;
          "user_id": string;
          "yearly": boolean;
          "claim_period": undefined | null;
          "grant_allowance": string | null;
        };
        ComputedFields: "claim_period" | "grant_allowance";
        Insert: {
          "credits": number;
          "ends_at": string;
          "invoice": string;
          "plan": string;
          "starts_at": string;
          "subscription": string;
          "trial": boolean;
          "user_id": string;
          "yearly": boolean;
        };
        Update: {
          "credits"?: number;
          "ends_at"?: string;
          "invoice"?: string;
          "plan"?: string;
          "starts_at"?: string;
          "subscription"?: string;
          "trial"?: boolean;
          "user_id"?: string;
          "yearly"?: boolean;
        };
        Relationships: [];
      };
      "provider_limits": {
        Row: {
          "creates_per_minute": number | null;
          "model": string;
          "paused_until": string | null;
        };
        ComputedFields: never;
        Insert: {
          "creates_per_minute"?: number | null;
          "model": string;
          "paused_until"?: string | null;
        };
        Update: {
          "creates_per_minute"?: number | null;
          "model"?: string;
          "paused_until"?: string | null;
        };
        Relationships: [];
      };
      "provider_prices": {
        Row: {
          "micros_per_1k_tokens": number;
          "micros_per_output": number;
          "micros_per_second": number;
          "model": string;
          "valid_from": string;
        };
        ComputedFields: never;
        Insert: {
          "micros_per_1k_tokens"?: number;
          "micros_per_output": number;
          "micros_per_second"?: number;
          "model": string;
          "valid_from": string;
        };
        Update: {
          "micros_per_1k_tokens"?: number;
          "micros_per_output"?: number;
          "micros_per_second"?: number;
          "model"?: string;
          "valid_from"?: string;
        };
        Relationships: [];
      };
      "rate_limits": {
        Row: {
          "bucket": string;
          "hits": number;
          "key": string;
          "window_start": string;
        };
        ComputedFields: never;
        Insert: {
          "bucket": string;
          "hits": number;
          "key": string;
          "window_start": string;
        };
        Update: {
          "bucket"?: string;
          "hits"?: number;
          "key"?: string;
          "window_start"?: string;
        };
        Relationships: [];
      };
      "reconciliations": {
        Row: {
          "compared": number;
          "error": string | null;
          "finished_at": string | null;
          "id": number;
          "repaired": NonNullable<Json>;
          "since": string;
          "started_at": string;
        };
        ComputedFields: never;
        Insert: {
          "compared"?: number;
          "error"?: string | null;
          "finished_at"?: string | null;
          "id"?: never;
          "repaired"?: NonNullable<Json>;
          "since": string;
          "started_at"?: string;
        };
        Update: {
          "compared"?: number;
          "error"?: string | null;
          "finished_at"?: string | null;
          "id"?: never;
          "repaired"?: NonNullable<Json>;
          "since"?: string;
          "started_at"?: string;
        };
        Relationships: [];
      };
      "settings": {
        Row: {
          "description": string;
          "key": string;
          "value": NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          "description": string;
          "key": string;
          "value": NonNullable<Json>;
        };
        Update: {
          "description"?: string;
          "key"?: string;
          "value"?: NonNullable<Json>;
        };
        Relationships: [];
      };
      "stripe_catalogue": {
        Row: {
          "livemode": boolean;
          "stripe_id": string;
          "subject": string;
          "synced_at": string;
        };
        ComputedFields: never;
        Insert: {
          "livemode": boolean;
          "stripe_id": string;
          "subject": string;
          "synced_at"?: string;
        };
        Update: {
          "livemode"?: boolean;
          "stripe_id"?: string;
          "subject"?: string;
          "synced_at"?: string;
        };
        Relationships: [];
      };
      "stripe_customers": {
        Row: {
          "created_at": string;
          "customer": string;
          "livemode": boolean;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "customer": string;
          "livemode": boolean;
          "user_id": string;
        };
        Update: {
          "created_at"?: string;
          "customer"?: string;
          "livemode"?: boolean;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "tasks": {
        Row: {
          "attempts": number;
          "created_at": string;
          "data": NonNullable<Json>;
          "error": string | null;
          "finished_at": string | null;
          "id": number;
          "key": string;
          "kind": string;
          "run_at": string;
          "state": string;
          "user_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "attempts"?: number;
          "created_at"?: string;
          "data"?: NonNullable<Json>;
          "error"?: string | null;
          "finished_at"?: string | null;
          "id"?: never;
          "key": string;
          "kind": string;
          "run_at"?: string;
          "state"?: string;
          "user_id"?: string | null;
        };
        Update: {
          "attempts"?: number;
          "created_at"?: string;
          "data"?: NonNullable<Json>;
          "error"?: string | null;
          "finished_at"?: string | null;
          "id"?: never;
          "key"?: string;
          "kind"?: string;
          "run_at"?: string;
          "state"?: string;
          "user_id"?: string | null;
        };
        Relationships: [];
      };
      "webhook_events": {
        Row: {
          "attempts": number;
          "effect": string | null;
          "error": string | null;
          "event_id": string;
          "livemode": boolean | null;
          "object_id": string | null;
          "occurred_at": string | null;
          "payload": Json | null;
          "processed_at": string | null;
          "received_at": string;
          "retry_at": string | null;
          "source": string;
          "type": string;
          "verdict": string;
          "webhook_facts": Json | null;
        };
        ComputedFields: "webhook_facts";
        Insert: {
          "attempts"?: number;
          "effect"?: string | null;
          "error"?: string | null;
          "event_id": string;
          "livemode"?: boolean | null;
          "object_id"?: string | null;
          "occurred_at"?: string | null;
          "payload"?: Json | null;
          "processed_at"?: string | null;
          "received_at"?: string;
          "retry_at"?: string | null;
          "source": string;
          "type": string;
          "verdict"?: string;
        };
        Update: {
          "attempts"?: number;
          "effect"?: string | null;
          "error"?: string | null;
          "event_id"?: string;
          "livemode"?: boolean | null;
          "object_id"?: string | null;
          "occurred_at"?: string | null;
          "payload"?: Json | null;
          "processed_at"?: string | null;
          "received_at"?: string;
          "retry_at"?: string | null;
          "source"?: string;
          "type"?: string;
          "verdict"?: string;
        };
        Relationships: [];
      };
      "workers": {
        Row: {
          "concurrency": number;
          "detail": NonNullable<Json>;
          "name": string;
          "running": number;
          "seen_at": string;
          "started_at": string;
        };
        ComputedFields: never;
        Insert: {
          "concurrency"?: number;
          "detail"?: NonNullable<Json>;
          "name": string;
          "running"?: number;
          "seen_at": string;
          "started_at"?: string;
        };
        Update: {
          "concurrency"?: number;
          "detail"?: NonNullable<Json>;
          "name"?: string;
          "running"?: number;
          "seen_at"?: string;
          "started_at"?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      "credit_totals_by_day": {
        Row: {
          "amount": number | null;
          "counter_account": string | null;
          "day": string | null;
          "entries": number | null;
          "kind": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "credit_trial_balance": {
        Row: {
          "account": string | null;
          "amount": number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      "accept_breach": { Args: { "p_breach": number; "p_reason": string }; Returns: undefined };
      "account_slice": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "activate_grants": { Args: { "p_limit": number }; Returns: number };
      "add_grant": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_effective_at": string;
          "p_expires_at": string;
          "p_kind": string;
          "p_priority": number;
          "p_ref": string;
          "p_source": string;
          "p_user": string;
        };
        Returns: number;
      };
      "add_mail": { Args: { "p_data": Json; "p_key": string; "p_mail": string; "p_user": string }; Returns: boolean };
      "add_task": { Args: { "p_data": Json; "p_key": string; "p_kind": string; "p_user": string }; Returns: boolean };
      "adjust_credits": {
        Args: { "p_amount": number; "p_cause": Json; "p_key": string; "p_ref": string; "p_user": string };
        Returns: number;
      };
      "adjustment_facts": {
        Args: {
          "p_adjustment": Omit<
            Database["private"]["Tables"]["credit_adjustments"]["Row"],
            Database["private"]["Tables"]["credit_adjustments"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "admit": { Args: { "p_patient"?: boolean; "p_user": string }; Returns: number };
      "admit_due": { Args: { "p_limit": number }; Returns: number };
      "allowance_in_force": { Args: { "p_plan": string; "p_user": string }; Returns: Record<string, unknown> };
      "append_entry": {
        Args: {
          "p_available_delta": number;
          "p_cause": Json;
          "p_counter_account": string;
          "p_debt_delta": number;
          "p_held_delta": number;
          "p_kind": string;
          "p_ref": string;
          "p_user": string;
        };
        Returns: number;
      };
      "apply_adjustment": {
        Args: {
          "p_adjustment": string;
          "p_amount": number;
          "p_checker": string;
          "p_operator": string;
          "p_reason": string;
          "p_user": string;
        };
        Returns: number;
      };
      "apply_checkout_session": {
        Args: { "p_livemode": boolean; "p_session": Json };
        Returns: Record<string, unknown>;
      };
      "apply_invoice": {
        Args: { "p_event_type": string; "p_invoice": Json; "p_livemode": boolean; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "apply_payment": {
        Args: { "p_disputes": Json; "p_intent": Json; "p_invoice": string; "p_livemode": boolean; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "apply_stripe_event": {
        Args: { "p_event": Json; "p_facts": Json; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "apply_stripe_facts": {
        Args: { "p_event_type": string; "p_facts": Json; "p_livemode": boolean; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "apply_subscription": {
        Args: { "p_event_type": string; "p_livemode": boolean; "p_subscription": Json; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "apply_topup": {
        Args: {
          "p_checkout": Omit<
            Database["public"]["Tables"]["checkout_sessions"]["Row"],
            Database["public"]["Tables"]["checkout_sessions"]["ComputedFields"]
          >;
          "p_intent": Json;
          "p_livemode": boolean;
        };
        Returns: (string)[];
      };
      "asked_back": {
        Args: {
          "p_payment": Omit<
            Database["public"]["Tables"]["payments"]["Row"],
            Database["public"]["Tables"]["payments"]["ComputedFields"]
          >;
        };
        Returns: Record<string, unknown>;
      };
      "attach_checkout": {
        Args: { "p_checkout": string; "p_expires_at": string; "p_stripe_session_id": string; "p_url": string };
        Returns: undefined;
      };
      "attempt_for_prediction": {
        Args: { "p_prediction_id": string };
        Returns: {
          "attempt_id": string;
          "job_id": string;
          "job_status": string;
          "kind": string;
          "outputs_requested": number;
          "user_id": string;
        }[];
      };
      "awaits_topup": { Args: { "p_checkout": string }; Returns: boolean };
      "balance_of": { Args: { "p_user": string }; Returns: Json };
      "beat_worker": { Args: { "p_concurrency": number; "p_running": number; "p_worker": string }; Returns: undefined };
      "begin_reconciliation": { Args: { "p_since": string }; Returns: number };
      "between_ids": { Args: { "p_first": string; "p_id": string; "p_last": string }; Returns: number };
      "brought_by": {
        Args: {
          "p_payment": Omit<
            Database["public"]["Tables"]["payments"]["Row"],
            Database["public"]["Tables"]["payments"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      "canceled_attempts": {
        Args: { "p_limit": number };
        Returns: {
          "attempt_id": string;
          "job_id": string;
          "prediction_id": string;
          "started_at": string;
        }[];
      };
      "chain_state": { Args: { "p_limit": number; "p_user": string }; Returns: Json };
      "charge_of": { Args: { "p_at": string; "p_job": string; "p_user": string }; Returns: number };
      "charged_before": {
        Args: { "p_ref": string; "p_seq": number; "p_since": string; "p_user": string };
        Returns: boolean;
      };
      "check_adjustment": { Args: { "p_amount": number; "p_reason": string; "p_user": string }; Returns: undefined };
      "check_allowances": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_balance": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_chain": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_checkpoints": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_expected_price": { Args: { "p_expected": number; "p_price": number }; Returns: undefined };
      "check_first": { Args: { "p_kind": string; "p_ref": string; "p_user": string }; Returns: undefined };
      "check_holds": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_job_input": {
        Args: {
          "p_input": Json;
          "p_model": Omit<
            Database["public"]["Tables"]["models"]["Row"],
            Database["public"]["Tables"]["models"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      "check_lots": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_money_back": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_payments": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_same_hold": {
        Args: {
          "p_amount": number;
          "p_hold": Omit<
            Database["public"]["Tables"]["credit_holds"]["Row"],
            Database["public"]["Tables"]["credit_holds"]["ComputedFields"]
          >;
          "p_user": string;
        };
        Returns: undefined;
      };
      "check_settlements": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "check_trial_balance": { Args: { "p_from": string; "p_limit": number }; Returns: Record<string, unknown> };
      "checkout_facts": { Args: { "p_checkout": string }; Returns: Json };
      "checkpoint_hash": {
        Args: {
          "p": Omit<
            Database["public"]["Tables"]["credit_checkpoints"]["Row"],
            Database["public"]["Tables"]["credit_checkpoints"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "checkpoint_key": { Args: Record<PropertyKey, never>; Returns: string };
      "checkpoint_leaf_hash": { Args: { "p_head": string; "p_seq": number; "p_user": string }; Returns: string };
      "checkpoint_message": {
        Args: {
          "p": Omit<
            Database["public"]["Tables"]["credit_checkpoints"]["Row"],
            Database["public"]["Tables"]["credit_checkpoints"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "checkpoint_node_hash": { Args: { "p_left": string; "p_right": string }; Returns: string };
      "claim_failed_events": {
        Args: { "p_limit": number };
        Returns: {
          "created": number;
          "event_id": string;
          "livemode": boolean;
          "object_id": string;
          "type": string;
        }[];
      };
      "claim_idempotency_key": {
        Args: { "p_key": string; "p_ref": string; "p_request_hash": string; "p_scope": string };
        Returns: string;
      };
      "claim_jobs": {
        Args: { "p_limit": number; "p_worker": string };
        Returns: {
          "attempt_id": string;
          "deadline_at": string;
          "input": Json;
          "job_id": string;
          "kind": string;
          "model": string;
          "number": number;
          "outputs_requested": number;
          "provider_input": Json;
          "provider_model": string;
          "provider_version": string;
          "user_id": string;
        }[];
      };
      "claim_period": {
        Args: {
          "p_period": Omit<
            Database["private"]["Tables"]["plan_periods"]["Row"],
            Database["private"]["Tables"]["plan_periods"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "claim_tasks": {
        Args: { "p_lease_seconds"?: number; "p_limit": number };
        Returns: {
          "attempt": number;
          "data": Json;
          "email": string;
          "id": number;
          "key": string;
          "kind": string;
          "locale": string;
          "user_id": string;
        }[];
      };
      "claw_back_credits": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_grant_ref"?: string;
          "p_key": string;
          "p_kind": string;
          "p_ref": string;
          "p_user": string;
        };
        Returns: number;
      };
      "clock": { Args: Record<PropertyKey, never>; Returns: string };
      "close_credit_days": { Args: Record<PropertyKey, never>; Returns: string };
      "close_job_days": { Args: Record<PropertyKey, never>; Returns: number };
      "company": { Args: Record<PropertyKey, never>; Returns: Record<string, unknown> };
      "complete_job": { Args: { "p_attempt": string; "p_metrics": Json; "p_outputs": Json }; Returns: string };
      "complete_jobs": {
        Args: { "p_completions": Json };
        Returns: {
          "attempt_id": string;
          "outcome": string;
        }[];
      };
      "concurrency_of": { Args: { "p_user": string }; Returns: number };
      "confirm_email": { Args: { "p_user": string }; Returns: undefined };
      "consider_topup": { Args: { "p_user": string }; Returns: boolean };
      "cover_by_house": {
        Args: { "p_credits": number; "p_job": string; "p_retry_of": string; "p_user": string };
        Returns: undefined;
      };
      "cover_by_plan": {
        Args: {
          "p_credits": number;
          "p_job": string;
          "p_plan": string;
          "p_starts": string;
          "p_subscription": string;
          "p_user": string;
        };
        Returns: boolean;
      };
      "credit_checkout": {
        Args: {
          "p_amount": number;
          "p_checkout": Omit<
            Database["public"]["Tables"]["checkout_sessions"]["Row"],
            Database["public"]["Tables"]["checkout_sessions"]["ComputedFields"]
          >;
          "p_livemode": boolean;
          "p_payment": string;
          "p_session": string;
        };
        Returns: (string)[];
      };
      "credit_totals_between": {
        Args: { "p_since": string; "p_until": string };
        Returns: {
          "amount": number;
          "counter_account": string;
          "day": string;
          "entries": number;
          "kind": string;
        }[];
      };
      "credits_open_since": { Args: Record<PropertyKey, never>; Returns: string };
      "dead_letter_facts": {
        Args: {
          "p_letter": Omit<
            Database["private"]["Tables"]["dead_letters"]["Row"],
            Database["private"]["Tables"]["dead_letters"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "defer_task": { Args: { "p_attempt": number; "p_id": number; "p_seconds": number }; Returns: undefined };
      "draw_grants": {
        Args: { "p_amount": number; "p_first_ref"?: string; "p_user": string };
        Returns: Record<string, unknown>;
      };
      "drawn_facts": { Args: { "p_amounts": (number)[]; "p_grants": (number)[] }; Returns: Json };
      "due_attempts": {
        Args: { "p_limit": number };
        Returns: {
          "attempt_id": string;
          "deadline_at": string;
          "job_id": string;
          "overdue": boolean;
          "prediction_id": string;
          "provider_model": string;
          "started_at": string;
        }[];
      };
      "email_of": { Args: { "p_user": string }; Returns: string };
      "end_cover": {
        Args: {
          "p_credits": number;
          "p_hold": Omit<
            Database["public"]["Tables"]["credit_holds"]["Row"],
            Database["public"]["Tables"]["credit_holds"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "end_grace": { Args: { "p_limit": number }; Returns: number };
      "end_unpaid": {
        Args: {
          "p_actor": string;
          "p_code": string;
          "p_job": Omit<
            Database["public"]["Tables"]["jobs"]["Row"],
            Database["public"]["Tables"]["jobs"]["ComputedFields"]
          >;
          "p_message": string;
          "p_status": string;
        };
        Returns: undefined;
      };
      "entries_of_job": {
        Args: {
          "p_job": Omit<
            Database["public"]["Tables"]["jobs"]["Row"],
            Database["public"]["Tables"]["jobs"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "entries_of_objects": { Args: { "p_objects": Json }; Returns: Json };
      "entry_at": { Args: { "p_at": string; "p_user": string }; Returns: number };
      "entry_faults": {
        Args: {
          "p_entry": Omit<
            Database["public"]["Tables"]["credit_entries"]["Row"],
            Database["public"]["Tables"]["credit_entries"]["ComputedFields"]
          >;
          "p_previous_balance": number;
          "p_previous_hash": string;
          "p_previous_seq": number;
        };
        Returns: (string)[];
      };
      "entry_hash": {
        Args: {
          "p_amount": number;
          "p_balance_after": number;
          "p_cause": Json;
          "p_counter_account": string;
          "p_created_at": string;
          "p_kind": string;
          "p_previous": string;
          "p_ref": string;
          "p_seq": number;
          "p_user": string;
        };
        Returns: string;
      };
      "expire_account": { Args: { "p_user": string }; Returns: undefined };
      "expire_grant": { Args: { "p_number": number; "p_user": string }; Returns: boolean };
      "expire_grants": { Args: { "p_limit": number }; Returns: number };
      "extend_lease": { Args: { "p_attempt": string }; Returns: boolean };
      "fail_attempt": {
        Args: {
          "p_attempt": string;
          "p_code": string;
          "p_message": string;
          "p_metrics"?: Json;
          "p_provider_status"?: string;
          "p_retry": boolean;
          "p_retry_after_seconds"?: number;
        };
        Returns: string;
      };
      "fail_topup": { Args: { "p_checkout": string; "p_reason": string }; Returns: string };
      "finish_reconciliation": {
        Args: { "p_compared": number; "p_error": string; "p_id": number; "p_repaired": Json };
        Returns: undefined;
      };
      "finish_task": {
        Args: { "p_attempt": number; "p_error"?: string; "p_id": number; "p_outcome": string };
        Returns: boolean;
      };
      "finish_webhook": {
        Args: { "p_error": string; "p_event_id": string; "p_source": string; "p_verdict": string };
        Returns: undefined;
      };
      "first_entry": { Args: { "p_kind": string; "p_ref": string; "p_user": string }; Returns: number };
      "follow_subscription": {
        Args: {
          "p_event_type": string;
          "p_new": Omit<
            Database["public"]["Tables"]["subscriptions"]["Row"],
            Database["public"]["Tables"]["subscriptions"]["ComputedFields"]
          >;
          "p_old": Omit<
            Database["public"]["Tables"]["subscriptions"]["Row"],
            Database["public"]["Tables"]["subscriptions"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "free_allowance": { Args: Record<PropertyKey, never>; Returns: number };
      "from_epoch": { Args: { "p_seconds": Json }; Returns: string };
      "give_back_credits": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_kind": string;
          "p_payment": Omit<
            Database["public"]["Tables"]["payments"]["Row"],
            Database["public"]["Tables"]["payments"]["ComputedFields"]
          >;
          "p_ref": string;
        };
        Returns: undefined;
      };
      "give_back_entitlement": {
        Args: { "p_amount": number; "p_entitlement": string; "p_starts"?: string; "p_user": string };
        Returns: undefined;
      };
      "give_back_rate_limit": { Args: { "p_bucket": string; "p_key": string }; Returns: undefined };
      "grace_end": { Args: { "p_past_due_since": string }; Returns: string };
      "grant_allowance": {
        Args: {
          "p_period": Omit<
            Database["private"]["Tables"]["plan_periods"]["Row"],
            Database["private"]["Tables"]["plan_periods"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      "grant_credits": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_counter_account": string;
          "p_effective_at"?: string;
          "p_expires_at"?: string;
          "p_key": string;
          "p_kind": string;
          "p_priority"?: number;
          "p_ref": string;
          "p_user": string;
        };
        Returns: number;
      };
      "grant_paid_periods": {
        Args: { "p_invoice": Json; "p_livemode": boolean; "p_user": string };
        Returns: (string)[];
      };
      "hand_back": { Args: { "p_attempt": string; "p_seconds": number }; Returns: string };
      "id_of": { Args: { "p_object": Json }; Returns: string };
      "ids_in_facts": { Args: { "p_facts": Json }; Returns: (string)[] };
      "invoice_lines": { Args: { "p_invoice": Json }; Returns: Json };
      "is_covered": { Args: { "p_job": string }; Returns: boolean };
      "is_disputed": { Args: { "p_subscription": string }; Returns: boolean };
      "is_operator": { Args: { "p_user": string }; Returns: boolean };
      "job_facts": { Args: { "p_job": string }; Returns: Json };
      "job_totals": {
        Args: { "p_from": string; "p_until": string };
        Returns: {
          "attempts": number;
          "canceled": number;
          "cost_micros": number;
          "credits": number;
          "failed": number;
          "house_credits": number;
          "model": string;
          "succeeded": number;
        }[];
      };
      "jobs_ahead": {
        Args: {
          "p_place": Omit<
            Database["private"]["Tables"]["job_line"]["Row"],
            Database["private"]["Tables"]["job_line"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      "join_line": {
        Args: {
          "p_concurrency": number;
          "p_job": Omit<
            Database["public"]["Tables"]["jobs"]["Row"],
            Database["public"]["Tables"]["jobs"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      "list_micros": { Args: { "p_credits": number }; Returns: number };
      "live_jobs_of": { Args: { "p_user": string }; Returns: number };
      "lock_account": {
        Args: { "p_user": string };
        Returns: Database["public"]["Tables"]["credit_accounts"]["Row"];
        SetofOptions: {
          from: "*";
          to: "credit_accounts";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "lock_named_jobs": { Args: { "p_jobs": (string)[] }; Returns: (string)[] };
      "lock_turns": { Args: { "p_user": string }; Returns: undefined };
      "mark_cancel_sent": { Args: { "p_attempt": string }; Returns: undefined };
      "mark_never_created": { Args: { "p_attempt": string }; Returns: undefined };
      "maximum_of": { Args: { "p_at"?: string; "p_entitlement": string; "p_plan": string }; Returns: number };
      "month_window": { Args: { "p_anchor": string; "p_at": string }; Returns: Record<string, unknown> };
      "move_line_head": { Args: Record<PropertyKey, never>; Returns: number };
      "next_grant_number": { Args: { "p_user": string }; Returns: number };
      "next_place": { Args: { "p_priority": number }; Returns: number };
      "next_try": { Args: { "p_attempts": number }; Returns: string };
      "next_turn_at": { Args: Record<PropertyKey, never>; Returns: string };
      "note_breaches": { Args: { "p_breaches": Json; "p_invariant": string }; Returns: undefined };
      "note_generations": {
        Args: { "p_ends": string; "p_plan": string; "p_starts": string; "p_user": string };
        Returns: undefined;
      };
      "note_job": {
        Args: {
          "p_actor": string;
          "p_attempt"?: number;
          "p_detail"?: Json;
          "p_event": string;
          "p_job": string;
          "p_reason"?: string;
          "p_user": string;
        };
        Returns: undefined;
      };
      "note_late": {
        Args: { "p_attempt": string; "p_metrics": Json; "p_outputs": number; "p_status": string };
        Returns: boolean;
      };
      "note_payment": {
        Args: {
          "p_amount": number;
          "p_checkout": string;
          "p_invoice": string;
          "p_livemode": boolean;
          "p_payment": string;
          "p_user": string;
        };
        Returns: undefined;
      };
      "note_stripe_customer": {
        Args: { "p_customer": string; "p_livemode": boolean; "p_user": string };
        Returns: string;
      };
      "note_stripe_id": {
        Args: { "p_livemode": boolean; "p_stripe_id": string; "p_subject": string };
        Returns: undefined;
      };
      "note_topup_card": {
        Args: { "p_brand": string; "p_last4": string; "p_payment_method": string; "p_user": string };
        Returns: undefined;
      };
      "open_card_checkout": { Args: { "p_user": string }; Returns: string };
      "open_checkout": {
        Args: { "p_idempotency_key": string; "p_pack": string; "p_request_hash": string; "p_user": string };
        Returns: {
          "checkout_id": string;
          "credits": number;
          "price_cents": number;
          "replayed": boolean;
          "status": string;
          "stripe_session_id": string;
          "url": string;
        }[];
      };
      "open_plan_checkout": {
        Args: {
          "p_cycle": string;
          "p_idempotency_key": string;
          "p_livemode": boolean;
          "p_plan": string;
          "p_request_hash": string;
          "p_user": string;
        };
        Returns: {
          "checkout_id": string;
          "replayed": boolean;
          "stripe_price": string;
          "stripe_session_id": string;
          "trial_days": number;
          "url": string;
        }[];
      };
      "other_open_sessions": { Args: { "p_except": string; "p_kind": string; "p_user": string }; Returns: string[] };
      "overdue_subscriptions": { Args: { "p_limit": number }; Returns: string[] };
      "page_size": { Args: { "p_limit": number }; Returns: number };
      "pass_progress": { Args: { "p_position": string }; Returns: number };
      "pause_model": { Args: { "p_model": string; "p_seconds": number }; Returns: undefined };
      "person_of_customer": { Args: { "p_customer": string; "p_livemode": boolean }; Returns: string };
      "person_of_facts": { Args: { "p_facts": Json; "p_livemode": boolean }; Returns: string };
      "place_job": {
        Args: {
          "p_batch": string;
          "p_concurrency": number;
          "p_covered": boolean;
          "p_input": Json;
          "p_job": string;
          "p_model": Omit<
            Database["public"]["Tables"]["models"]["Row"],
            Database["public"]["Tables"]["models"]["ComputedFields"]
          >;
          "p_outputs": number;
          "p_priority": number;
          "p_run_at": string;
          "p_user": string;
        };
        Returns: undefined;
      };
      "plan_in_force": { Args: { "p_user": string }; Returns: Record<string, unknown> };
      "plan_of_price": { Args: { "p_livemode": boolean; "p_stripe_price": string }; Returns: Record<string, unknown> };
      "price_facts": { Args: { "p_price": string }; Returns: Json };
      "price_on_sale": {
        Args: { "p_cycle": string; "p_plan": string };
        Returns: Database["public"]["Tables"]["plan_prices"]["Row"];
        SetofOptions: {
          from: "*";
          to: "plan_prices";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "price_version": {
        Args: { "p_credits": number; "p_price_cents"?: number; "p_subject": string };
        Returns: number;
      };
      "provider_cost": {
        Args: { "p_at": string; "p_metrics": Json; "p_model": string; "p_outputs": number };
        Returns: number;
      };
      "provider_room": { Args: { "p_wanted": number }; Returns: Record<string, unknown> };
      "prune": { Args: Record<PropertyKey, never>; Returns: undefined };
      "prune_checkpoint_nodes": { Args: { "p_up_to": number }; Returns: undefined };
      "queue_again": {
        Args: {
          "p_actor": string;
          "p_attempts": number;
          "p_detail": Json;
          "p_job": Omit<
            Database["public"]["Tables"]["jobs"]["Row"],
            Database["public"]["Tables"]["jobs"]["ComputedFields"]
          >;
          "p_reason": string;
          "p_seconds": number;
        };
        Returns: undefined;
      };
      "read_stream_url": {
        Args: { "p_job": string; "p_user": string };
        Returns: {
          "attempt": number;
          "status": string;
          "url": string;
        }[];
      };
      "readiness": { Args: Record<PropertyKey, never>; Returns: Json };
      "receive_credits": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_counter_account": string;
          "p_kind": string;
          "p_ref": string;
          "p_user": string;
        };
        Returns: Record<string, unknown>;
      };
      "receive_webhook": {
        Args: { "p_event_id": string; "p_payload": Json; "p_source": string; "p_type": string };
        Returns: string;
      };
      "recheck_breaches": { Args: { "p_invariant": string }; Returns: undefined };
      "reconcile_stripe_facts": {
        Args: { "p_facts": Json; "p_livemode": boolean; "p_ticket": number };
        Returns: Record<string, unknown>;
      };
      "record_prediction": {
        Args: { "p_attempt": string; "p_prediction_id": string; "p_provider_status": string; "p_stream_url"?: string };
        Returns: boolean;
      };
      "record_price": {
        Args: { "p_credits": number; "p_price_cents": number; "p_subject": string };
        Returns: undefined;
      };
      "refuse": { Args: { "p_code": string; "p_detail"?: Json; "p_message": string }; Returns: undefined };
      "refuse_too_few": { Args: { "p_available": number; "p_required": number }; Returns: undefined };
      "release_hold": { Args: { "p_hold": string; "p_reason": string }; Returns: number };
      "renew_allowances": { Args: { "p_limit": number }; Returns: number };
      "request_hash": { Args: { "p_parts": (string)[] }; Returns: string };
      "requeue_dead_letter": {
        Args: {
          "p_letter": Omit<
            Database["private"]["Tables"]["dead_letters"]["Row"],
            Database["private"]["Tables"]["dead_letters"]["ComputedFields"]
          >;
          "p_operator": string;
        };
        Returns: Record<string, unknown>;
      };
      "require_operator": { Args: Record<PropertyKey, never>; Returns: string };
      "reserve_credits": { Args: { "p_amount": number; "p_hold": string; "p_user": string }; Returns: undefined };
      "restart_invariants": { Args: Record<PropertyKey, never>; Returns: undefined };
      "retire_worker": { Args: { "p_worker": string }; Returns: undefined };
      "return_to_grants": {
        Args: { "p_amount": number; "p_amounts": (number)[]; "p_grants": (number)[]; "p_user": string };
        Returns: undefined;
      };
      "room_in_line": { Args: { "p_concurrency": number; "p_user": string }; Returns: number };
      "run_invariant": { Args: { "p_invariant": string; "p_recheck": boolean }; Returns: boolean };
      "run_invariants": { Args: { "p_seconds"?: number }; Returns: Json };
      "schedule_reconciliation": { Args: Record<PropertyKey, never>; Returns: boolean };
      "second_person_for": { Args: { "p_amount": number; "p_operator": string; "p_user": string }; Returns: string };
      "set_entitlement": { Args: { "p_entitlement": string; "p_maximum": number; "p_plan": string }; Returns: number };
      "set_plan_price": { Args: { "p_cycle": string; "p_plan": string; "p_price_cents": number }; Returns: number };
      "setting_int": { Args: { "p_key": string }; Returns: number };
      "settle_hold": {
        Args: { "p_amount": number; "p_cause": Json; "p_hold": string; "p_ref": string };
        Returns: number;
      };
      "settle_holds": {
        Args: { "p_amounts": (number)[]; "p_causes": (Json)[]; "p_holds": (string)[]; "p_refs": (string)[] };
        Returns: number;
      };
      "settle_invoice": { Args: { "p_invoice": string }; Returns: (string)[] };
      "settle_money_back": { Args: { "p_cause": Json; "p_kind": string; "p_payment": string }; Returns: string };
      "settle_noted": { Args: { "p_payment": string }; Returns: string };
      "sign_checkpoint": {
        Args: { "p_number": number; "p_public_key": string; "p_signature": string };
        Returns: boolean;
      };
      "spending_model": {
        Args: { "p_model": string; "p_user": string };
        Returns: Database["public"]["Tables"]["models"]["Row"];
        SetofOptions: {
          from: "*";
          to: "models";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "stripe_customer_of": { Args: { "p_livemode": boolean; "p_user": string }; Returns: string };
      "stripe_id_of": { Args: { "p_livemode": boolean; "p_subject": string }; Returns: string };
      "stripe_links": { Args: { "p_ids": (string)[] }; Returns: (string)[] };
      "stripe_objects": { Args: { "p_ids": (string)[] }; Returns: Json };
      "sweep_jobs": { Args: Record<PropertyKey, never>; Returns: Json };
      "sweep_topups": { Args: { "p_limit": number }; Returns: number };
      "take_checkpoint": { Args: { "p_again"?: boolean }; Returns: number };
      "take_entitlement": { Args: { "p_amount"?: number; "p_entitlement": string; "p_user": string }; Returns: number };
      "take_of_plan": {
        Args: {
          "p_amount": number;
          "p_ends": string;
          "p_entitlement": string;
          "p_plan": string;
          "p_starts": string;
          "p_user": string;
        };
        Returns: number;
      };
      "take_rate_limit":
        | {
          Args: { "p_bucket": string; "p_key": string; "p_limit": number; "p_window_seconds": number };
          Returns: {
            "allowed": boolean;
            "remaining": number;
            "retry_after_seconds": number;
          }[];
        }
        | {
          Args: {
            "p_bucket": string;
            "p_hits": number;
            "p_key": string;
            "p_limit": number;
            "p_window_seconds": number;
          };
          Returns: Record<string, unknown>;
        };
      "take_stripe_ticket": { Args: Record<PropertyKey, never>; Returns: number };
      "take_turn": {
        Args: { "p_concurrency": number; "p_limit": number; "p_running": number; "p_worker": string };
        Returns: Json;
      };
      "tell_money_back": {
        Args: {
          "p_old": Omit<
            Database["public"]["Tables"]["payments"]["Row"],
            Database["public"]["Tables"]["payments"]["ComputedFields"]
          >;
          "p_payment": string;
        };
        Returns: undefined;
      };
      "topup_cap_key": { Args: { "p_month": string; "p_user": string }; Returns: string };
      "topups_of_month": { Args: { "p_user": string }; Returns: Record<string, unknown> };
      "transfer_credits": {
        Args: {
          "p_amount": number;
          "p_cause": Json;
          "p_from": string;
          "p_key": string;
          "p_ref": string;
          "p_to": string;
        };
        Returns: Json;
      };
      "try_turns": { Args: { "p_user": string }; Returns: boolean };
      "unknown_at_ours": { Args: { "p_kind": string; "p_objects": Json }; Returns: string[] };
      "unsigned_checkpoints": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "message": string;
          "number": number;
        }[];
      };
      "uuid_or_null": { Args: { "p_text": string }; Returns: string };
      "verdict_of": { Args: { "p_effects": (string)[] }; Returns: string };
      "wake_for_billing": { Args: Record<PropertyKey, never>; Returns: boolean };
      "wake_worker": { Args: Record<PropertyKey, never>; Returns: undefined };
      "warn_of_usage": {
        Args: {
          "p_ends": string;
          "p_entitlement": string;
          "p_maximum": number;
          "p_starts": string;
          "p_used": number;
          "p_user": string;
        };
        Returns: undefined;
      };
      "webhook_facts": {
        Args: {
          "p_event": Omit<
            Database["private"]["Tables"]["webhook_events"]["Row"],
            Database["private"]["Tables"]["webhook_events"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      "webhook_object": { Args: { "p_payload": Json; "p_source": string }; Returns: string };
      "write_audit": { Args: { "p_action": string; "p_detail"?: Json; "p_subject": string }; Returns: number };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
  "public": {
    Tables: {
      "auto_topups": {
        Row: {
          "cap_cents": number;
          "card_brand": string | null;
          "card_last4": string | null;
          "failures": number;
          "off_reason": string | null;
          "pack": string;
          "payment_method": string | null;
          "retry_at": string | null;
          "state": string;
          "threshold": number;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "cap_cents": number;
          "card_brand"?: string | null;
          "card_last4"?: string | null;
          "failures"?: number;
          "off_reason"?: string | null;
          "pack": string;
          "payment_method"?: string | null;
          "retry_at"?: string | null;
          "state"?: string;
          "threshold": number;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "cap_cents"?: number;
          "card_brand"?: string | null;
          "card_last4"?: string | null;
          "failures"?: number;
          "off_reason"?: string | null;
          "pack"?: string;
          "payment_method"?: string | null;
          "retry_at"?: string | null;
          "state"?: string;
          "threshold"?: number;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "auto_topups_pack_fkey";
            columns: ["pack"];
            isOneToOne: false;
            referencedRelation: "credit_packs";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "auto_topups_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: true;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "checkout_sessions": {
        Row: {
          "created_at": string;
          "credited_at": string | null;
          "credits": number;
          "cycle": string | null;
          "expires_at": string | null;
          "id": string;
          "kind": string;
          "pack": string | null;
          "payment_intent": string | null;
          "plan": string | null;
          "price_cents": number;
          "price_subject": string | null;
          "price_version": number | null;
          "status": string;
          "stripe_session_id": string | null;
          "url": string | null;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "credited_at"?: string | null;
          "credits": number;
          "cycle"?: string | null;
          "expires_at"?: string | null;
          "id"?: string;
          "kind"?: string;
          "pack"?: string | null;
          "payment_intent"?: string | null;
          "plan"?: string | null;
          "price_cents": number;
          "price_subject"?: never;
          "price_version"?: number | null;
          "status"?: string;
          "stripe_session_id"?: string | null;
          "url"?: string | null;
          "user_id": string;
        };
        Update: {
          "created_at"?: string;
          "credited_at"?: string | null;
          "credits"?: number;
          "cycle"?: string | null;
          "expires_at"?: string | null;
          "id"?: string;
          "kind"?: string;
          "pack"?: string | null;
          "payment_intent"?: string | null;
          "plan"?: string | null;
          "price_cents"?: number;
          "price_subject"?: never;
          "price_version"?: number | null;
          "status"?: string;
          "stripe_session_id"?: string | null;
          "url"?: string | null;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "checkout_sessions_pack_fkey";
            columns: ["pack"];
            isOneToOne: false;
            referencedRelation: "credit_packs";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "checkout_sessions_plan_cycle_price_version_fkey";
            columns: ["plan", "cycle", "price_version"];
            isOneToOne: false;
            referencedRelation: "plan_prices";
            referencedColumns: ["plan", "cycle", "version"];
          },
          {
            foreignKeyName: "checkout_sessions_plan_fkey";
            columns: ["plan"];
            isOneToOne: false;
            referencedRelation: "plans";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "checkout_sessions_price_fkey";
            columns: ["price_subject", "price_version"];
            isOneToOne: false;
            referencedRelation: "credit_prices";
            referencedColumns: ["subject", "version"];
          },
          {
            foreignKeyName: "checkout_sessions_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "credit_accounts": {
        Row: {
          "available": number;
          "debt": number;
          "head_hash": string;
          "held": number;
          "seq": number;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "available"?: number;
          "debt"?: number;
          "head_hash"?: string;
          "held"?: number;
          "seq"?: number;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "available"?: number;
          "debt"?: number;
          "head_hash"?: string;
          "held"?: number;
          "seq"?: number;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "credit_checkpoints": {
        Row: {
          "accounts": number;
          "entries": number;
          "number": number;
          "previous": string;
          "public_key": string | null;
          "root": string;
          "signature": string | null;
          "signed_at": string | null;
          "taken_at": string;
        };
        ComputedFields: never;
        Insert: {
          "accounts": number;
          "entries": number;
          "number": number;
          "previous": string;
          "public_key"?: string | null;
          "root": string;
          "signature"?: string | null;
          "signed_at"?: string | null;
          "taken_at": string;
        };
        Update: {
          "accounts"?: number;
          "entries"?: number;
          "number"?: number;
          "previous"?: string;
          "public_key"?: string | null;
          "root"?: string;
          "signature"?: string | null;
          "signed_at"?: string | null;
          "taken_at"?: string;
        };
        Relationships: [];
      };
      "credit_entries": {
        Row: {
          "amount": number;
          "balance_after": number;
          "cause": NonNullable<Json>;
          "counter_account": string;
          "created_at": string;
          "hash": string;
          "kind": string;
          "ref": string;
          "seq": number;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "balance_after": number;
          "cause"?: NonNullable<Json>;
          "counter_account": string;
          "created_at": string;
          "hash": string;
          "kind": string;
          "ref": string;
          "seq": number;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "balance_after"?: number;
          "cause"?: NonNullable<Json>;
          "counter_account"?: string;
          "created_at"?: string;
          "hash"?: string;
          "kind"?: string;
          "ref"?: string;
          "seq"?: number;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "credit_grants": {
        Row: {
          "amount": number;
          "closed_at": string | null;
          "created_at": string;
          "effective_at": string;
          "entry_seq": number | null;
          "expired": number;
          "expires_at": string | null;
          "number": number;
          "priority": number;
          "ref": string;
          "remaining": number;
          "scheduled": Json | null;
          "source": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "closed_at"?: string | null;
          "created_at"?: string;
          "effective_at": string;
          "entry_seq"?: number | null;
          "expired"?: number;
          "expires_at"?: string | null;
          "number": number;
          "priority"?: number;
          "ref": string;
          "remaining": number;
          "scheduled"?: Json | null;
          "source": string;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "closed_at"?: string | null;
          "created_at"?: string;
          "effective_at"?: string;
          "entry_seq"?: number | null;
          "expired"?: number;
          "expires_at"?: string | null;
          "number"?: number;
          "priority"?: number;
          "ref"?: string;
          "remaining"?: number;
          "scheduled"?: Json | null;
          "source"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "credit_grants_user_id_entry_seq_fkey";
            columns: ["user_id", "entry_seq"];
            isOneToOne: false;
            referencedRelation: "credit_entries";
            referencedColumns: ["user_id", "seq"];
          },
          {
            foreignKeyName: "credit_grants_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "credit_holds": {
        Row: {
          "amount": number;
          "created_at": string;
          "grant_amounts": (number)[];
          "grants": (number)[];
          "id": string;
          "reason": string;
          "resolved_at": string | null;
          "settled_amount": number | null;
          "state": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "created_at"?: string;
          "grant_amounts"?: (number)[];
          "grants"?: (number)[];
          "id": string;
          "reason"?: string;
          "resolved_at"?: string | null;
          "settled_amount"?: number | null;
          "state"?: string;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "created_at"?: string;
          "grant_amounts"?: (number)[];
          "grants"?: (number)[];
          "id"?: string;
          "reason"?: string;
          "resolved_at"?: string | null;
          "settled_amount"?: number | null;
          "state"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "credit_packs": {
        Row: {
          "active": boolean;
          "credits": number;
          "id": string;
          "position": number;
          "price_cents": number;
        };
        ComputedFields: never;
        Insert: {
          "active"?: boolean;
          "credits": number;
          "id": string;
          "position"?: number;
          "price_cents": number;
        };
        Update: {
          "active"?: boolean;
          "credits"?: number;
          "id"?: string;
          "position"?: number;
          "price_cents"?: number;
        };
        Relationships: [];
      };
      "credit_prices": {
        Row: {
          "credits": number;
          "price_cents": number | null;
          "subject": string;
          "valid_from": string;
          "version": number;
        };
        ComputedFields: never;
        Insert: {
          "credits": number;
          "price_cents"?: number | null;
          "subject": string;
          "valid_from"?: string;
          "version": number;
        };
        Update: {
          "credits"?: number;
          "price_cents"?: number | null;
          "subject"?: string;
          "valid_from"?: string;
          "version"?: number;
        };
        Relationships: [];
      };
      "entitlement_usage": {
        Row: {
          "ends_at": string | null;
          "entitlement": string;
          "starts_at": string;
          "used": number;
          "user_id": string;
          "warned": number;
        };
        ComputedFields: never;
        Insert: {
          "ends_at"?: string | null;
          "entitlement": string;
          "starts_at": string;
          "used"?: number;
          "user_id": string;
          "warned"?: number;
        };
        Update: {
          "ends_at"?: string | null;
          "entitlement"?: string;
          "starts_at"?: string;
          "used"?: number;
          "user_id"?: string;
          "warned"?: number;
        };
        Relationships: [
          {
            foreignKeyName: "entitlement_usage_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "invoices": {
        Row: {
          "attempts": number;
          "currency": string;
          "customer": NonNullable<Json>;
          "due_cents": number;
          "hosted_url": string | null;
          "id": string;
          "issued_at": string;
          "lines": NonNullable<Json>;
          "livemode": boolean;
          "next_attempt_at": string | null;
          "number": string | null;
          "paid_at": string | null;
          "paid_cents": number;
          "reason": string | null;
          "status": string;
          "subscription": string | null;
          "subtotal_cents": number;
          "tax_cents": number;
          "taxes": NonNullable<Json>;
          "ticket": number;
          "total_cents": number;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "attempts"?: number;
          "currency": string;
          "customer": NonNullable<Json>;
          "due_cents": number;
          "hosted_url"?: string | null;
          "id": string;
          "issued_at": string;
          "lines": NonNullable<Json>;
          "livemode": boolean;
          "next_attempt_at"?: string | null;
          "number"?: string | null;
          "paid_at"?: string | null;
          "paid_cents": number;
          "reason"?: string | null;
          "status": string;
          "subscription"?: string | null;
          "subtotal_cents": number;
          "tax_cents": number;
          "taxes": NonNullable<Json>;
          "ticket": number;
          "total_cents": number;
          "user_id": string;
        };
        Update: {
          "attempts"?: number;
          "currency"?: string;
          "customer"?: NonNullable<Json>;
          "due_cents"?: number;
          "hosted_url"?: string | null;
          "id"?: string;
          "issued_at"?: string;
          "lines"?: NonNullable<Json>;
          "livemode"?: boolean;
          "next_attempt_at"?: string | null;
          "number"?: string | null;
          "paid_at"?: string | null;
          "paid_cents"?: number;
          "reason"?: string | null;
          "status"?: string;
          "subscription"?: string | null;
          "subtotal_cents"?: number;
          "tax_cents"?: number;
          "taxes"?: NonNullable<Json>;
          "ticket"?: number;
          "total_cents"?: number;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "invoices_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "job_batches": {
        Row: {
          "created_at": string;
          "credits_reserved": number;
          "id": string;
          "model": string;
          "size": number;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "credits_reserved": number;
          "id"?: string;
          "model": string;
          "size": number;
          "user_id": string;
        };
        Update: {
          "created_at"?: string;
          "credits_reserved"?: number;
          "id"?: string;
          "model"?: string;
          "size"?: number;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "job_batches_model_fkey";
            columns: ["model"];
            isOneToOne: false;
            referencedRelation: "models";
            referencedColumns: ["slug"];
          },
          {
            foreignKeyName: "job_batches_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "job_events": {
        Row: {
          "actor": string;
          "at": string;
          "attempt": number | null;
          "detail": Json | null;
          "event": string;
          "id": number;
          "job_id": string;
          "reason": string | null;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "actor": string;
          "at"?: string;
          "attempt"?: number | null;
          "detail"?: Json | null;
          "event": string;
          "id"?: never;
          "job_id": string;
          "reason"?: string | null;
          "user_id": string;
        };
        Update: {
          "actor"?: string;
          "at"?: string;
          "attempt"?: number | null;
          "detail"?: Json | null;
          "event"?: string;
          "id"?: never;
          "job_id"?: string;
          "reason"?: string | null;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "job_events_job_id_fkey";
            columns: ["job_id"];
            isOneToOne: false;
            referencedRelation: "jobs";
            referencedColumns: ["id"];
          },
        ];
      };
      "job_outputs": {
        Row: {
          "bucket": string;
          "bytes": number;
          "content_type": string;
          "created_at": string;
          "duration_ms": number | null;
          "height": number | null;
          "job_id": string;
          "path": string;
          "position": number;
          "sha256": string;
          "thumb_bytes": number | null;
          "thumb_path": string | null;
          "user_id": string;
          "width": number | null;
        };
        ComputedFields: never;
        Insert: {
          "bucket"?: string;
          "bytes": number;
          "content_type": string;
          "created_at"?: string;
          "duration_ms"?: number | null;
          "height"?: number | null;
          "job_id": string;
          "path": string;
          "position": number;
          "sha256": string;
          "thumb_bytes"?: number | null;
          "thumb_path"?: string | null;
          "user_id": string;
          "width"?: number | null;
        };
        Update: {
          "bucket"?: string;
          "bytes"?: number;
          "content_type"?: string;
          "created_at"?: string;
          "duration_ms"?: number | null;
          "height"?: number | null;
          "job_id"?: string;
          "path"?: string;
          "position"?: number;
          "sha256"?: string;
          "thumb_bytes"?: number | null;
          "thumb_path"?: string | null;
          "user_id"?: string;
          "width"?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "job_outputs_job_id_fkey";
            columns: ["job_id"];
            isOneToOne: false;
            referencedRelation: "jobs";
            referencedColumns: ["id"];
          },
        ];
      };
      "jobs": {
        Row: {
          "attempt_id": string | null;
          "attempts": number;
          "batch_id": string | null;
          "covered_by_plan": boolean;
          "created_at": string;
          "credits_charged": number | null;
          "credits_per_output": number;
          "credits_reserved": number;
          "error_code": string | null;
          "error_message": string | null;
          "finished_at": string | null;
          "id": string;
          "input": NonNullable<Json>;
          "kind": string;
          "max_attempts": number;
          "model": string;
          "outputs_requested": number;
          "price_subject": string | null;
          "price_version": number;
          "priority": number;
          "retry_of": string | null;
          "run_at": string;
          "started_at": string | null;
          "status": string;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "attempt_id"?: string | null;
          "attempts"?: number;
          "batch_id"?: string | null;
          "covered_by_plan"?: boolean;
          "created_at"?: string;
          "credits_charged"?: number | null;
          "credits_per_output": number;
          "credits_reserved": number;
          "error_code"?: string | null;
          "error_message"?: string | null;
          "finished_at"?: string | null;
          "id": string;
          "input": NonNullable<Json>;
          "kind": string;
          "max_attempts"?: number;
          "model": string;
          "outputs_requested": number;
          "price_subject"?: never;
          "price_version": number;
          "priority"?: number;
          "retry_of"?: string | null;
          "run_at"?: string;
          "started_at"?: string | null;
          "status"?: string;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "attempt_id"?: string | null;
          "attempts"?: number;
          "batch_id"?: string | null;
          "covered_by_plan"?: boolean;
          "created_at"?: string;
          "credits_charged"?: number | null;
          "credits_per_output"?: number;
          "credits_reserved"?: number;
          "error_code"?: string | null;
          "error_message"?: string | null;
          "finished_at"?: string | null;
          "id"?: string;
          "input"?: NonNullable<Json>;
          "kind"?: string;
          "max_attempts"?: number;
          "model"?: string;
          "outputs_requested"?: number;
          "price_subject"?: never;
          "price_version"?: number;
          "priority"?: number;
          "retry_of"?: string | null;
          "run_at"?: string;
          "started_at"?: string | null;
          "status"?: string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "jobs_batch_id_fkey";
            columns: ["batch_id"];
            isOneToOne: false;
            referencedRelation: "job_batches";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "jobs_id_fkey";
            columns: ["id"];
            isOneToOne: true;
            referencedRelation: "credit_holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "jobs_model_fkey";
            columns: ["model"];
            isOneToOne: false;
            referencedRelation: "models";
            referencedColumns: ["slug"];
          },
          {
            foreignKeyName: "jobs_price_fkey";
            columns: ["price_subject", "price_version"];
            isOneToOne: false;
            referencedRelation: "credit_prices";
            referencedColumns: ["subject", "version"];
          },
          {
            foreignKeyName: "jobs_retry_of_fkey";
            columns: ["retry_of"];
            isOneToOne: false;
            referencedRelation: "jobs";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "jobs_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "models": {
        Row: {
          "active": boolean;
          "credits": number;
          "deadline_seconds": number;
          "input_schema": NonNullable<Json>;
          "kind": string;
          "max_outputs": number;
          "name": string;
          "position": number;
          "provider_input": NonNullable<Json>;
          "provider_model": string;
          "provider_version": string | null;
          "runnable": boolean;
          "slug": string;
        };
        ComputedFields: never;
        Insert: {
          "active"?: boolean;
          "credits": number;
          "deadline_seconds"?: number;
          "input_schema": NonNullable<Json>;
          "kind": string;
          "max_outputs"?: number;
          "name": string;
          "position"?: number;
          "provider_input"?: NonNullable<Json>;
          "provider_model": string;
          "provider_version"?: string | null;
          "runnable"?: boolean;
          "slug": string;
        };
        Update: {
          "active"?: boolean;
          "credits"?: number;
          "deadline_seconds"?: number;
          "input_schema"?: NonNullable<Json>;
          "kind"?: string;
          "max_outputs"?: number;
          "name"?: string;
          "position"?: number;
          "provider_input"?: NonNullable<Json>;
          "provider_model"?: string;
          "provider_version"?: string | null;
          "runnable"?: boolean;
          "slug"?: string;
        };
        Relationships: [];
      };
      "payments": {
        Row: {
          "amount_cents": number;
          "checkout_id": string | null;
          "created_at": string;
          "dispute": string | null;
          "disputed_cents": number;
          "grant_amounts": (number)[];
          "grants": (number)[];
          "id": string;
          "invoice": string | null;
          "livemode": boolean;
          "moves": number;
          "refunded_cents": number;
          "taken_credits": number;
          "ticket": number;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount_cents": number;
          "checkout_id"?: string | null;
          "created_at"?: string;
          "dispute"?: string | null;
          "disputed_cents"?: number;
          "grant_amounts"?: (number)[];
          "grants"?: (number)[];
          "id": string;
          "invoice"?: string | null;
          "livemode": boolean;
          "moves"?: number;
          "refunded_cents"?: number;
          "taken_credits"?: number;
          "ticket"?: number;
          "user_id": string;
        };
        Update: {
          "amount_cents"?: number;
          "checkout_id"?: string | null;
          "created_at"?: string;
          "dispute"?: string | null;
          "disputed_cents"?: number;
          "grant_amounts"?: (number)[];
          "grants"?: (number)[];
          "id"?: string;
          "invoice"?: string | null;
          "livemode"?: boolean;
          "moves"?: number;
          "refunded_cents"?: number;
          "taken_credits"?: number;
          "ticket"?: number;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "payments_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
      "plan_entitlements": {
        Row: {
          "entitlement": string;
          "maximum": number | null;
          "plan": string;
          "valid_from": string;
          "version": number;
        };
        ComputedFields: never;
        Insert: {
          "entitlement": string;
          "maximum"?: number | null;
          "plan": string;
          "valid_from"?: string;
          "version": number;
        };
        Update: {
          "entitlement"?: string;
          "maximum"?: number | null;
          "plan"?: string;
          "valid_from"?: string;
          "version"?: number;
        };
        Relationships: [
          {
            foreignKeyName: "plan_entitlements_plan_fkey";
            columns: ["plan"];
            isOneToOne: false;
            referencedRelation: "plans";
            referencedColumns: ["id"];
          },
        ];
      };
      "plan_prices": {
        Row: {
          "cycle": string;
          "plan": string;
          "price_cents": number;
          "valid_from": string;
          "version": number;
        };
        ComputedFields: never;
        Insert: {
          "cycle": string;
          "plan": string;
          "price_cents": number;
          "valid_from"?: string;
          "version": number;
        };
        Update: {
          "cycle"?: string;
          "plan"?: string;
          "price_cents"?: number;
          "valid_from"?: string;
          "version"?: number;
        };
        Relationships: [
          {
            foreignKeyName: "plan_prices_plan_fkey";
            columns: ["plan"];
            isOneToOne: false;
            referencedRelation: "plans";
            referencedColumns: ["id"];
          },
        ];
      };
      "plans": {
        Row: {
          "active": boolean;
          "id": string;
          "rank": number;
          "trial_days": number;
          "trial_generations": number | null;
        };
        ComputedFields: never;
        Insert: {
          "active"?: boolean;
          "id": string;
          "rank": number;
          "trial_days"?: number;
          "trial_generations"?: number | null;
        };
        Update: {
          "active"?: boolean;
          "id"?: string;
          "rank"?: number;
          "trial_days"?: number;
          "trial_generations"?: number | null;
        };
        Relationships: [];
      };
      "profiles": {
        Row: {
          "created_at": string;
          "display_name": string;
          "email": string;
          "email_confirmed_at": string | null;
          "free_until": string;
          "id": string;
          "locale": string;
          "role": string;
          "status": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "display_name"?: string;
          "email": string;
          "email_confirmed_at"?: string | null;
          "free_until"?: string;
          "id": string;
          "locale"?: string;
          "role"?: string;
          "status"?: string;
        };
        Update: {
          "created_at"?: string;
          "display_name"?: string;
          "email"?: string;
          "email_confirmed_at"?: string | null;
          "free_until"?: string;
          "id"?: string;
          "locale"?: string;
          "role"?: string;
          "status"?: string;
        };
        Relationships: [];
      };
      "subscriptions": {
        Row: {
          "cancel_at": string | null;
          "created_at": string;
          "current_period_end": string;
          "current_period_start": string;
          "cycle": string;
          "ended_at": string | null;
          "id": string;
          "latest_invoice": string | null;
          "livemode": boolean;
          "past_due_since": string | null;
          "plan": string;
          "price_version": number;
          "status": string;
          "ticket": number;
          "trial_ends_at": string | null;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "cancel_at"?: string | null;
          "created_at": string;
          "current_period_end": string;
          "current_period_start": string;
          "cycle": string;
          "ended_at"?: string | null;
          "id": string;
          "latest_invoice"?: string | null;
          "livemode": boolean;
          "past_due_since"?: string | null;
          "plan": string;
          "price_version": number;
          "status": string;
          "ticket": number;
          "trial_ends_at"?: string | null;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "cancel_at"?: string | null;
          "created_at"?: string;
          "current_period_end"?: string;
          "current_period_start"?: string;
          "cycle"?: string;
          "ended_at"?: string | null;
          "id"?: string;
          "latest_invoice"?: string | null;
          "livemode"?: boolean;
          "past_due_since"?: string | null;
          "plan"?: string;
          "price_version"?: number;
          "status"?: string;
          "ticket"?: number;
          "trial_ends_at"?: string | null;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "subscriptions_plan_cycle_price_version_fkey";
            columns: ["plan", "cycle", "price_version"];
            isOneToOne: false;
            referencedRelation: "plan_prices";
            referencedColumns: ["plan", "cycle", "version"];
          },
          {
            foreignKeyName: "subscriptions_plan_fkey";
            columns: ["plan"];
            isOneToOne: false;
            referencedRelation: "plans";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "subscriptions_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "credit_accounts";
            referencedColumns: ["user_id"];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      "cancel_job": { Args: { "p_job": string }; Returns: string };
      "checkpoint_proof": { Args: Record<PropertyKey, never>; Returns: Json };
      "count_live_jobs": { Args: Record<PropertyKey, never>; Returns: number };
      "decide_adjustment": {
        Args: { "p_adjustment": string; "p_approve": boolean; "p_note"?: string };
        Returns: {
          "entry_seq": number;
          "state": string;
        }[];
      };
      "enqueue_batch": {
        Args: {
          "p_expected_credits"?: number;
          "p_idempotency_key"?: string;
          "p_inputs": Json;
          "p_model": string;
          "p_request_hash"?: string;
        };
        Returns: {
          "batch_id": string;
          "replayed": boolean;
        }[];
      };
      "enqueue_job": {
        Args: {
          "p_expected_credits"?: number;
          "p_idempotency_key"?: string;
          "p_input": Json;
          "p_model": string;
          "p_request_hash"?: string;
          "p_run_at"?: string;
        };
        Returns: {
          "job_id": string;
          "replayed": boolean;
        }[];
      };
      "job_story": { Args: { "p_job": string }; Returns: Json };
      "operator_account": { Args: { "p_user": string }; Returns: Json };
      "operator_account_id": { Args: { "p_name": string }; Returns: string };
      "operator_adjustment": { Args: { "p_adjustment": string }; Returns: Json };
      "operator_adjustments": {
        Args: { "p_at"?: string; "p_id"?: string; "p_limit"?: number; "p_pending": boolean };
        Returns: Json[];
      };
      "operator_audit_log": {
        Args: { "p_actor"?: string; "p_before"?: number; "p_limit"?: number };
        Returns: {
          "account_email": string;
          "action": string;
          "actor": string;
          "actor_email": string;
          "at": string;
          "detail": Json;
          "id": number;
          "login": string;
          "subject": string;
        }[];
      };
      "operator_breaches": {
        Args: { "p_limit"?: number; "p_resolved"?: boolean };
        Returns: {
          "accepted": string;
          "detail": Json;
          "email": string;
          "first_seen_at": string;
          "id": number;
          "invariant": string;
          "last_seen_at": string;
          "place": string;
          "resolved_at": string;
          "seq": number;
          "user_id": string;
        }[];
      };
      "operator_dead_letter_counts": { Args: Record<PropertyKey, never>; Returns: Json };
      "operator_dead_letters": {
        Args: {
          "p_at"?: string;
          "p_error"?: string;
          "p_from"?: string;
          "p_id"?: string;
          "p_limit"?: number;
          "p_model"?: string;
          "p_state"?: string;
          "p_until"?: string;
          "p_user"?: string;
        };
        Returns: Json[];
      };
      "operator_discard_jobs": {
        Args: { "p_jobs": (string)[]; "p_reason": string };
        Returns: {
          "job_id": string;
          "outcome": string;
          "reason": string;
        }[];
      };
      "operator_engine": { Args: Record<PropertyKey, never>; Returns: Json };
      "operator_entries": {
        Args: { "p_after"?: number; "p_around"?: number; "p_before"?: number; "p_limit"?: number; "p_user": string };
        Returns: {
          "amount": number;
          "balance_after": number;
          "cause": Json;
          "counter_account": string;
          "created_at": string;
          "hash": string;
          "kind": string;
          "ref": string;
          "seq": number;
          "wrong": (string)[];
        }[];
      };
      "operator_entry": { Args: { "p_seq": number; "p_user": string }; Returns: Json };
      "operator_invariants": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "check_failed": boolean;
          "description": string;
          "last_checked": number;
          "last_ms": number;
          "last_run_at": string;
          "name": string;
          "next_run_at": string;
          "open_breaches": number;
          "pass_checked": number;
          "pass_finished_at": string;
          "pass_started_at": string;
          "passes": number;
          "progress": number;
        }[];
      };
      "operator_job": { Args: { "p_job": string }; Returns: Json };
      "operator_model_margins": {
        Args: { "p_days"?: number };
        Returns: {
          "attempts": number;
          "canceled": number;
          "cost_micros": number;
          "credits": number;
          "failed": number;
          "house_credits": number;
          "model": string;
          "name": string;
          "revenue_micros": number;
          "succeeded": number;
        }[];
      };
      "operator_preview_adjustment": { Args: { "p_amount": number; "p_user": string }; Returns: Json };
      "operator_preview_webhook": {
        Args: { "p_event": string; "p_facts": Json; "p_livemode": boolean };
        Returns: Json;
      };
      "operator_reconciliations": {
        Args: { "p_limit"?: number };
        Returns: {
          "compared": number;
          "error": string;
          "finished_at": string;
          "id": number;
          "repaired": Json;
          "since": string;
          "started_at": string;
        }[];
      };
      "operator_replay_webhook": { Args: { "p_event": string }; Returns: string };
      "operator_requeue_jobs": {
        Args: { "p_jobs": (string)[] };
        Returns: {
          "job_id": string;
          "new_job": string;
          "outcome": string;
          "reason": string;
        }[];
      };
      "operator_retry_task": { Args: { "p_task": number }; Returns: string };
      "operator_search": {
        Args: { "p_limit"?: number; "p_query": string };
        Returns: {
          "available": number;
          "debt": number;
          "display_name": string;
          "email": string;
          "entry_seq": number;
          "held": number;
          "matched": string;
          "role": string;
          "status": string;
          "user_id": string;
        }[];
      };
      "operator_start_reconciliation": { Args: { "p_days": number }; Returns: string };
      "operator_stripe_catalogue": {
        Args: { "p_livemode": boolean };
        Returns: {
          "cycle": string;
          "on_sale": boolean;
          "plan": string;
          "price_cents": number;
          "stripe_id": string;
          "synced_at": string;
          "valid_from": string;
          "version": number;
        }[];
      };
      "operator_tasks": {
        Args: { "p_limit"?: number; "p_state": string };
        Returns: {
          "attempts": number;
          "created_at": string;
          "data": Json;
          "email": string;
          "error": string;
          "finished_at": string;
          "id": number;
          "key": string;
          "kind": string;
          "run_at": string;
          "user_id": string;
        }[];
      };
      "operator_totals_by_day": {
        Args: { "p_days"?: number };
        Returns: {
          "amount": number;
          "counter_account": string;
          "day": string;
          "entries": number;
          "kind": string;
        }[];
      };
      "operator_trial_balance": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "account": string;
          "amount": number;
        }[];
      };
      "operator_webhook_counts": { Args: Record<PropertyKey, never>; Returns: Json };
      "operator_webhook_event": { Args: { "p_event": string }; Returns: Json };
      "operator_webhook_events": {
        Args: {
          "p_at"?: string;
          "p_from"?: string;
          "p_id"?: string;
          "p_limit"?: number;
          "p_object"?: string;
          "p_type"?: string;
          "p_until"?: string;
          "p_verdict"?: string;
        };
        Returns: Json[];
      };
      "read_plan": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "cancel_at": string;
          "chosen_at": string;
          "clock": string;
          "current_period_end": string;
          "cycle": string;
          "ends_at": string;
          "grace_ends_at": string;
          "had_trial": boolean;
          "open_invoice": string;
          "ordered_plan": string;
          "plan": string;
          "price_cents": number;
          "starts_at": string;
          "status": string;
          "subscription": string;
          "trial_ends_at": string;
        }[];
      };
      "read_topups_of_month": { Args: Record<PropertyKey, never>; Returns: number };
      "read_usage": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "entitlement": string;
          "maximum": number;
          "resets_at": string;
          "used": number;
        }[];
      };
      "request_adjustment": {
        Args: {
          "p_amount": number;
          "p_idempotency_key"?: string;
          "p_reason": string;
          "p_request_hash"?: string;
          "p_user": string;
        };
        Returns: {
          "adjustment_id": string;
          "entry_seq": number;
          "replayed": boolean;
          "state": string;
        }[];
      };
      "set_auto_topup": { Args: { "p_cap_cents": number; "p_pack": string; "p_threshold": number }; Returns: string };
      "stop_auto_topup": { Args: Record<PropertyKey, never>; Returns: undefined };
      "update_profile": { Args: { "p_display_name": string; "p_locale": string }; Returns: undefined };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Insert: infer I;
  } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Update: infer U;
  } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "private": {
    Enums: {},
  },
  "public": {
    Enums: {},
  },
} as const;

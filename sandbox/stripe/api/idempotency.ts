/**
 * Idempotency keys as Stripe keeps them (docs.stripe.com/api/idempotent_requests): the first answer to a key is
 * kept for 24 hours and given again; a request that was refused before anything began keeps nothing.
 */
import type { Collection, Store } from "../../state/store.ts";
import { ApiError } from "./errors.ts";

interface Kept {
  key: string;
  fingerprint: string;
  status: number;
  body: string;
  request_id: string;
  at: number;
}

export interface Idempotency {
  /** The kept answer; null when the request is the first, which then holds the key until `release`. */
  enter(key: string, fingerprint: string): Kept | null;
  /** Keeps an answer; call it inside the transaction that made what the answer tells of. */
  keep(key: string, fingerprint: string, answer: { status: number; body: string; request_id: string }): void;
  release(key: string): void;
}

export function createIdempotency(store: Store, now: () => number): Idempotency {
  const kept: Collection<Kept> = store.collection("stripe_idempotency");
  const underWay = new Map<string, string>();
  const dayMs = 24 * 60 * 60 * 1000;

  return {
    enter(key, fingerprint) {
      if (key.length > 255) {
        throw new ApiError(400, `Idempotency keys can be at most 255 characters; yours has ${key.length}.`, {
          type: "idempotency_error",
        });
      }
      const before = kept.get(key);
      const fresh = before && now() - before.at < dayMs ? before : null;
      const other = fresh?.fingerprint ?? underWay.get(key);
      if (other !== undefined && other !== fingerprint) {
        throw new ApiError(
          400,
          `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
          { type: "idempotency_error" },
        );
      }
      if (fresh) return fresh;
      if (underWay.has(key)) {
        throw new ApiError(
          409,
          `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again in a bit.`,
          { type: "idempotency_error", code: "idempotency_key_in_use" },
        );
      }
      underWay.set(key, fingerprint);
      return null;
    },
    keep(key, fingerprint, answer) {
      kept.put(key, { key, fingerprint, ...answer, at: now() });
    },
    release: (key) => void underWay.delete(key),
  };
}

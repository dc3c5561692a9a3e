/**
 * The webhook post office of the stand-ins: a durable queue that posts each event until the receiver answers 2xx,
 * keeps a journal of every attempt, and lets the fault switches interfere.
 *
 * Stripe tries for three days, Replicate for about a minute. Time is compressed here: waits of 1 s, 2 s, 4 s … up to
 * five minutes, 16 attempts, about 45 minutes in all. Undelivered events survive a restart and are tried at once.
 */
import type { Collection, Store } from "../state/store.ts";
import type { Faults, Plan, Source } from "./mod.ts";

export interface Parcel {
  source: Source;
  /** The event's id, the same on every attempt. */
  event: string;
  type: string;
  url: string;
  body: string;
  /** How often to try before giving up; 16 without it. */
  attempts?: number;
}

export interface Attempt {
  at: string;
  /** The receiver's HTTP status; null when none came. */
  status: number | null;
  ms: number;
  /** Why there is no status, or the beginning of the answer when it was not 2xx. */
  error: string | null;
  /** The faults that interfered, in words. */
  faults: string[];
}

export interface Delivery extends Required<Parcel> {
  id: string;
  state: "pending" | "delivered" | "gave_up";
  created_at: string;
  /** When the next attempt is due; null once there is none. */
  next_at: string | null;
  tried: number;
  log: Attempt[];
}

/** The signature headers of one attempt. `bad` asks for one that does not verify. */
export type Sign = (
  delivery: Delivery,
  bad: boolean,
) => Record<string, string> | Promise<Record<string, string>>;

export interface Deliveries {
  /** Each source signs its own way, afresh at every attempt. Call before anything is sent. */
  signWith(source: Source, sign: Sign): void;
  /** Queues an event and returns the delivery's id; durable when this returns. */
  deliver(parcel: Parcel): string;
  /** Sends an event once more, whatever became of it. False for an unknown id. */
  resend(id: string): boolean;
  /** Newest first. */
  journal(options?: { source?: Source; limit?: number }): Delivery[];
  /** How many of a source are still to be delivered. */
  pending(source: Source): number;
  /** Tells who is interested that the journal changed. */
  onChange(listener: (delivery: Delivery) => void): void;
  /** Starts with what an earlier process left undelivered. Call once all sources can sign. */
  resume(): void;
  /** Stops the clockwork; what is pending stays stored. Resolves when posts under way have ended. */
  close(): Promise<void>;
}

export interface DeliveryOptions {
  store: Store;
  faults: Faults;
  /** The first wait before a retry; each further one doubles. */
  retryMs?: number;
  longestRetryMs?: number;
  /** How long the receiver may take to answer. */
  timeoutMs?: number;
  /** How long deliveries are gathered while the order is being shuffled. */
  gatherMs?: number;
  /** How many deliveries the journal keeps. */
  keep?: number;
  now?: () => number;
}

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { store, faults } = options;
  const retryMs = options.retryMs ?? 1_000;
  const longestRetryMs = options.longestRetryMs ?? 300_000;
  const timeoutMs = options.timeoutMs ?? 20_000;
  const gatherMs = options.gatherMs ?? 400;
  const keep = options.keep ?? 2_000;
  const now = options.now ?? Date.now;

  const deliveries: Collection<Delivery> = store.collection("deliveries");
  const signers = new Map<Source, Sign>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const pending = new Map<string, Source>();
  const gathered = new Map<Source, { id: string; plan: Plan }[]>();
  const underWay = new Set<Promise<void>>();
  const listeners: ((delivery: Delivery) => void)[] = [];
  const stop = new AbortController();
  const iso = (ms: number) => new Date(ms).toISOString();

  for (const { id, source, state } of deliveries.list()) if (state === "pending") pending.set(id, source);

  function save(delivery: Delivery) {
    deliveries.put(delivery.id, delivery);
    if (delivery.state === "pending") pending.set(delivery.id, delivery.source);
    else pending.delete(delivery.id);
    for (const listener of listeners) listener(delivery);
  }

  function schedule(id: string, waitMs: number) {
    if (stop.signal.aborted) return;
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(() => due(id), Math.max(0, waitMs)));
  }

  /** Decides the fate of an attempt that is due, and sets it going. */
  function due(id: string) {
    timers.delete(id);
    const delivery = deliveries.get(id);
    // What was queued in a transaction that did not come about, or is older than the journal.
    if (!delivery) return void pending.delete(id);
    const plan = faults.plan(delivery.source);
    if (plan.reorder) return gather(delivery.source, { id, plan });
    depart(id, plan);
  }

  function gather(source: Source, item: { id: string; plan: Plan }) {
    const waiting = gathered.get(source);
    if (waiting) return void waiting.push(item);
    gathered.set(source, [item]);
    timers.set(
      `gather ${source}`,
      setTimeout(() => void letGo(source), gatherMs),
    );
  }

  /** One after another, because posts that start together may overtake each other back into order. */
  async function letGo(source: Source) {
    timers.delete(`gather ${source}`);
    const items = gathered.get(source) ?? [];
    gathered.delete(source);
    for (const { id, plan } of faults.random.shuffle(items)) {
      await depart(id, plan);
    }
  }

  function depart(id: string, plan: Plan): Promise<void> {
    const trip = attempt(id, plan).finally(() => underWay.delete(trip));
    underWay.add(trip);
    return trip;
  }

  async function attempt(id: string, plan: Plan) {
    if (plan.delayMs > 0) await pause(plan.delayMs, stop.signal);
    if (stop.signal.aborted) return;
    const delivery = deliveries.get(id);
    if (!delivery) return;
    const copies = plan.drop ? 1 : plan.copies;
    const attempts = await Promise.all(
      Array.from({ length: copies }, (_, copy) => post(delivery, plan, copy)),
    );
    // A post cut off by closing says nothing about the receiver: leave it pending for the next process.
    if (stop.signal.aborted && !attempts.some(succeeded)) return;
    record(id, attempts);
  }

  async function post(
    delivery: Delivery,
    plan: Plan,
    copy: number,
  ): Promise<Attempt> {
    const started = now();
    const interfering = describe(plan, copy);
    const outcome = (status: number | null, error: string | null): Attempt => (
      {
        at: iso(started),
        status,
        ms: now() - started,
        error,
        faults: interfering,
      }
    );
    if (plan.drop) return outcome(null, "lost on the way (fault switch)");
    try {
      const sign = signers.get(delivery.source);
      if (!sign) throw new Error(`nothing signs for ${delivery.source}`);
      const signature = await sign(delivery, plan.badSignature);
      const response = await fetch(delivery.url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          ...signature,
        },
        body: delivery.body,
        // A redirect is a failed delivery, as it is with the real services.
        redirect: "manual",
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const answer = await response.text();
      return outcome(
        response.status,
        response.ok ? null : answer.slice(0, 300),
      );
    } catch (error) {
      return outcome(
        null,
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  function record(id: string, attempts: Attempt[]) {
    const delivery = deliveries.get(id);
    if (!delivery) return;
    delivery.tried++;
    // A receiver that stays away for days must not grow the row without end.
    delivery.log = [...delivery.log, ...attempts].slice(-50);
    if (delivery.state === "delivered" || attempts.some(succeeded)) {
      delivery.state = "delivered";
      delivery.next_at = null;
    } else if (delivery.tried >= delivery.attempts) {
      delivery.state = "gave_up";
      delivery.next_at = null;
    } else {
      const wait = Math.min(
        retryMs * 2 ** (delivery.tried - 1),
        longestRetryMs,
      );
      delivery.state = "pending";
      delivery.next_at = iso(now() + wait);
      schedule(id, wait);
    }
    save(delivery);
  }

  return {
    signWith: (source, sign) => void signers.set(source, sign),
    deliver(parcel) {
      const id = `dlv_${crypto.randomUUID().replaceAll("-", "")}`;
      const at = iso(now());
      save({
        attempts: 16,
        ...parcel,
        id,
        state: "pending",
        created_at: at,
        next_at: at,
        tried: 0,
        log: [],
      });
      deliveries.trim(keep);
      schedule(id, 0);
      return id;
    },
    resend(id) {
      const delivery = deliveries.get(id);
      if (!delivery) return false;
      // One more try even for a delivery that used all of its own.
      delivery.attempts = Math.max(delivery.attempts, delivery.tried + 1);
      save(delivery);
      schedule(id, 0);
      return true;
    },
    journal: ({ source, limit } = {}) => {
      const all = deliveries.list(source ? {} : { limit });
      return all.filter((delivery) => !source || delivery.source === source)
        .slice(0, limit);
    },
    pending: (source) => [...pending.values()].filter((other) => other === source).length,
    onChange: (listener) => void listeners.push(listener),
    resume() {
      for (const { id, state } of deliveries.list()) {
        if (state === "pending") schedule(id, 0);
      }
    },
    async close() {
      stop.abort(new Error("the sandbox is closing"));
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.allSettled(underWay);
    },
  };
}

const succeeded = ({ status }: Attempt) => status !== null && status >= 200 && status < 300;

function describe(plan: Plan, copy: number): string[] {
  const words: string[] = [];
  if (plan.delayMs > 0) words.push(`delayed ${plan.delayMs} ms`);
  if (plan.drop) words.push("dropped");
  if (plan.reorder) words.push("reordered");
  if (plan.badSignature) words.push("wrong signature");
  if (copy > 0) words.push(`copy ${copy + 1}`);
  return words;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

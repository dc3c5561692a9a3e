/**
 * The sandbox's clock: the computer's, moved forward by whoever wants to see next month today. The distance is kept,
 * so that a restart does not travel back.
 */
import { addMonths } from "./calendar.ts";
import type { Collection, Store } from "./state/store.ts";

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** How far ahead of the computer's clock it is. */
  offsetMs(): number;
  /**
   * Moves on to a moment. Resolves when all who listen have followed.
   *
   * @throws {ClockRefusal} for a moment that has passed or is more than 13 months away.
   */
  advanceTo(ms: number): Promise<void>;
  /**
   * Who keeps a time of their own hears the new distance before the clock moves, one after another, and is waited
   * for: the app must not learn of next month's renewal while its own database still lives in this month. When a
   * listener throws, the clock stays.
   */
  onAdvance(listener: (offsetMs: number) => void | Promise<void>): void;
  /** Called once the clock has moved; for what is due by then. */
  afterAdvance(listener: () => void): void;
}

export class ClockRefusal extends Error {}

const mostMonths = 13;

export function createClock(store: Store, wallMs: () => number = Date.now): Clock {
  const kept: Collection<{ offset_ms: number }> = store.collection("clock");
  const before: ((offsetMs: number) => void | Promise<void>)[] = [];
  const after: (() => void)[] = [];
  let offset = kept.get("offset")?.offset_ms ?? 0;
  let last: Promise<void> = Promise.resolve();
  const nowMs = () => wallMs() + offset;

  async function advance(ms: number) {
    const now = nowMs();
    if (ms < now) throw new ClockRefusal("The clock only moves forward.");
    if (ms > addMonths(now / 1000, mostMonths) * 1000) {
      throw new ClockRefusal(`The clock moves at most ${mostMonths} months at a time.`);
    }
    const target = ms - wallMs();
    for (const listener of before) await listener(target);
    offset = target;
    kept.put("offset", { offset_ms: target });
    for (const listener of after) listener();
  }

  return {
    nowMs,
    offsetMs: () => offset,
    advanceTo(ms) {
      // In turn: two at once would each measure the distance from where the other is about to leave.
      const turn = last.then(() => advance(ms));
      last = turn.catch(() => {});
      return turn;
    },
    onAdvance: (listener) => void before.push(listener),
    afterAdvance: (listener) => void after.push(listener),
  };
}

import { AppError } from "../../domain/errors.ts";

/** A limit on what one person may hold open in this process at once, such as streams. */
export function createPlaces(limit: number) {
  const taken = new Map<string, number>();
  /** @returns what gives the place back, once. @throws {AppError} rate_limited */
  return function takePlace(userId: string): () => void {
    const count = taken.get(userId) ?? 0;
    if (count >= limit) {
      throw new AppError("rate_limited", { detail: `At most ${limit} of these may be open at once.`, retryAfter: 5 });
    }
    taken.set(userId, count + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (taken.get(userId) ?? 1) - 1;
      if (left > 0) taken.set(userId, left);
      else taken.delete(userId);
    };
  };
}

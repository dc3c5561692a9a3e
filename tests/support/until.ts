import { setTimeout as sleep } from "node:timers/promises";

/** Looks until there is something; the test runner's own patience ends it. */
export async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await sleep(20);
  }
}

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Looks until there is something (not null, undefined or false), and says what was missing when it never comes. */
export async function until<T>(
  look: () => T | Promise<T>,
  what = "what the test looks for",
  ms = 60_000,
): Promise<Exclude<T, null | undefined | false>> {
  for (const end = Date.now() + ms;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) {
      return found as Exclude<T, null | undefined | false>;
    }
    assert.ok(Date.now() < end, `never happened: ${what}`);
    await sleep(20);
  }
}

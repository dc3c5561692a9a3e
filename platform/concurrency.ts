/**
 * Runs `act` for every item, at most `limit` of them at once. After an error nothing new is begun, and it is
 * thrown when what was under way has ended.
 */
export async function forEachAtMost<T>(
  limit: number,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const lane = async () => {
    for (const item of queue) {
      if (failed) return;
      try {
        await act(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const result of lanes) if (result.status === "rejected") throw result.reason;
}

/**
 * Lets through at most `limit` acts at once, whoever they are of; the others wait, first come, first served, and whoever has
 * waited for `patienceMs` is turned away. @throws {NoRoom}
 */
export function createGate(limit: number, patienceMs: number): <T>(act: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(new NoRoom(`There was no place among ${limit} for ${patienceMs} ms.`));
      }, patienceMs);
      waiting.push(begin);
    });
  return async (act) => {
    if (free > 0) free--;
    else await turn();
    try {
      return await act();
    } finally {
      // The place goes from hand to hand, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** Whoever waited for a place of a gate got none. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
}

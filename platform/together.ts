import type { Clock } from "./clock.ts";

/**
 * Sends items that come while a group is on its way together, once that was answered: at once where nothing is going on, in
 * ever larger groups under load. Nothing waits for company. One group at a time, for two would be half as large and commit
 * twice as often.
 *
 * @param send answers for each item, in their order
 * @param options.most items of one group
 * @param options.patienceMs how long the others wait for a group; its answers count whenever they come
 */
export function together<Item, Answer>(
  send: (items: Item[]) => Promise<Answer[]>,
  { clock, most, patienceMs }: { clock: Pick<Clock, "timer">; most: number; patienceMs: number },
): (item: Item) => Promise<Answer> {
  const waiting: { item: Item; resolve(answer: Answer): void; reject(error: unknown): void }[] = [];
  let underWay = false;
  /** Groups for which nobody waits any longer. */
  let overdue = 0;

  async function go(): Promise<void> {
    if (underWay || waiting.length === 0) return;
    const group = waiting.splice(0, most);
    underWay = true;
    let onItsWay = true;
    let isOverdue = false;
    const free = () => {
      if (!onItsWay) return;
      onItsWay = underWay = false;
      go();
    };
    const callOff = clock.timer(() => {
      // What holds up two groups, a lock say, would hold up the next as well, and take every connection.
      if (overdue === 2) return;
      overdue++;
      isOverdue = true;
      free();
    }, patienceMs);
    try {
      const answers = await send(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => resolve(answers[at]));
    } catch (error) {
      if (group.length === 1) group[0].reject(error);
      // What is wrong with one is not the others' trouble: each by itself.
      else for (const { item, resolve, reject } of group) send([item]).then(([answer]) => resolve(answer), reject);
    } finally {
      callOff();
      if (isOverdue) overdue--;
      free();
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      go();
    });
}

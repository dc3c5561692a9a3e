/**
 * Sends items that come while earlier ones are on their way together, when those have arrived: at once where nothing is going
 * on, in ever larger groups under load. Nothing waits for company.
 *
 * @param send answers for each item, in their order
 * @param most items of one group
 */
export function together<Item, Answer>(
  send: (items: Item[]) => Promise<Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  const waiting: { item: Item; resolve(answer: Answer): void; reject(error: unknown): void }[] = [];
  let underWay = false;

  async function go(): Promise<void> {
    if (underWay || waiting.length === 0) return;
    const group = waiting.splice(0, most);
    underWay = true;
    try {
      const answers = await send(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => resolve(answers[at]));
    } catch (error) {
      if (group.length === 1) group[0].reject(error);
      // What is wrong with one is not the others' trouble: each by itself.
      else for (const { item, resolve, reject } of group) send([item]).then(([answer]) => resolve(answer), reject);
    } finally {
      underWay = false;
      go();
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      go();
    });
}

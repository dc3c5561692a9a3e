import assert from "node:assert/strict";
import { createGate, forEachAtMost, NoRoom } from "../../../platform/concurrency.ts";

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

Deno.test("every item has its turn, and never more than the limit at once", async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachAtMost(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
    most = Math.max(most, ++running);
    await tick();
    running--;
    done.push(item);
  });
  assert.deepEqual(done.sort(), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 3);
  await forEachAtMost(3, [], () => assert.fail("there is nothing to do"));
});

Deno.test("after an error nothing new is begun, and what was under way ends first", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const run = forEachAtMost(2, [1, 2, 3, 4], async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("no");
    await tick();
    ended.push(item);
  });
  await assert.rejects(run, /no/);
  assert.deepEqual([begun, ended], [[1, 2], [2]]);
});

Deno.test("a gate lets so many through at once, whoever they are of, in the order in which they came, and after an error too", async () => {
  const gate = createGate(2, 60_000);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const acts = [1, 2, 3, 4, 5].map((n) =>
    gate(async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await tick();
      running--;
      if (n <= 2) throw new Error("no");
      return n;
    })
  );
  const results = await Promise.allSettled(acts);
  assert.deepEqual(results.map((result) => result.status === "fulfilled" ? result.value : null), [null, null, 3, 4, 5]);
  assert.deepEqual([begun, most], [[1, 2, 3, 4, 5], 2]);
});

Deno.test("a gate turns away whoever has waited too long, and nobody else for it", async () => {
  const gate = createGate(1, 20);
  const { promise: hanging, resolve: goOn } = Promise.withResolvers<void>();
  const begun: string[] = [];
  const first = gate(() => hanging);
  const impatient = assert.rejects(gate(() => Promise.resolve(begun.push("impatient"))), NoRoom);
  await impatient;
  const patient = gate(() => Promise.resolve(begun.push("patient")));
  goOn();
  await Promise.all([first, patient]);
  await gate(() => Promise.resolve(begun.push("next")));
  assert.deepEqual(begun, ["patient", "next"]);
});

import assert from "node:assert/strict";
import { findOrphan } from "../../../domain/jobs/find-orphan.ts";
import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import { systemClock } from "../../../platform/clock.ts";
import { type Prediction, ProviderError } from "../../../platform/replicate.ts";

const ATTEMPT = "00000000-0000-4000-8000-000000000001";
const ANOTHER = "00000000-0000-4000-8000-000000000002";
const prediction = (attempt: string) =>
  ({ id: `p-${attempt}`, webhook: `https://kredo.test/replicate-webhook?attempt=${attempt}` }) as Prediction;

/** A provider that takes so many milliseconds for each prediction of its list. */
function provider(list: Prediction[], ms: number) {
  let now = 0;
  const asked: Date[] = [];
  async function* listSince(time: Date) {
    asked.push(time);
    for (const it of list) {
      now += ms;
      yield it;
    }
  }
  const services = {
    clock: { ...systemClock, elapsed: () => now },
    replicate: { listSince },
  } as unknown as WorkerServices;
  return { asked, find: () => findOrphan(services, ATTEMPT, new Date(600_000)) };
}

Deno.test("an orphan is found by the attempt in its webhook, from a minute before its attempt on, for clocks differ", async () => {
  const { asked, find } = provider([prediction(ANOTHER), prediction(ATTEMPT)], 1);
  assert.equal((await find())?.id, `p-${ATTEMPT}`);
  assert.deepEqual(asked, [new Date(540_000)]);
  assert.equal(await provider([prediction(ANOTHER)], 1).find(), null);
});

Deno.test("a list that takes longer than half a minute has not said that there is no orphan", async () => {
  await assert.rejects(provider([prediction(ANOTHER), prediction(ANOTHER)], 20_000).find(), ProviderError);
  assert.equal(await provider([prediction(ANOTHER)], 20_000).find(), null);
});

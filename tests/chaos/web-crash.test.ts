/** `kill -9` of the web app, under clients that try again. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { assertNothingIsLost, insist, killHard, sleep, startFragileStack } from "../support/chaos.ts";
import { balanceOf, createJob, prompt, startJob, untilEnded, watch } from "../support/jobs.ts";
import { newCustomer } from "../support/web.ts";

let stack: Awaited<ReturnType<typeof startFragileStack>>;
before(async () => void (stack = await startFragileStack()));
after(() => stack.stop());

describe("when the web app is killed", () => {
  it("a request that is repeated under its key is done once, whenever the first one was cut off", async () => {
    const customer = await newCustomer(stack.info.web);
    const killing = (async () => {
      for (let round = 0; round < 6; round++) {
        killHard((await stack.pids()).web);
        await sleep(350);
      }
    })();
    const answers = await Promise.all(Array.from({ length: 8 }, async (_, i) => {
      const [key, input] = [randomUUID(), { prompt: prompt() }];
      await sleep(i * 120);
      // Twice, as of somebody who does not know whether the first one came through.
      const send = () =>
        insist(async () => {
          const answer = await createJob(customer, { key, input });
          assert.equal(answer.status, 201, answer.text);
          return answer.body.id as string;
        });
      return [await send(), await send()];
    }));
    await killing;

    assert.ok(answers.every(([first, second]) => first === second), "a key is one job");
    assert.equal(new Set(answers.flat()).size, 8);
    for (const [id] of answers) assert.equal((await insist(() => untilEnded(customer, id))).status, "succeeded");
    assert.deepEqual(await insist(() => balanceOf(customer)), { available: 2, held: 0, debt: 0 });
    await assertNothingIsLost(stack.info);
  });

  it("who watched a job sees its end after reconnecting", async () => {
    const customer = await newCustomer(stack.info.web);
    const { id } = await insist(() => startJob(customer, { input: { prompt: prompt("[slow:15]") } }));
    const stream = watch(customer, id);
    await stream.next();
    killHard((await stack.pids()).web);
    await assert.rejects(async () => {
      for await (const _ of stream);
    });
    const rest = await insist(() => Array.fromAsync(watch(customer, id)));
    assert.equal(rest.at(-1)?.job.status, "succeeded");
    await assertNothingIsLost(stack.info);
  });
});

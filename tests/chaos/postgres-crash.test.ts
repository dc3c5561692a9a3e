/** `kill -9` of Postgres, under everything. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { assertNothingIsLost, insist, killHard, skipLeases, sleep, startFragileStack } from "../support/chaos.ts";
import { balanceOf, createJob, prompt, startJob, untilEnded, watch } from "../support/jobs.ts";
import { ask, newCustomer } from "../support/web.ts";

let stack: Awaited<ReturnType<typeof startFragileStack>>;
before(async () => void (stack = await startFragileStack()));
after(() => stack.stop());

describe("when Postgres is killed", () => {
  it("jobs in every state end, requests answer honestly meanwhile, and the books are whole", async () => {
    const customer = await newCustomer(stack.info.web);
    const running = await Promise.all(
      ["", "[slow:1]", "[slow:3]", "[flaky:1]"].map((directive) =>
        startJob(customer, { input: { prompt: prompt(directive) } })
      ),
    );
    const seen = new Set<number>();
    let killed = false;
    const late = Promise.all(Array.from({ length: 5 }, async (_, i) => {
      const [key, input] = [randomUUID(), { prompt: prompt() }];
      await sleep(i * 150);
      return await insist(async () => {
        const { status, text, body } = await createJob(customer, { key, input });
        seen.add(status);
        assert.equal(status, 201, text);
        return body.id as string;
      });
    }));
    for (let round = 0; round < 3; round++) {
      await sleep(300);
      killed = killHard((await stack.pids()).postgres) || killed;
    }
    assert.ok(killed);
    const ids = [...running.map(({ id }) => id), ...await late];
    await insist(() => skipLeases(stack.info));

    for (const id of ids) assert.equal((await insist(() => untilEnded(customer, id))).status, "succeeded");
    assert.deepEqual(await insist(() => balanceOf(customer)), { available: 1, held: 0, debt: 0 });
    assert.deepEqual([...seen].filter((status) => status !== 201 && status !== 503), [], "201 or 503, nothing else");
    await assertNothingIsLost(stack.info);
  });

  it("an open stream lives through it and tells the end", async () => {
    const customer = await insist(() => newCustomer(stack.info.web));
    const { id } = await insist(() => startJob(customer, { input: { prompt: prompt("[slow:15]") } }));
    const states: string[] = [];
    const watching = (async () => {
      for await (const { job } of watch(customer, id)) states.push(job.status);
    })();
    await insist(() => assert.equal(states.at(-1), "running"));
    killHard((await stack.pids()).postgres);
    await watching;
    assert.equal(states.at(-1), "succeeded");

    const { status } = await ask("/api/ready", { at: stack.info.web });
    assert.equal(status, 200);
    await assertNothingIsLost(stack.info);
  });
});

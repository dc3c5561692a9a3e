/** `kill -9` of the worker, of the webhook function, and of a long-running worker, while they work. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertNothingIsLost, insist, killHard, skipLeases, sleep, startFragileStack } from "../support/chaos.ts";
import { balanceOf, inDatabase, prompt, startJob, untilEnded, wakeWorker } from "../support/jobs.ts";
import { root } from "../support/stack.ts";
import { ask, newCustomer } from "../support/web.ts";

let stack: Awaited<ReturnType<typeof startFragileStack>>;
before(async () => void (stack = await startFragileStack()));
after(() => stack.stop());

describe("when the functions are killed again and again", () => {
  it("every job still ends, is paid once or not at all, and its picture is there", async () => {
    const customer = await newCustomer(stack.info.web);
    const directives = ["", "[slow:1]", "", "[flaky:1]", "", "[orphan]", "", "[slow:2]", "[duplicate-webhook]", ""];
    const jobs = await Promise.all(
      directives.map((directive) => startJob(customer, { input: { prompt: prompt(directive) } })),
    );

    let kills = 0;
    for (let round = 0; round < 12; round++) {
      const { functions } = await stack.pids();
      for (const name of ["worker", "replicate-webhook"]) if (killHard(functions[name])) kills++;
      await sleep(100 + 60 * round);
      void wakeWorker(stack.info).then((answer) => answer.body?.cancel(), () => {});
    }
    assert.ok(kills > 8, `only ${kills} kills hit`);
    await skipLeases(stack.info);

    const ended = await Promise.all(jobs.map(({ id }) => untilEnded(customer, id, 90)));
    assert.deepEqual([...new Set(ended.map(({ status }) => status))], ["succeeded"]);
    assert.deepEqual(await balanceOf(customer), { available: 0, held: 0, debt: 0 });
    for (const { outputs } of ended) {
      const { status } = await ask(outputs[0].url, { token: customer.token, at: customer.at });
      assert.equal(status, 200);
    }
    await assertNothingIsLost(stack.info);
  });

  it("a canceled job's prediction is stopped in the end", async () => {
    const customer = await newCustomer(stack.info.web);
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    const prediction = await insist(async () => {
      const [attempt] = await inDatabase(
        (sql) => sql`select prediction_id from private.job_attempts where job_id = ${id}`,
        stack.info,
      );
      assert.ok(attempt?.prediction_id);
      return attempt.prediction_id as string;
    });
    killHard((await stack.pids()).functions.worker);
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token, at: customer.at });
    await insist(async () => {
      const answer = await fetch(`${stack.info.replicateApi}/predictions/${prediction}`, {
        headers: { authorization: `Bearer ${stack.info.env.functions.REPLICATE_API_TOKEN}` },
      });
      assert.equal((await answer.json()).status, "canceled");
    });
    await assertNothingIsLost(stack.info);
  });
});

describe("the long-running worker", () => {
  const start = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "scripts/worker.ts"],
      cwd: root,
      env: stack.info.env.functions,
      clearEnv: true,
      stdout: "null",
      stderr: "null",
    }).spawn();
  const beats = ({ pid }: Deno.ChildProcess) =>
    inDatabase((sql) => sql`select seen_at from private.workers where name like ${`%:${pid}:%`}`, stack.info);

  it("works beside the function, dies without a trace, and leaves politely when asked", async () => {
    const customer = await newCustomer(stack.info.web);
    const killed = start();
    await insist(async () => assert.equal((await beats(killed)).length, 1));
    const jobs = await Promise.all([0, 1, 2, 3].map(() => startJob(customer)));
    killed.kill("SIGKILL");
    await killed.status;

    const polite = start();
    await insist(async () => assert.equal((await beats(polite)).length, 1));
    await skipLeases(stack.info);
    await Promise.all(jobs.map(({ id }) => untilEnded(customer, id)));
    polite.kill("SIGTERM");
    assert.equal((await polite.status).code, 0);
    assert.equal((await beats(polite)).length, 0, "who has stopped is off the list");
    assert.deepEqual(await balanceOf(customer), { available: 6, held: 0, debt: 0 });
    await assertNothingIsLost(stack.info);
  });
});

/** The job engine in schedules that a seed draws: who goes on, who dies where, what gets lost, who changes their mind. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { notReached, simulate } from "../support/simulation/simulate.ts";
import { takeSeed } from "../support/seed.ts";

describe("random schedules of the job engine", () => {
  it("lose no job, charge what was delivered and nothing twice, and leave nothing running, whoever dies at which step", async () => {
    const seed = takeSeed("schedules of the job engine");
    const report = await simulate({ seed, schedules: 500, replays: 10 });
    assert.deepEqual(notReached(report), []);
  });
});

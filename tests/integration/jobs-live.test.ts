/** Live status of a job, as server-sent events. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prompt, readJob, startJob, watch } from "../support/jobs.ts";
import { ask, newCustomer } from "../support/web.ts";

describe("live status", () => {
  it("tells each state in order, ends with the job, and is told apart by ids", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[slow:5]") } });
    const events = await Array.fromAsync(watch(customer, id));
    assert.ok(events.every(({ event, job }) => event === "job" && job.id === id));
    const states = events.map(({ job }) => job.status);
    assert.deepEqual(states.filter((status, i) => status !== states[i - 1]).slice(-2), ["running", "succeeded"]);
    assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
    const last = events.at(-1)!;
    assert.deepEqual(last.job, await readJob(customer, id));

    const again = await Array.fromAsync(watch(customer, id));
    assert.deepEqual(again.map(({ job }) => job.status), ["succeeded"], "who comes late hears the end");
    const { status } = await ask(`/api/jobs/${id}/events`, {
      token: customer.token,
      headers: { "last-event-id": last.id },
    });
    assert.equal(status, 204, "who has heard the end is told not to come back");
  });

  it("is limited per person, and a stream that was left gives its place back", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    const leave = new AbortController();
    const streams = Array.from({ length: 20 }, () => watch(customer, id, { signal: leave.signal }));
    await Promise.all(streams.map((stream) => stream.next()));
    const { status, headers } = await ask(`/api/jobs/${id}/events`, { token: customer.token });
    assert.deepEqual([status, Number(headers.get("retry-after")) > 0], [429, true]);

    leave.abort();
    await Promise.allSettled(streams.map((stream) => stream.next()));
    for (let i = 0; i < 30; i++) await ask(`/api/jobs/${id}/events`, { method: "HEAD", token: customer.token });
    for (let tries = 0;; tries++) {
      const stream = watch(customer, id);
      const joined = await stream.next().then(() => true, () => false);
      await stream.return();
      if (joined) break;
      assert.ok(tries < 50, "the places never came back");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
  });
});

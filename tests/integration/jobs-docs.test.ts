/** The page about the API of jobs shows answers as they are, and every reason why a job fails. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FAILURES } from "../../domain/jobs/failures.ts";
import { localePath, LOCALES } from "../../locales/mod.ts";
import { examplesOn, shapeOf } from "../support/docs.ts";
import { createJob, prompt, untilEnded } from "../support/jobs.ts";
import { ask, newCustomer } from "../support/web.ts";

describe("the page about the API of jobs", () => {
  it("shows answers of the shape that real ones have", async () => {
    const { token, ...customer } = await newCustomer();
    const get = async (path: string) => (await ask(`/api/jobs${path}`, { token })).body;
    const post = async (path: string, json: unknown = {}) => (await ask(`/api/jobs${path}`, { token, json })).body;
    const create = (await createJob({ token, ...customer })).body;
    await untilEnded({ token, ...customer }, create.id);
    const toCancel = (await createJob({ token, ...customer }, { input: { prompt: prompt("[slow:60]") } })).body;
    const batch = await post("/batch", { model: "seedream-4-5", inputs: [{ prompt: prompt() }, { prompt: prompt() }] });
    await untilEnded({ token, ...customer }, batch.jobs[0]);
    const real: Record<string, unknown> = {
      create,
      read: await get(`/${create.id}`),
      list: { ...await get(""), jobs: [await get("").then(({ jobs }) => jobs.at(-1))] },
      cancel: await post(`/${toCancel.id}/cancel`),
      batch,
      progress: await get(`/batch/${batch.id}`),
    };
    for (const locale of LOCALES) {
      const examples = await examplesOn(localePath(locale, "/docs/jobs"));
      assert.deepEqual(Object.keys(examples), Object.keys(real));
      for (const [name, example] of Object.entries(examples)) {
        assert.deepEqual(shapeOf(lasting(real[name])), shapeOf(lasting(example)), name);
      }
    }
  });

  it("names every reason why a job fails", async () => {
    for (const locale of LOCALES) {
      const { text } = await ask(localePath(locale, "/docs/jobs"));
      for (const code of Object.keys(FAILURES)) assert.ok(text.includes(`>${code}</code>`), `${code} ${locale}`);
    }
  });
});

/** Without what depends on how quick a worker is: a job may have started before its answer was written. */
function lasting(answer: unknown): unknown {
  const { waits: _, started_at: __, ...rest } = answer as Record<string, unknown>;
  return rest;
}

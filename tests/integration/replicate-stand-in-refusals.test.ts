/** What the Replicate stand-in refuses, as the real API does, and how it can be told to refuse more. */
import assert from "node:assert/strict";
import { ended, model, refusal, story } from "../support/replicate-stand-in.ts";

story("a wrong token is refused", async ({ replicate }) => {
  await assert.rejects(replicate.client("r8_other").accounts.current(), /401/);
  const missing = await refusal(fetch(`${replicate.origin}/replicate/v1/account`));
  assert.deepEqual([missing.status, missing.title], [401, "Unauthenticated"]);
});

story("what does not exist is 404, a wrong method 405, a broken body 400", async ({ replicate, client }) => {
  await assert.rejects(client.models.get("nobody", "nothing"), /404/);
  await assert.rejects(client.predictions.create({ model: "nobody/nothing", input: { prompt: "x" } }), /404/);
  await assert.rejects(client.predictions.get("nothing"), /404/);
  assert.equal((await refusal(replicate.raw("/nothing"))).status, 404);
  assert.equal((await refusal(replicate.raw("/account", { method: "DELETE" }))).status, 405);
  const broken = replicate.raw(`/models/${model}/predictions`, { method: "POST", body: "{" });
  assert.equal((await refusal(broken)).status, 400);
  const version = await refusal(replicate.raw("/predictions", { json: { version: "f".repeat(64), input: {} } }));
  assert.deepEqual([version.status, version.title], [422, "Invalid version or not permitted"]);
});

story("each wrong input is refused and named", async ({ replicate }) => {
  const wrong: [Record<string, unknown>, string, string][] = [
    [{}, "required", "input"],
    [{ prompt: "" }, "string_gte", "input.prompt"],
    [{ prompt: 7 }, "invalid_type", "input.prompt"],
    [{ prompt: "x", aspect_ratio: "5:1" }, "enum", "input.aspect_ratio"],
    [{ prompt: "x", max_images: 16 }, "number_lte", "input.max_images"],
    [{ prompt: "x", max_images: 0 }, "number_gte", "input.max_images"],
    [{ prompt: "x", max_images: 1.5 }, "invalid_type", "input.max_images"],
    [{ prompt: "x", num_outputs: 2 }, "additional_property_not_allowed", "input"],
  ];
  for (const [input, type, field] of wrong) {
    const { status, body } = await refusal(replicate.raw(`/models/${model}/predictions`, { json: { input } }));
    assert.equal(status, 422);
    assert.deepEqual(body.invalid_fields.map((one: { type: string; field: string }) => [one.type, one.field]), [[
      type,
      field,
    ]]);
  }
  assert.equal(replicate.state().predictions.length, 0);
});

story("the request around the input is checked too", async ({ replicate }) => {
  const input = { prompt: "x" };
  const wrong: Record<string, unknown>[] = [
    {},
    { inptu: input, input },
    { input: "x" },
    { input, webhook: "not a url" },
    { input, webhook: "http://example.com/plain" },
    { input, webhook: "https://example.com/w", webhook_events_filter: ["finished"] },
    { input, webhook_completed: "https://example.com/w" },
  ];
  for (const json of wrong) {
    const { status } = await refusal(replicate.raw(`/models/${model}/predictions`, { json }));
    assert.equal(status, 422, JSON.stringify(json));
  }
  for (const after of ["4s", "soon", "1d"]) {
    const headers = { "cancel-after": after };
    const { status } = await refusal(replicate.raw(`/models/${model}/predictions`, { json: { input }, headers }));
    assert.equal(status, 422, after);
  }
});

story("the creation past the minute's limit is told when to come back", async ({ replicate }) => {
  const create = () => replicate.raw(`/models/${model}/predictions`, { json: { input: { prompt: "x [hang]" } } });
  for (let n = 0; n < 3; n++) await (await create()).body?.cancel();
  const response = await create();
  const wait = Number(response.headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60);
  const { status, body } = await refusal(Promise.resolve(response));
  assert.deepEqual([status, body.retry_after], [429, wait]);
  replicate.tick(wait * 1000);
  assert.equal((await create().then((response) => response.json())).status, "starting");
}, { createsPerMinute: 3, held: true });

story("a creation can be made to fail at the door", async ({ replicate, client }) => {
  const create = (prompt: string, init: RequestInit = {}) =>
    replicate.raw(`/models/${model}/predictions`, { json: { input: { prompt } }, ...init });
  const statuses = async (prompt: string, times: number) => {
    const seen: number[] = [];
    for (let n = 0; n < times; n++) {
      const response = await create(prompt);
      await response.body?.cancel();
      seen.push(response.status);
    }
    return seen;
  };
  assert.deepEqual(await statuses("[http:422]", 3), [422, 422, 422]);
  assert.deepEqual(await statuses("[http:429]", 2), [429, 201]);
  assert.deepEqual(await statuses("[http:500:2]", 3), [500, 500, 201]);
  const throttled = await create("again [http:429]");
  await throttled.body?.cancel();
  assert.equal(throttled.headers.get("retry-after"), "1");

  const before = replicate.state().predictions.length;
  await assert.rejects(create("[http:none]", { signal: AbortSignal.timeout(300) }), { name: "TimeoutError" });
  assert.equal(replicate.state().predictions.length, before);

  await assert.rejects(create("an orphan [orphan]").then((response) => response.json()));
  const [orphan] = (await client.predictions.list()).results;
  assert.deepEqual(orphan.input, { prompt: "an orphan [orphan]" });
  assert.equal((await ended(client, orphan.id)).status, "succeeded");
});

/** What holds for pictures, films and words alike: directives, deadlines, refusals, and what Replicate would bill. */
import assert from "node:assert/strict";
import { ended, kinds, receiveWebhooks, refusal, type Scene, story } from "../support/replicate-stand-in.ts";
import { until } from "../support/until.ts";

const models = Object.values(kinds).map(({ model }) => model);

/** The same for every kind, each with a prompt of its own. */
async function forEach(tell: (model: (typeof models)[number]) => Promise<void>) {
  for (const model of models) await tell(model);
}

const run = async ({ client }: Scene, model: (typeof models)[number], prompt: string) => {
  const { id } = await client.predictions.create({ model, input: { prompt } });
  return await ended(client, id);
};

story("every way to end is open to every kind, and only what succeeds is billed", async (scene) => {
  await forEach(async (model) => {
    const failed = await run(scene, model, `${model} a [fail]`);
    assert.deepEqual([failed.status, /^Prediction failed/.test(String(failed.error))], ["failed", true], model);
    const unsafe = await run(scene, model, `${model} b [nsfw]`);
    assert.deepEqual([unsafe.status, /E005/.test(String(unsafe.error))], ["failed", true], model);
    const aborted = await run(scene, model, `${model} c [aborted]`);
    assert.deepEqual([aborted.status, aborted.started_at, aborted.output], ["aborted", null, null], model);
    const flaky = `${model} d [flaky:1]`;
    assert.equal((await run(scene, model, flaky)).status, "failed", model);
    assert.equal((await run(scene, model, flaky)).status, "succeeded", model);
  });
  const { predictions } = scene.replicate.state();
  for (const { status, charge } of predictions) assert.equal(charge!.charged, status === "succeeded");
});

story("a deadline cancels every kind, which is billed for its time", async (scene) => {
  const { replicate, client } = scene;
  await forEach(async (model) => {
    const response = await replicate.raw(`/models/${model}/predictions`, {
      json: { input: { prompt: "a mill [hang]" } },
      headers: { "cancel-after": "30s" },
    });
    const { id } = await response.json();
    replicate.tick(60);
    assert.equal((await client.predictions.get(id)).status, "processing", model);
    assert.equal(replicate.state().predictions[0].charge, null);
    replicate.tick(30_000);
    assert.equal((await client.predictions.get(id)).status, "canceled", model);
    const { charged, predict_seconds, outputs } = replicate.state().predictions[0].charge!;
    assert.deepEqual([charged, predict_seconds, outputs], [true, 29.94, 0], model);
  });
  const queued = await client.predictions.create({ model: kinds.video.model, input: { prompt: "a mill" } });
  await client.predictions.cancel(queued.id);
  assert.equal(replicate.state().predictions[0].charge!.charged, false, "what never ran costs nothing");
}, { held: true, speed: 1 });

story("what is billed counts pictures, films and tokens", async ({ replicate, client }) => {
  const bill = async (model: (typeof models)[number], input: Record<string, unknown>) => {
    const { metrics } = await client.predictions.create({ model, input, wait: true });
    const { charged, predict_seconds, ...counts } = replicate.state().predictions[0].charge!;
    assert.deepEqual([charged, predict_seconds], [true, metrics!.predict_time]);
    return { ...counts, metrics: metrics as Record<string, number> };
  };
  const pictures = await bill(kinds.image.model, {
    prompt: "dunes",
    max_images: 3,
    sequential_image_generation: "auto",
  });
  assert.deepEqual([pictures.outputs, pictures.output_tokens], [3, 0]);
  assert.equal((await bill(kinds.video.model, { prompt: "dunes" })).outputs, 1);
  const words = await bill(kinds.text.model, { prompt: "dunes", max_output_tokens: 20 });
  assert.deepEqual([words.outputs, words.output_tokens], [0, 20]);
  assert.equal(words.input_tokens, words.metrics.input_token_count);
  assert.equal(replicate.charges().length, 3);
});

story("no kind takes a field that its model does not publish", async ({ replicate, client }) => {
  const wrong: [string, Record<string, unknown>, string][] = [
    ...models.flatMap((model): [string, Record<string, unknown>, string][] => [
      [model, { prompt: "x", nonsense: 1 }, "additional_property_not_allowed"],
      [model, {}, "required"],
    ]),
    ["bytedance/seedance-1.5-pro", { prompt: "x", duration: 1 }, "number_gte"],
    ["bytedance/seedance-1.5-pro", { prompt: "x", duration: 13 }, "number_lte"],
    ["bytedance/seedance-1.5-pro", { prompt: "x", fps: 30 }, "enum"],
    ["bytedance/seedance-1.5-pro", { prompt: "x", camera_fixed: "no" }, "invalid_type"],
    ["bytedance/seedance-1.5-pro", { prompt: "x", aspect_ratio: "2:1" }, "enum"],
    ["kwaivgi/kling-v2.1-master", { prompt: "x", duration: 7 }, "enum"],
    ["kwaivgi/kling-v2.1", { prompt: "x" }, "required"],
    ["kwaivgi/kling-v2.1", { prompt: "x", start_image: "kite.png" }, "format"],
    ["google/gemini-2.5-flash", { prompt: "x", temperature: 2.1 }, "number_lte"],
    ["google/gemini-2.5-flash", { prompt: "x", top_p: -0.1 }, "number_gte"],
    ["google/gemini-2.5-flash", { prompt: "x", max_output_tokens: 1.5 }, "invalid_type"],
  ];
  for (const [model, input, type] of wrong) {
    const { status, body } = await refusal(replicate.raw(`/models/${model}/predictions`, { json: { input } }));
    const types = body.invalid_fields.map((field: { type: string }) => field.type);
    assert.deepEqual([status, types], [422, [type]], `${model} ${JSON.stringify(input)}`);
  }
  assert.equal(replicate.state().predictions.length, 0);
  const kling = { prompt: "a kite", start_image: "https://example.com/kite.png", duration: 10 };
  const { output } = await client.predictions.create({ model: "kwaivgi/kling-v2.1", input: kling, wait: true });
  assert.match(output, /\.mp4$/);
});

story("output and logs are told at most every half second", async ({ replicate, client }) => {
  const webhooks = receiveWebhooks();
  try {
    const { id } = await client.predictions.create({
      model: kinds.text.model,
      input: { prompt: "a long letter [slow:1.2]" },
      webhook: webhooks.url,
      webhook_events_filter: ["start", "output", "completed"],
    });
    const pass = async (ms: number, told: number) => {
      replicate.tick(ms);
      await client.predictions.get(id);
      await until(() => webhooks.received.length >= told, `${told} events`, 30_000);
    };
    await pass(60, 1); // it starts
    await pass(499, 1);
    await pass(1, 2);
    await pass(499, 2);
    await pass(1, 3);
    replicate.tick(300);
    assert.equal((await ended(client, id)).status, "succeeded");
    await until(() => webhooks.received.length === 4, "the completed event", 30_000);
    assert.deepEqual(webhooks.statuses(), ["processing", "processing", "processing", "succeeded"]);
    assert.equal(new Set(webhooks.received.map(({ headers }) => headers["webhook-id"])).size, 4);
    const words = webhooks.received.map(({ prediction }) => (prediction.output as string[]).length);
    assert.ok(words[0] === 0 && words[0] < words[1] && words[1] < words[2] && words[2] < words[3], words.join());
  } finally {
    await webhooks.close();
  }
}, { held: true, speed: 1 });

story("a throttled request is told the limit, what is left and when it resets", async ({ replicate }) => {
  const ask = () => replicate.raw("/account");
  for (let n = 0; n < 2; n++) await (await ask()).body?.cancel();
  const { status, headers, body } = await ask();
  await body?.cancel();
  assert.equal(status, 429);
  const wait = headers.get("retry-after");
  assert.ok(Number(wait) >= 1 && Number(wait) <= 60);
  const limits = ["limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`));
  assert.deepEqual(limits, ["2", "0", wait]);
  replicate.tick(Number(wait) * 1000);
  assert.equal(await ask().then(async (answer) => (await answer.body?.cancel(), answer.status)), 200);
}, { held: true, requestsPerMinute: 2 });

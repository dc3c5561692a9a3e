/** The Replicate stand-in's trainings, through the real client: from a model to be trained to a picture of its version. */
import assert from "node:assert/strict";
import Replicate from "replicate";
import { pictureOf } from "../support/png.ts";
import {
  destination,
  receiveWebhooks,
  refusal,
  story,
  train,
  trained,
  trainer,
} from "../support/replicate-stand-in.ts";
import { until } from "../support/until.ts";

story("a training leaves a version that paints", async ({ client }) => {
  const where = await destination(client, "my-kites");
  assert.equal((await client.models.get(trainer.account, "my-kites")).latest_version, null);
  const created = await train(client, where, { steps: 500, trigger_word: "KITE" });
  assert.deepEqual([created.status, created.model], ["starting", `${trainer.owner}/${trainer.name}`]);

  const done = await trained(client, created.id);
  assert.equal(done.status, "succeeded");
  const { version, weights } = done.output!;
  assert.match(version!, new RegExp(`^${where}:[0-9a-f]{64}$`));
  assert.equal((await fetch(weights!).then((answer) => answer.bytes())).length > 0, true);
  assert.ok(Number(done.metrics!.predict_time) > 0);
  assert.match(done.logs!, /KITE/);

  const hash = version!.split(":")[1];
  assert.equal((await client.models.get(trainer.account, "my-kites")).latest_version!.id, hash);
  const versions = await client.models.versions.list(trainer.account, "my-kites") as unknown as {
    results: { id: string }[];
  };
  assert.deepEqual(versions.results.map(({ id }) => id), [hash]);
  for (const reference of [hash, version!]) {
    const { status, output } = await client.predictions.create({
      version: reference,
      input: { prompt: "KITE above a hill", num_outputs: 2, aspect_ratio: "1:1" },
      wait: true,
    });
    assert.deepEqual([status, output.length], ["succeeded", 2]);
    assert.equal(pictureOf(await (await fetch(output[1])).bytes()).width, 1024);
  }
  await assert.rejects(
    client.predictions.create({ model: where, input: { prompt: "KITE" } }),
    /404/,
    "only official models run by name",
  );
  assert.deepEqual((await client.trainings.list()).results.map(({ id }) => id), [created.id]);
});

story("its logs say how far it is, in the form that the client reads", async ({ replicate, client }) => {
  const { id } = await train(client, await destination(client, "slow"), { trigger_word: "TOK [slow:100]", steps: 400 });
  replicate.tick(60 + 55_000);
  const training = await client.trainings.get(id);
  assert.equal(training.status, "processing");
  const parse = (Replicate as unknown as {
    parseProgressFromLogs(logs: string): { percentage: number; current: number; total: number };
  }).parseProgressFromLogs;
  assert.deepEqual({ ...parse(training.logs!) }, { percentage: 0.5, current: 200, total: 400 });
  const canceled = await client.trainings.cancel(id);
  assert.equal(canceled.status, "canceled");
  assert.equal((await client.models.get(trainer.account, "slow")).latest_version, null);
  const [{ charge }] = replicate.state().trainings;
  assert.deepEqual([charge!.charged, charge!.predict_seconds], [true, 55]);
}, { held: true, speed: 1 });

story("a training is refused without a model of ours, a trainer, and right input", async ({ replicate, client }) => {
  const where = await destination(client, "kites");
  const post = (json: unknown, path = `${trainer.owner}/${trainer.name}/versions/${trainer.version}`) =>
    refusal(replicate.raw(`/models/${path}/trainings`, { json }));
  const input = { input_images: trainer.zip };
  const nowhere = await post({ destination: `${trainer.account}/nothing`, input });
  assert.deepEqual([nowhere.status, nowhere.detail], [404, "The specified training destination does not exist"]);
  assert.equal((await post({ destination: "bytedance/seedream-4", input })).status, 404);
  assert.equal((await post({ destination: where, input }, "nobody/nothing/versions/1")).status, 404);
  const { latest_version } = await client.models.get("bytedance", "seedream-4");
  assert.equal(
    (await post({ destination: where, input }, `bytedance/seedream-4/versions/${latest_version!.id}`)).status,
    422,
  );
  const wrong: [unknown, string][] = [
    [{ input }, "required"],
    [{ destination: 7, input }, "invalid_type"],
    [{ destination: where, input, version: "x" }, "additional_property_not_allowed"],
    [{ destination: where, input: {} }, "required"],
    [{ destination: where, input: { input_images: "kites.zip" } }, "format"],
    [{ destination: where, input: { ...input, steps: 2 } }, "number_gte"],
    [{ destination: where, input: { ...input, steps: 6001 } }, "number_lte"],
    [{ destination: where, input: { ...input, learning_rate: "fast" } }, "invalid_type"],
    [{ destination: where, input: { ...input, autocaption: "yes" } }, "invalid_type"],
    [{ destination: where, input: { ...input, epochs: 3 } }, "additional_property_not_allowed"],
  ];
  for (const [json, type] of wrong) {
    const { status, body } = await post(json);
    assert.deepEqual([status, body.invalid_fields[0].type], [422, type], JSON.stringify(json));
  }
  await assert.rejects(
    client.predictions.create({ version: trainer.version, input: { prompt: "x" } }),
    /422/,
    "a trainer paints nothing",
  );
  assert.equal(replicate.state().trainings.length, 0);
});

story("a model is made once, by its owner, with all it needs", async ({ replicate, client }) => {
  const body = { owner: trainer.account, name: "kites", visibility: "private", hardware: "gpu-h100" };
  const post = (json: unknown) => refusal(replicate.raw("/models", { json }));
  for (
    const change of [
      { visibility: "secret" },
      { hardware: "gpu-of-1998" },
      { name: "My Kites" },
      { colour: "red" },
      { hardware: undefined },
      { description: 7 },
    ]
  ) {
    assert.equal((await post({ ...body, ...change })).status, 422, JSON.stringify(change));
  }
  assert.equal((await post({ ...body, owner: "somebody" })).status, 403);
  await destination(client, "kites");
  assert.equal((await post(body)).status, 409);
  assert.ok((await client.hardware.list()).some(({ sku }) => sku === body.hardware));
});

story("pictures that cannot be fetched, or are no zip, fail the training", async ({ replicate, client }) => {
  const where = await destination(client, "kites");
  const run = async (input_images: string) => await trained(client, (await train(client, where, { input_images })).id);
  const missing = await run(`${replicate.origin}/nowhere.zip`);
  assert.deepEqual([missing.status, missing.output], ["failed", null]);
  assert.match(String(missing.error), /could not be fetched: HTTP 404/);
  const text = await run("data:text/plain,hello");
  assert.match(String(text.error), /must be a zip/);
  assert.equal((await client.models.get(trainer.account, "kites")).latest_version, null);
  assert.deepEqual(replicate.charges().map(({ charged }) => charged), [false, false]);
});

story("its webhook is signed and told as a prediction's, and after an hour its data is gone", async (scene) => {
  const { replicate, client } = scene;
  const webhooks = receiveWebhooks();
  try {
    const where = await destination(client, "kites");
    const { id } = await train(client, where, {}, { webhook: webhooks.url, webhook_events_filter: ["completed"] });
    await until(() => webhooks.received.length === 1, "the completed event", 30_000);
    const { prediction } = webhooks.received[0];
    assert.deepEqual([prediction.id, prediction.status], [id, "succeeded"]);
    const { weights, version } = (await client.trainings.get(id)).output!;
    replicate.tick(61 * 60_000);
    assert.equal((await refusal(fetch(weights!))).status, 404);
    const after = await client.trainings.get(id);
    assert.deepEqual([after.input, after.output, after.logs], [{}, null, ""]);
    const run = client.predictions.create({ version: version!, input: { prompt: "a kite" } });
    assert.equal((await run).status, "starting", "the version stays");
  } finally {
    await webhooks.close();
  }
});

story("trainings take directives where their words are", async ({ replicate, client }) => {
  const where = await destination(client, "kites");
  const run = async (
    trigger_word: string,
  ) => (await trained(client, (await train(client, where, { trigger_word })).id));
  assert.equal((await run("K [fail]")).status, "failed");
  assert.match(String((await run("K [nsfw]")).error), /E005/);
  assert.equal((await run("K [aborted]")).status, "aborted");
  assert.deepEqual([(await run("K [flaky:1]")).status, (await run("K [flaky:1]")).status], ["failed", "succeeded"]);
  const { output } = await run("K [bad-output]");
  assert.equal((await refusal(fetch(output!.weights!))).status, 404);

  const path = `/models/${trainer.owner}/${trainer.name}/versions/${trainer.version}/trainings`;
  const create = (autocaption_prefix: string, headers = {}) =>
    replicate.raw(path, {
      json: { destination: where, input: { input_images: trainer.zip, autocaption_prefix } },
      headers,
    });
  const refused = await create("a kite [http:500]");
  assert.equal((await refusal(Promise.resolve(refused))).status, 500);
  const hanging = await (await create("a kite [hang]", { "cancel-after": "5m" })).json();
  replicate.tick(5 * 60_000);
  assert.equal((await client.trainings.get(hanging.id)).status, "canceled");
  assert.equal((await client.trainings.cancel(hanging.id)).status, "canceled");
  await assert.rejects(client.trainings.get("nothing"), /404/);
});

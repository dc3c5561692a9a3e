/** The Replicate stand-in through the real client: the life of a prediction and its pictures. */
import assert from "node:assert/strict";
import { pictureOf } from "../support/png.ts";
import { ended, model, refusal, startReplicate, story } from "../support/replicate-stand-in.ts";

story("a prediction starts, runs and succeeds with a picture of the asked size", async ({ client }) => {
  const created = await client.predictions.create({
    model,
    input: { prompt: "a lighthouse at sunset", aspect_ratio: "16:9" },
  });
  assert.equal(created.status, "starting");
  assert.equal(created.version, "hidden");
  assert.equal(created.output, null);
  assert.deepEqual([created.started_at, created.completed_at, created.data_removed], [null, null, false]);

  const done = await ended(client, created.id);
  assert.equal(done.status, "succeeded");
  assert.deepEqual(done.input, created.input);
  assert.ok(done.metrics!.predict_time! > 0 && done.metrics!.total_time! >= done.metrics!.predict_time!);
  assert.ok(done.created_at <= done.started_at! && done.started_at! <= done.completed_at!);
  assert.match(done.logs!, /^Using seed: \d+\n/);

  assert.equal(done.output.length, 1);
  const response = await fetch(done.output[0]);
  assert.equal(response.headers.get("content-type"), "image/png");
  const picture = pictureOf(await response.bytes());
  assert.deepEqual([picture.width, picture.height], [1344, 768]);
});

story("Prefer: wait answers with the result; the client's run returns it", async ({ replicate, client }) => {
  const output = await client.run(model, {
    input: { prompt: "dunes", max_images: 3, sequential_image_generation: "auto" },
  });
  assert.equal((output as string[]).length, 3);

  const response = await replicate.raw(`/models/${model}/predictions`, {
    json: { input: { prompt: "a slow boat [slow:60]" } },
    headers: { prefer: "wait=1" },
  });
  assert.equal(response.headers.get("preference-applied"), "wait=1");
  assert.equal((await response.json()).status, "processing");
});

story("Gemini answers one address, Seedream a list", async ({ client }) => {
  const input = { prompt: "an orb" };
  const gemini = await client.predictions.create({ model: "google/gemini-2.5-flash-image", input, wait: true });
  const seedream = await client.predictions.create({ model: "bytedance/seedream-4", input, wait: true });
  assert.equal(typeof gemini.output, "string");
  assert.ok(Array.isArray(seedream.output));
});

story("a model can be asked for by version, and described", async ({ client }) => {
  const { latest_version, owner, name } = await client.models.get("bytedance", "seedream-4");
  const { id, version } = await client.predictions.create({ version: latest_version!.id, input: { prompt: "a fox" } });
  assert.equal(version, latest_version!.id);
  assert.equal((await client.predictions.get(id)).model, `${owner}/${name}`);
  assert.equal((await client.accounts.current()).username, "kredo-sandbox");
});

story("a run with the same seed draws the same pictures, one after another", async ({ client }) => {
  const again = startReplicate({ seed: "contract" });
  const other = startReplicate({ seed: "another" });
  const draw = async (from: typeof client, prompt = "a quiet hill") => {
    const { output } = await from.predictions.create({ model, input: { prompt }, wait: true });
    return (await (await fetch(output[0])).bytes()).toHex();
  };
  try {
    const [first, second] = [await draw(client), await draw(client)];
    assert.equal(await draw(again.client()), first);
    assert.equal(await draw(again.client()), second);
    const others = [
      await draw(other.client()),
      await draw(client, "a loud hill"),
      await draw(client, "a quiet hill [slow:0]"),
    ];
    assert.equal(new Set([first, second, ...others]).size, 5);
  } finally {
    await again.close();
    await other.close();
  }
});

story("the list is newest first, in pages that hold every prediction once", async ({ client }) => {
  const made: string[] = [];
  for (let n = 0; n < 103; n++) {
    made.unshift((await client.predictions.create({ model, input: { prompt: `kite ${n} [hang]` } })).id);
  }
  const pages: string[][] = [];
  for await (const page of client.paginate(client.predictions.list)) pages.push(page.map(({ id }) => id));
  assert.deepEqual(pages.map((page) => page.length), [100, 3]);
  assert.deepEqual(pages.flat(), made);
});

story("canceling ends a live prediction for good and leaves an ended one alone", async ({ client }) => {
  const hanging = await client.predictions.create({ model, input: { prompt: "a tram [hang]" } });
  assert.equal((await client.predictions.cancel(hanging.id)).status, "canceled");
  assert.ok((await client.predictions.get(hanging.id)).completed_at);

  const done = await client.predictions.create({ model, input: { prompt: "a tram" }, wait: true });
  assert.equal((await client.predictions.cancel(done.id)).status, "succeeded");
  await assert.rejects(client.predictions.cancel("nobody"), /404/);
});

story(
  "[aborted] ends before it ran, and so does a deadline that passes in the queue",
  async ({ replicate, client }) => {
    const aborted = await client.predictions.create({ model, input: { prompt: "a kite [aborted]" } });
    replicate.tick(13_000);
    const end = await client.predictions.get(aborted.id);
    assert.deepEqual([end.status, end.started_at], ["aborted", null]);

    const late = await replicate.raw(`/models/${model}/predictions`, {
      json: { input: { prompt: "a kite" } },
      headers: { "cancel-after": "5s" },
    });
    const { id, deadline } = await late.json();
    assert.ok(deadline);
    replicate.tick(6_000);
    assert.equal((await client.predictions.get(id)).status, "aborted");
  },
  { speed: 0.005, held: true },
);

story("Cancel-After and the 30 minutes cancel what is running", async ({ replicate, client }) => {
  const create = async (headers: Record<string, string>) => {
    const json = { input: { prompt: "a mill [hang]" } };
    return (await (await replicate.raw(`/models/${model}/predictions`, { json, headers })).json()).id as string;
  };
  const statuses = async () => {
    const both = await Promise.all([short, long].map((id) => client.predictions.get(id)));
    return both.map(({ status }) => status);
  };
  const [short, long] = [await create({ "cancel-after": "1m30s" }), await create({})];
  assert.deepEqual(await statuses(), ["starting", "starting"]);
  replicate.tick(89_000);
  assert.deepEqual(await statuses(), ["processing", "processing"]);
  replicate.tick(1_000);
  assert.deepEqual(await statuses(), ["canceled", "processing"]);
  replicate.tick(30 * 60_000);
  assert.deepEqual(await statuses(), ["canceled", "canceled"]);
}, { held: true });

story("failures carry the provider's words", async ({ client }) => {
  const failed = await client.predictions.create({ model, input: { prompt: "[fail]" }, wait: true });
  assert.equal(failed.status, "failed");
  assert.match(String(failed.error), /^Prediction failed/);
  const unsafe = await client.predictions.create({ model, input: { prompt: "[nsfw]" }, wait: true });
  assert.equal(unsafe.status, "failed");
  assert.match(String(unsafe.error), /flagged as sensitive.*\(E005\)/);
});

story("[flaky:2] fails twice and then succeeds, for this prompt only", async ({ client }) => {
  const run = async (prompt: string) =>
    (await client.predictions.create({ model, input: { prompt }, wait: true })).status;
  const prompt = "a moth [flaky:2]";
  assert.deepEqual([await run(prompt), await run(prompt), await run(prompt)], ["failed", "failed", "succeeded"]);
  assert.equal(await run("another moth [flaky:1]"), "failed");
});

story("inputs and outputs are gone after an hour", async ({ replicate, client }) => {
  const { id, output } = await client.predictions.create({ model, input: { prompt: "a poppy" }, wait: true });
  replicate.tick(59 * 60_000);
  const before = await fetch(output[0]);
  await before.body?.cancel();
  assert.equal(before.status, 200);
  replicate.tick(2 * 60_000);
  assert.equal((await refusal(fetch(output[0]))).status, 404);
  const after = await client.predictions.get(id);
  assert.deepEqual([after.data_removed, after.input, after.output, after.logs], [true, {}, null, ""]);
  assert.equal(after.status, "succeeded");
});

story("[bad-output] succeeds with an address that answers 404", async ({ client }) => {
  const { status, output } = await client.predictions.create({ model, input: { prompt: "[bad-output]" }, wait: true });
  assert.equal(status, "succeeded");
  assert.equal((await refusal(fetch(output[0]))).status, 404);
});

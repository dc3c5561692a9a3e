/** The Replicate stand-in's writing, through the real client: tokens as they come, and what they leave. */
import assert from "node:assert/strict";
import { ended, refusal, type Scene, story } from "../support/replicate-stand-in.ts";

const model = "google/gemini-2.5-flash";

story("words come one by one and end as the output", async ({ client }) => {
  const prompt = "Why do lighthouses stand on cliffs?";
  const events: { event: string; data: string; id?: string }[] = [];
  for await (const { event, data, id } of client.stream(model, { input: { prompt } })) events.push({ event, data, id });
  const tokens = events.slice(0, -1);
  assert.ok(tokens.length >= 60 && tokens.length <= 120, String(tokens.length));
  assert.ok(tokens.every(({ event }) => event === "output"));
  const last = events.at(-1)!;
  assert.deepEqual([last.event, last.data], ["done", "{}"]);
  assert.equal(new Set(tokens.map(({ id }) => id)).size, tokens.length);

  const [{ id }] = (await client.predictions.list()).results;
  const { status, output, metrics, urls } = await client.predictions.get(id);
  assert.equal(status, "succeeded");
  assert.deepEqual(output, tokens.map(({ data }) => data));
  const text: string = output.join("");
  assert.match(text, /lighthouses|cliffs|stand/i);
  assert.match(text, /^\p{Lu}[^\n]+\.\n\n\p{Lu}[^\n]+\.$/u);
  const { input_token_count, output_token_count, tokens_per_second } = metrics as Record<string, number>;
  assert.equal(output_token_count, tokens.length);
  assert.ok(input_token_count > 0 && tokens_per_second > 0);
  assert.ok(urls.stream && !urls.stream.includes(id), "the address of the stream tells nothing but itself");
});

story("while it writes, the prediction shows what is written", async ({ replicate, client }) => {
  const { id } = await client.predictions.create({ model, input: { prompt: "on moths [slow:10]" } });
  const words = async () => ((await client.predictions.get(id)).output as string[] | null)?.length ?? 0;
  assert.equal(await words(), 0);
  replicate.tick(60 + 2_500);
  const quarter = await words();
  replicate.tick(2_500);
  const half = await words();
  assert.ok(quarter > 0 && Math.abs(half - 2 * quarter) <= 1, `${quarter}, ${half}`);
  const canceled = await client.predictions.cancel(id);
  assert.deepEqual([canceled.status, (canceled.output as string[]).length], ["canceled", half]);
  const { output_token_count, predict_time } = canceled.metrics as Record<string, number>;
  assert.deepEqual([output_token_count, predict_time], [half, 5]);
}, { held: true, speed: 1 });

/** The events of a stream, as the bytes have them. */
async function read(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  return parse(await response.text());
}

function parse(text: string) {
  return text.split("\n\n").filter((block) => block.includes("event: ")).map((block) => {
    const values = (name: string) =>
      block.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
    return { event: values("event")[0], id: values("id")[0], data: values("data").join("\n") };
  });
}

async function start({ client }: Scene, prompt: string) {
  const { id, urls } = await client.predictions.create({ model, input: { prompt } });
  return { id, stream: urls.stream! };
}

story("who comes back with Last-Event-ID goes on where they were, and needs no token", async (scene) => {
  const { id, stream } = await start(scene, "a letter about rain");
  const all = await read(stream);
  assert.equal((await ended(scene.client, id)).status, "succeeded");
  assert.deepEqual(await read(stream), all, "an ended one is told again from the beginning");
  const rest = await read(stream, { "last-event-id": all[40].id });
  assert.deepEqual(rest, all.slice(41));
  assert.deepEqual(await read(stream, { "last-event-id": all.at(-1)!.id }), all.slice(-1));
  assert.deepEqual(await read(stream, { "last-event-id": "7:40" }), all, "an id of another stream is none");
  await (await fetch(stream, { method: "POST" })).body?.cancel();
  assert.equal((await refusal(fetch(stream, { method: "POST" }))).status, 405);
});

story("a stream says why it ends early", async (scene) => {
  const failing = await read((await start(scene, "a poem [fail]")).stream);
  assert.deepEqual(failing.slice(-2).map(({ event }) => event), ["error", "done"]);
  assert.match(failing.at(-2)!.data, /crashed/);
  assert.equal(failing.at(-1)!.data, '{"reason":"error"}');
  assert.ok(failing.length > 10, "what was written before is told");
  await assert.rejects(async () => {
    for await (const _ of scene.client.stream(model, { input: { prompt: "a poem [nsfw]" } })) { /* until it breaks */ }
  }, /sensitive/);

  const hanging = await start(scene, "a poem [hang]");
  const told = read(hanging.stream);
  await scene.client.predictions.cancel(hanging.id);
  assert.equal((await told).at(-1)!.data, '{"reason":"canceled"}');
  const aborted = await read((await start(scene, "a poem [aborted]")).stream);
  assert.deepEqual(aborted.map(({ event, data }) => [event, data]), [["done", '{"reason":"canceled"}']]);
});

story("a stream is for an hour, and only what writes has one", async ({ replicate, client }) => {
  const { id, urls } = await client.predictions.create({ model, input: { prompt: "a note" }, wait: true });
  replicate.tick(59 * 60_000);
  assert.ok((await read(urls.stream!)).length > 60);
  replicate.tick(2 * 60_000);
  assert.equal((await refusal(fetch(urls.stream!))).status, 404);
  const after = await client.predictions.get(id);
  assert.deepEqual([after.data_removed, after.input, after.output], [true, {}, null]);
  const picture = await client.predictions.create({ model: "bytedance/seedream-4", input: { prompt: "a note" } });
  assert.equal(picture.urls.stream, undefined);
  assert.equal((await refusal(fetch(`${replicate.origin}/replicate/stream/nothing`))).status, 404);
});

story("the same prompt and sandbox seed write the same, one after another", async ({ client }) => {
  const write = async (input: Record<string, unknown>) =>
    (await client.predictions.create({ model, input, wait: true })).output.join("") as string;
  const prompt = "tides and ferries";
  const [first, second] = [await write({ prompt }), await write({ prompt })];
  assert.notEqual(first, second);
  assert.notEqual(await write({ prompt, system_instruction: "Be brief." }), first);
  assert.equal((await write({ prompt, max_output_tokens: 5 })).split(/\s+/).length <= 5, true);
  assert.match(await write({ prompt: "[slow:0.1] ?!" }), /\w/);
  assert.equal(await write({ prompt: "nothing to say [bad-output]" }), "");
});

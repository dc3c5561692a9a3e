/** The Replicate stand-in's webhooks, and what a kill leaves behind. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { pictureOf } from "../support/png.ts";
import { ended, model, receiveWebhooks, startReplicate, story, verdict } from "../support/replicate-stand-in.ts";
import { until } from "../support/until.ts";

/** A busy machine draws a picture in seconds. */
const PATIENCE_MS = 30_000;

story("webhooks verify, and altered, foreign and wrongly signed ones are refused", async ({ replicate, client }) => {
  const webhooks = receiveWebhooks();
  try {
    const create = (prompt: string) =>
      client.predictions.create({
        model,
        input: { prompt },
        webhook: webhooks.url,
        webhook_events_filter: ["start", "output", "logs", "completed"],
      });
    const { id } = await create("a kite");
    await until(() => webhooks.received.length === 4, "four events", PATIENCE_MS);
    assert.deepEqual(new Set(webhooks.received.map(({ headers }) => headers["webhook-id"])).size, 4);
    for (const received of webhooks.received) {
      assert.equal(received.prediction.id, id);
      assert.equal(verdict(received), "accepted");
    }
    const last = webhooks.received.find(({ prediction }) => prediction.status === "succeeded")!;
    assert.deepEqual(last.prediction, await client.predictions.get(id));

    assert.equal(verdict({ ...last, body: last.body.replace("succeeded", "failed") }), "refused");
    assert.equal(verdict(last, `whsec_${btoa("another secret, same size")}`), "refused");
    const older = { ...last.headers, "webhook-timestamp": String(Math.floor(Date.now() / 1000) - 301) };
    assert.equal(verdict({ ...last, headers: older }), "refused");

    replicate.faults.set("replicate", { wrong_signature: 1 });
    await create("a kite [aborted]");
    await until(() => webhooks.received.length === 5, "the badly signed one", PATIENCE_MS);
    assert.equal(verdict(webhooks.received[4]), "refused");
  } finally {
    await webhooks.close();
  }
});

story("by default output and completion are told; the filter narrows that", async ({ client }) => {
  const webhooks = receiveWebhooks();
  try {
    await client.predictions.create({ model, input: { prompt: "a kite" }, webhook: webhooks.url });
    await until(() => webhooks.received.length === 2, "two events", PATIENCE_MS);
    assert.deepEqual(webhooks.statuses().sort(), ["processing", "succeeded"]);
    for (const prompt of ["[fail]", "[aborted]"]) {
      await client.predictions.create({
        model,
        input: { prompt },
        webhook: webhooks.url,
        webhook_events_filter: ["completed"],
      });
    }
    await until(() => webhooks.received.length === 4, "one event each", PATIENCE_MS);
    assert.deepEqual(webhooks.statuses().slice(2).sort(), ["aborted", "failed"]);
  } finally {
    await webhooks.close();
  }
});

story("[lost-webhook] and [duplicate-webhook] do what they say", async ({ client }) => {
  const webhooks = receiveWebhooks();
  const create = (prompt: string) =>
    client.predictions.create({
      model,
      input: { prompt },
      webhook: webhooks.url,
      webhook_events_filter: ["completed"],
    });
  try {
    const lost = await create("[lost-webhook]");
    const twice = await create("[duplicate-webhook]");
    await until(() => webhooks.received.length === 2, "both copies", PATIENCE_MS);
    assert.equal((await ended(client, lost.id)).status, "succeeded");
    assert.deepEqual(webhooks.received.map(({ prediction }) => prediction.id), [twice.id, twice.id]);
    assert.equal(webhooks.received[0].headers["webhook-id"], webhooks.received[1].headers["webhook-id"]);
  } finally {
    await webhooks.close();
  }
});

story("the completed event is sent again until it is taken", async ({ client }) => {
  const webhooks = receiveWebhooks((nth) => nth < 3 ? 500 : 204);
  try {
    await client.predictions.create({
      model,
      input: { prompt: "a kite" },
      webhook: webhooks.url,
      webhook_events_filter: ["completed"],
    });
    await until(() => webhooks.received.length === 3, "three attempts", PATIENCE_MS);
    assert.equal(new Set(webhooks.received.map(({ headers }) => headers["webhook-id"])).size, 1);
    assert.deepEqual(webhooks.received.map((received) => verdict(received)), ["accepted", "accepted", "accepted"]);
  } finally {
    await webhooks.close();
  }
});

Deno.test("replicate stand-in: a kill -9 loses no prediction, no output and no webhook", async () => {
  const folder = await mkdtemp("/tmp/kredo-replicate-");
  const path = `${folder}/sandbox.db`;
  const webhooks = receiveWebhooks();
  const port = freePort();
  const doomed = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/support/replicate-stand-in-process.ts", path, String(port), webhooks.url],
    stdout: "piped",
  }).spawn();
  try {
    const [running, hanging] = await firstLine(doomed.stdout);
    doomed.kill("SIGKILL");
    await doomed.status;

    const replicate = startReplicate({ path, port });
    try {
      const client = replicate.client();
      const done = await ended(client, running);
      assert.equal(done.status, "succeeded");
      const picture = pictureOf(await (await fetch(done.output[0])).bytes());
      assert.equal(picture.width, 1024);
      await until(() => webhooks.received.length > 0, "the completed event", PATIENCE_MS);
      assert.equal((await client.predictions.get(hanging)).status, "processing");
      assert.equal((await client.predictions.cancel(hanging)).status, "canceled");
    } finally {
      await replicate.close();
    }
  } finally {
    await webhooks.close();
    await rm(folder, { recursive: true });
  }
});

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.trim().split(" ");
}

import assert from "node:assert/strict";
import {
  endStreams,
  eventStream,
  type EventStreamOptions,
  type ServerSentEvent,
} from "../../../platform/http/event-stream.ts";

const request = new Request("http://kredo.test/events");

/** A stream whose source the test feeds, and what happened to the source. */
function open(options: Partial<EventStreamOptions> = {}, asked = request) {
  const fed: PromiseWithResolvers<ServerSentEvent | null>[] = [Promise.withResolvers()];
  const world = { asked: 0, stopped: 0 };
  async function* source() {
    for (let n = 0;; n++) {
      world.asked++;
      const event = await fed[n].promise;
      if (!event) return;
      yield event;
    }
  }
  const stop = () => {
    world.stopped++;
    fed.at(-1)!.resolve(null);
  };
  const response = eventStream(asked, source(), { stop, ...options });
  const feed = (event: ServerSentEvent | null) => {
    fed.push(Promise.withResolvers());
    fed.at(-2)!.resolve(event);
  };
  return { response, feed, world };
}
const event = (id: string): ServerSentEvent => ({ event: "job", id, data: { id } });

Deno.test("events come as they are fed, and the stream ends with its source, which is stopped once", async () => {
  const { response, feed, world } = open({ id: "start" });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader.read()).value!, /^retry: \d{4}\nid: start\n\n$/);
  feed(event("1"));
  assert.equal((await reader.read()).value, 'id: 1\nevent: job\ndata: {"id":"1"}\n\n');
  feed(null);
  assert.equal((await reader.read()).done, true);
  assert.equal(world.stopped, 1);
});

Deno.test("a reader who takes nothing lets nothing pile up, and one who leaves stops the source", async () => {
  const { response, feed, world } = open();
  for (let n = 0; n < 20; n++) feed(event(String(n)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(world.asked <= 2, `asked ${world.asked} times`);
  await response.body!.cancel();
  assert.equal(world.stopped, 1);
});

Deno.test("nobody reads the stream of a HEAD request, so there is none", () => {
  const { response, world } = open({}, new Request(request, { method: "HEAD" }));
  assert.equal(response.body, null);
  assert.equal(world.stopped, 1);
});

Deno.test("signs of life come while nothing else does, and a stream ends with the session", async () => {
  // Every stream has its turn within fifteen seconds; of fifteen streams one has it within one.
  const streams = Array.from({ length: 15 }, () => open({ until: Date.now() + 5_000 }));
  const texts = await Promise.all(streams.map(({ response }) => response.text()));
  assert.ok(texts.some((text) => text.endsWith(": still here\n\n")));
  assert.ok(streams.every(({ world }) => world.stopped === 1));
});

// The last one, for a process that ends has no more streams.
Deno.test("before the process ends every stream does, and one that is opened later ends at once", async () => {
  const early = open();
  const text = early.response.text();
  endStreams();
  assert.match(await text, /^retry: /);
  const late = open();
  assert.match(await late.response.text(), /^retry: /);
  assert.deepEqual([early.world.stopped, late.world.stopped], [1, 1]);
});

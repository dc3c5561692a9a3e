import assert from "node:assert/strict";
import { followText, type TextNews, type TextServices } from "../../../domain/jobs/follow-text.ts";
import { AppError } from "../../../domain/errors.ts";
import type { Session } from "../../../platform/request.ts";
import type { StreamEnd } from "../../../platform/replicate-stream.ts";

const session = { userId: crypto.randomUUID() } as Session;
const id = crypto.randomUUID();

interface State {
  status: string;
  attempt: number | null;
  url: string | null;
}

/** A job that goes through `states`, one a look; a stream that gives `words` and ends so. */
function scene(states: State[], streams: Record<string, { words: string[]; end: StreamEnd; then?: State }[]> = {}) {
  const asked: { url: string; after: string | null }[] = [];
  let state = states[0];
  const services: TextServices = {
    db: {
      asWeb: () => {
        state = states.shift() ?? state;
        return Promise.resolve([state]) as never;
      },
    },
    live: { subscribe: () => () => {}, connected: true, close: () => Promise.resolve() },
    async *readTextStream(url, { after }) {
      asked.push({ url, after });
      const stream = streams[url].shift()!;
      for (const [i, text] of stream.words.entries()) yield { id: `${url}${i}`, text };
      if (stream.then) state = stream.then;
      await Promise.resolve();
      return stream.end;
    },
  };
  const follow = async (after: { attempt: number; piece: string } | null = null) => {
    const news = await followText(services, session, { id, after, signal: new AbortController().signal });
    return news && await Array.fromAsync(news);
  };
  return { asked, follow };
}

const running = (attempt: number, url: string | null): State => ({ status: "running", attempt, url });
const queued: State = { status: "queued", attempt: null, url: null };
const ended: State = { status: "succeeded", attempt: null, url: null };
const told = (news: TextNews[] | null) =>
  news?.map((each) => each.news === "piece" ? each.piece.text : each.news === "start" ? `try ${each.attempt}` : "end");

Deno.test("a text is followed from the line to its last word", async () => {
  const { follow } = scene([queued, queued, running(1, null), running(1, "a")], {
    a: [{ words: ["Hello", " you"], end: "done" }],
  });
  assert.deepEqual(told(await follow()), ["try 1", "Hello", " you", "end"]);
});

Deno.test("a connection that is lost is made anew behind the last word", async () => {
  const { follow, asked } = scene([running(1, "a")], {
    a: [{ words: ["Hello"], end: "broken" }, { words: [" you"], end: "done" }],
  });
  assert.deepEqual(told(await follow()), ["try 1", "Hello", " you", "end"]);
  assert.deepEqual(asked, [{ url: "a", after: null }, { url: "a", after: "a0" }]);
});

Deno.test("a reader who comes back goes on, unless another try has begun", async () => {
  const { follow, asked } = scene([running(2, "b")], { b: [{ words: [" you"], end: "done" }] });
  assert.deepEqual(told(await follow({ attempt: 2, piece: "b0" })), [" you", "end"]);
  assert.deepEqual(asked, [{ url: "b", after: "b0" }]);

  const later = scene([running(3, "c")], { c: [{ words: ["Hello"], end: "done" }] });
  assert.deepEqual(told(await later.follow({ attempt: 2, piece: "b0" })), ["try 3", "Hello", "end"]);
  assert.deepEqual(later.asked, [{ url: "c", after: null }]);
});

Deno.test("a try that fails is followed by the next, and its words are void", async () => {
  const { follow, asked } = scene([running(1, "a")], {
    a: [{ words: ["No"], end: "failed", then: running(2, "b") }],
    b: [{ words: ["Yes"], end: "done" }],
  });
  assert.deepEqual(told(await follow()), ["try 1", "No", "try 2", "Yes", "end"]);
  assert.deepEqual(asked.map(({ url }) => url), ["a", "b"]);
});

Deno.test("a job that ends without a word is over", async () => {
  assert.deepEqual(told(await scene([running(1, null), running(1, null), ended]).follow()), ["end"]);
  assert.equal(await scene([ended]).follow(), null);
});

Deno.test("what is no text of theirs is not found", async () => {
  const { services } = { services: { db: { asWeb: () => Promise.resolve([]) } } as unknown as TextServices };
  const options = { id, after: null, signal: new AbortController().signal };
  const isNotFound = (error: unknown) => error instanceof AppError && error.code === "not_found";
  await assert.rejects(followText(services, session, options), isNotFound);
  await assert.rejects(followText(services, session, { ...options, id: "'; --" }), isNotFound);
});

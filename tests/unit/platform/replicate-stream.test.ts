import assert from "node:assert/strict";
import { readTextStream } from "../../../platform/replicate-stream.ts";

const URL_ = "https://stream.replicate.com/v1/files/abc";

/** What is heard of a stream of these bytes, and how it ended. */
async function listen(
  body: BodyInit | (() => Promise<Response>),
  { url = URL_, after = null, addresses = ["151.101.1.1"] }: {
    url?: string;
    after?: string | null;
    addresses?: string[];
  } = {},
) {
  const requests: { url: string; headers: Headers }[] = [];
  const stream = readTextStream(url, {
    trustedHosts: [],
    resolve: () => Promise.resolve(addresses),
    fetch: (input, init) => {
      requests.push({ url: String(input), headers: new Headers(init?.headers) });
      return typeof body === "function" ? body() : Promise.resolve(new Response(body));
    },
  }, { after, signal: new AbortController().signal });
  const heard: string[] = [];
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) heard.push(next.value.text);
  return { heard, end: next.value, requests };
}

const output = (text: string, id = "1") =>
  `event: output\nid: ${id}\n${text.split("\n").map((l) => `data: ${l}\n`).join("")}\n`;

Deno.test("a stream is heard word by word until it is done, line breaks and comments included", async () => {
  const { heard, end } = await listen(`: hi\n\n${output("Hello")}${output(" you,\nthere")}event: done\ndata: {}\n\n`);
  assert.deepEqual([heard, end], [["Hello", " you,\nthere"], "done"]);
});

Deno.test("a stream says how it ended", async () => {
  assert.equal((await listen(`event: done\ndata: {"reason":"error"}\n\n`)).end, "failed");
  assert.equal((await listen(`event: error\ndata: {"detail":"no"}\n\n`)).end, "failed");
  assert.equal((await listen(output("Hello"))).end, "broken");
  assert.equal((await listen(() => Promise.reject(new TypeError("connection refused")))).end, "broken");
  assert.equal((await listen(() => Promise.resolve(new Response("", { status: 404 })))).end, "failed");
  assert.equal((await listen(() => Promise.resolve(new Response("", { status: 503 })))).end, "broken");
});

Deno.test("a stream goes on behind the last word that was heard", async () => {
  const { requests } = await listen("", { after: "17:3" });
  assert.equal(requests[0].headers.get("last-event-id"), "17:3");
  assert.equal(requests[0].headers.get("authorization"), null);
});

Deno.test("only the provider's streams are listened to, and none that points inward", async () => {
  for (const url of ["https://stream-b.svc.rno2.c.replicate.net/v1/streams/a", URL_]) {
    assert.equal((await listen(output("Hello"), { url })).requests.length, 1, url);
  }
  const foreign = [
    "http://stream.replicate.com/a",
    "https://stream.replicate.com.evil.example/a",
    "https://replicate.delivery/a",
    "https://127.0.0.1/a",
    "file:///etc/passwd",
  ];
  for (const url of foreign) {
    const { requests, end } = await listen(output("Hello"), { url });
    assert.deepEqual([requests.length, end], [0, "failed"], url);
  }
  const inward = await listen(output("Hello"), { addresses: ["10.0.0.1"] });
  assert.deepEqual([inward.requests.length, inward.end], [0, "failed"]);
});

Deno.test("too much is too much, in one event or in all", async () => {
  assert.equal((await listen(`event: output\ndata: ${"x".repeat(100_000)}`)).end, "broken");
  const { heard, end } = await listen(output("x".repeat(50_000)).repeat(40));
  assert.equal(end, "failed");
  assert.ok(heard.length <= 20);
});

import assert from "node:assert/strict";
import { fetchOutput, type FetchOutputOptions } from "../../../domain/jobs/fetch-output.ts";
import { readAtMost } from "../../../platform/read-at-most.ts";
import { png } from "../../support/images.ts";
import { mp4, webm } from "../../support/videos.ts";

const picture = png(640, 480);
const served = () => new Response(picture, { headers: { "content-type": "text/html" } });

/** A download in a world where every name resolves to `addresses` and every request gets `answer`. */
async function download(
  url: string,
  { answer = served, addresses = ["151.101.1.1"], ...options }: Partial<FetchOutputOptions> & {
    answer?: (url: URL) => Response | Promise<Response>;
    addresses?: string[];
  } = {},
) {
  const requested: string[] = [];
  const result = await fetchOutput(url, {
    trustedHosts: [],
    resolve: () => Promise.resolve(addresses),
    fetch: async (input) => {
      requested.push(String(input));
      return await answer(new URL(String(input)));
    },
    ...options,
  });
  return { result, requested, reason: result.ok ? null : result.reason };
}

Deno.test("a picture of the provider comes back checked, measured and hashed", async () => {
  const { result } = await download("https://replicate.delivery/xezq/abc/out-0.png");
  assert.ok(result.ok && "bytes" in result.output);
  const { bytes, sha256, ...header } = result.output;
  assert.deepEqual(header, { contentType: "image/png", extension: "png", width: 640, height: 480 });
  assert.deepEqual(bytes, picture);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", picture)).toHex();
  assert.equal(sha256, digest);
});

Deno.test("only the provider's hosts are asked, on https and its usual port", async () => {
  const foreign = [
    "http://replicate.delivery/a.png",
    "https://replicate.delivery:8443/a.png",
    "https://user:password@replicate.delivery/a.png",
    "https://replicate.delivery.evil.example/a.png",
    "https://evilreplicate.delivery/a.png",
    "https://example.com/replicate.delivery/a.png",
    "https://127.0.0.1/a.png",
    "https://[::1]/a.png",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/a.png",
    "https://localhost/a.png",
    "ftp://replicate.delivery/a.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "not a url",
    "",
  ];
  for (const url of foreign) {
    const { reason, requested } = await download(url);
    assert.equal(reason, "refused", url);
    assert.deepEqual(requested, [], url);
  }
  for (const url of ["https://replicate.delivery/a.png", "https://pbxt.replicate.delivery/a.png"]) {
    assert.equal((await download(url)).reason, null, url);
  }
});

Deno.test("a provider's name that points inward is not followed", async () => {
  const inward = [
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["172.16.0.1"],
    ["192.168.1.1"],
    ["169.254.169.254"],
    ["100.64.0.1"],
    ["0.0.0.0"],
    ["::1"],
    ["::"],
    ["fe80::1"],
    ["fd00::1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:a00:1"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::"],
    ["151.101.1.1", "127.0.0.1"],
    ["nonsense"],
  ];
  for (const addresses of inward) {
    const { reason, requested } = await download("https://replicate.delivery/a.png", { addresses });
    assert.equal(reason, "refused", addresses.join());
    assert.deepEqual(requested, [], addresses.join());
  }
  assert.equal((await download("https://replicate.delivery/a.png", { addresses: ["2606:4700::1111"] })).reason, null);
});

Deno.test("a trusted host of the sandbox may be loopback and http, with exactly its port", async () => {
  const trustedHosts = ["127.0.0.1:54324"];
  assert.equal((await download("http://127.0.0.1:54324/a.png", { trustedHosts })).reason, null);
  assert.equal((await download("http://127.0.0.1:54322/a.png", { trustedHosts })).reason, "refused");
  assert.equal((await download("http://localhost:54324/a.png", { trustedHosts })).reason, "refused");
  assert.equal((await download("file://127.0.0.1:54324/etc/passwd", { trustedHosts })).reason, "refused");
});

Deno.test("redirects are followed on the same host and nowhere else", async () => {
  const redirect = (location: string) => ({ pathname }: URL) =>
    pathname === "/a.png" ? new Response(null, { status: 302, headers: { location } }) : served();
  const start = "https://replicate.delivery/a.png";
  assert.equal((await download(start, { answer: redirect("/b.png") })).reason, null);
  for (
    const location of [
      "http://169.254.169.254/latest/meta-data/",
      "http://replicate.delivery/b.png",
      "https://other.replicate.delivery/b.png",
      "file:///etc/passwd",
      "https://",
    ]
  ) {
    const { reason, requested } = await download(start, { answer: redirect(location) });
    assert.equal(reason, "refused", location);
    assert.deepEqual(requested, [start], location);
  }
  const circle = await download(start, { answer: redirect("/a.png") });
  assert.equal(circle.reason, "refused");
  assert.equal(circle.requested.length, 4);
});

Deno.test("too much is too much, announced or not", async () => {
  const announced = () => new Response(picture, { headers: { "content-length": "5000" } });
  assert.equal(
    (await download("https://replicate.delivery/a.png", { answer: announced, maxBytes: 1_000 })).reason,
    "refused",
  );

  let sent = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += 600;
          controller.enqueue(new Uint8Array(600));
        },
      }),
    );
  assert.equal(
    (await download("https://replicate.delivery/a.png", { answer: endless, maxBytes: 1_000 })).reason,
    "refused",
  );
  assert.ok(sent <= 3_000, `the stream was read on: ${sent} bytes`);
});

Deno.test("what is no image is refused, whatever its header says", async () => {
  const html = () => new Response("<script>alert(1)</script>".repeat(9), { headers: { "content-type": "image/png" } });
  assert.equal((await download("https://replicate.delivery/a.png", { answer: html })).reason, "refused");
});

Deno.test("gone is told from not there at the moment", async () => {
  const answers = (status: number) => () => new Response("no", { status });
  for (const status of [403, 404, 410]) {
    assert.equal((await download("https://replicate.delivery/a.png", { answer: answers(status) })).reason, "gone");
  }
  for (const status of [429, 500, 503]) {
    assert.equal(
      (await download("https://replicate.delivery/a.png", { answer: answers(status) })).reason,
      "unreachable",
    );
  }
  const offline = () => Promise.reject(new TypeError("connection refused"));
  assert.equal((await download("https://replicate.delivery/a.png", { answer: offline })).reason, "unreachable");
  const unknown = { resolve: () => Promise.reject(new Error("ENOTFOUND")) };
  assert.equal((await download("https://replicate.delivery/a.png", unknown)).reason, "unreachable");
});

Deno.test("a download that never ends is given up", async () => {
  const slow: typeof fetch = (_url, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  assert.equal(
    (await download("https://replicate.delivery/a.png", { fetch: slow, timeoutMs: 20 })).reason,
    "unreachable",
  );
});

const clip = { width: 640, height: 360, durationMs: 5_000, payload: 300_000 };
const VIDEO = "https://replicate.delivery/abc/clip.mp4";

/** A body in pieces, and how many of them were asked for. */
function inPieces(bytes: Uint8Array<ArrayBuffer>, piece = 16_384, breakAt = Infinity) {
  const asked = { pieces: 0 };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const at = asked.pieces++ * piece;
      if (at >= breakAt) return controller.error(new Error("connection reset"));
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + piece));
    },
  }, { highWaterMark: 0 });
  return { body, asked };
}

async function openVideo(body: BodyInit, options: Partial<FetchOutputOptions> = {}) {
  const { result, reason } = await download(VIDEO, { kind: "video", answer: () => new Response(body), ...options });
  return { reason, video: result.ok && "body" in result.output ? result.output : null };
}

Deno.test("a video is hashed and measured as it passes, and never lies in memory as a whole", async () => {
  for (
    const [bytes, contentType] of [[mp4(clip, { index: "after" }), "video/mp4"], [webm(clip), "video/webm"]] as const
  ) {
    const { body, asked } = inPieces(bytes);
    const { video } = await openVideo(body);
    assert.ok(video);
    assert.equal(video.contentType, contentType);
    assert.ok(asked.pieces <= 2, `${asked.pieces} pieces were read ahead`);
    assert.deepEqual(await readAtMost(video.body, Infinity), bytes);
    const { width, height, durationMs } = clip;
    const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assert.deepEqual(video.measure(), { width, height, durationMs, bytes: bytes.length, sha256 });
    assert.equal(video.broken(), null);
  }
});

Deno.test("a video that turns out too large breaks off and is refused", async () => {
  const { body, asked } = inPieces(mp4(clip));
  const { video } = await openVideo(body, { maxBytes: 100_000 });
  await assert.rejects(readAtMost(video!.body, Infinity));
  assert.equal(video!.broken()?.reason, "refused");
  assert.ok(asked.pieces < 12, `the stream was read on: ${asked.pieces} pieces`);

  const announced = await download(VIDEO, {
    kind: "video",
    answer: () => new Response(mp4(clip), { headers: { "content-length": "5000" } }),
    maxBytes: 1_000,
  });
  assert.equal(announced.reason, "refused");
});

Deno.test("a video whose provider breaks off may be had later", async () => {
  const { video } = await openVideo(inPieces(mp4(clip), 16_384, 100_000).body);
  await assert.rejects(readAtMost(video!.body, Infinity));
  assert.equal(video!.broken()?.reason, "unreachable");
});

Deno.test("what is no video goes no further than its first bytes", async () => {
  for (const bytes of [png(640, 480), new TextEncoder().encode("<script>".repeat(9_000)), new Uint8Array()]) {
    const { body, asked } = inPieces(bytes as Uint8Array<ArrayBuffer>);
    assert.equal((await openVideo(body)).reason, "refused");
    assert.ok(asked.pieces <= 3);
  }
  const asPicture = await download("https://replicate.delivery/a.png", { answer: () => new Response(mp4(clip)) });
  assert.equal(asPicture.reason, "refused");
});

import assert from "node:assert/strict";
import { checkVideo } from "../../../domain/jobs/check-video.ts";
import type { AttemptOfPrediction } from "../../../domain/jobs/engine.ts";
import type { FetchOutputResult } from "../../../domain/jobs/fetch-output.ts";
import { readImageHeader } from "../../../domain/jobs/image-header.ts";
import { storeOutputs } from "../../../domain/jobs/store-outputs.ts";
import type { ModelKind } from "../../../domain/jobs/types.ts";
import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import { readAtMost } from "../../../platform/read-at-most.ts";
import type { Prediction } from "../../../platform/replicate.ts";
import { encodePng } from "../../../sandbox/replicate/draw/png.ts";
import { png } from "../../support/images.ts";
import { mp4 } from "../../support/videos.ts";

interface Scene {
  kind: ModelKind;
  outputs: string[] | null;
  requested?: number;
  fetched?: (url: string) => FetchOutputResult | Promise<FetchOutputResult>;
  /** Paths at which storage fails. */
  refuses?: RegExp;
  lastTry?: boolean;
}

/** What is stored of a prediction with these outputs. */
async function store({ kind, outputs, requested = 1, fetched, refuses = /^$/, lastTry = false }: Scene) {
  const objects = new Map<string, { bytes: Uint8Array; type: string }>();
  const whilePlaced: string[] = [];
  let placed = 0;
  const services = {
    log: { info() {}, warn() {}, error() {} },
    fetchOutput: (url: string) => {
      if (placed > 0) whilePlaced.push(url);
      return Promise.resolve(fetched!(url));
    },
    withPicture: <T>(act: () => Promise<T>) => {
      placed++;
      return act().finally(() => placed--);
    },
    storage: {
      upload: async (path: string, body: Uint8Array | ReadableStream<Uint8Array>, type: string) => {
        if (placed > 0) whilePlaced.push(path);
        if (refuses.test(path)) throw new Error("storage is down");
        objects.set(path, { bytes: body instanceof Uint8Array ? body : (await readAtMost(body, Infinity))!, type });
      },
    },
  } as unknown as WorkerServices;
  const attempt: AttemptOfPrediction = {
    attempt_id: "a",
    job_id: "j",
    user_id: "u",
    kind,
    outputs_requested: requested,
  };
  const result = await storeOutputs(services, attempt, { outputs } as Prediction, lastTry);
  return {
    stored: "stored" in result ? result.stored : [],
    failed: "failed" in result ? result.failed.code : null,
    objects,
    whilePlaced,
  };
}

const painted = encodePng(new Uint8Array(800 * 600 * 3).fill(90), 800, 600);
const picture = (bytes: Uint8Array<ArrayBuffer> = painted): FetchOutputResult => ({
  ok: true,
  output: { ...readImageHeader(bytes)!, bytes, sha256: "a".repeat(64) },
});
const clip = mp4({ width: 640, height: 360, durationMs: 5_000, payload: 200_000 });
const broken = (bytes: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(clip.subarray(0, bytes));
    },
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });

Deno.test("a picture is stored with its thumbnail beside it", async () => {
  const { stored: [output], objects } = await store({ kind: "image", outputs: ["1"], fetched: () => picture() });
  assert.deepEqual([...objects.keys()].sort(), ["u/j/a/0.png", "u/j/a/0.thumb.webp"]);
  assert.equal(output.thumb_path, "u/j/a/0.thumb.webp");
  assert.equal(output.thumb_bytes, objects.get(output.thumb_path!)!.bytes.length);
  assert.deepEqual([output.width, output.height, output.duration_ms], [800, 600, null]);
});

Deno.test("a picture has its place in memory from when it is fetched until it is stored; films and text need none", async () => {
  const pictures = await store({ kind: "image", outputs: ["1", "2"], requested: 2, fetched: () => picture() });
  assert.deepEqual(pictures.whilePlaced.sort(), ["1", "2", ...pictures.objects.keys()].sort());
  const film = await store({
    kind: "video",
    outputs: ["1"],
    fetched: () => checkVideo(new Blob([clip]).stream(), 1_000_000),
  });
  const text = await store({ kind: "text", outputs: ["a lamp"] });
  for (const { stored, whilePlaced } of [film, text]) assert.deepEqual([stored.length, whilePlaced], [1, []]);
});

Deno.test("a thumbnail that cannot be made or stored costs nobody the picture", async () => {
  const unpainted = await store({ kind: "image", outputs: ["1"], fetched: () => picture(png(800, 600)) });
  const refused = await store({ kind: "image", outputs: ["1"], fetched: () => picture(), refuses: /thumb/ });
  for (const { stored: [output], objects } of [unpainted, refused]) {
    assert.deepEqual([output.path, output.thumb_path, output.thumb_bytes], ["u/j/a/0.png", null, null]);
    assert.equal(objects.size, 1);
  }
});

Deno.test("what is missing of several is not charged, and what was not asked for is not stored", async () => {
  const { stored } = await store({
    kind: "image",
    outputs: ["1", "gone", "3", "4"],
    requested: 3,
    fetched: (url) => url === "gone" ? { ok: false, reason: "gone", detail: "404" } : picture(),
  });
  assert.deepEqual(stored.map(({ position }) => position).sort(), [0, 2]);
});

Deno.test("a video is stored as it comes, with what it measures", async () => {
  const fetched = () => checkVideo(new Blob([clip]).stream(), 1_000_000);
  const { stored: [output], objects } = await store({ kind: "video", outputs: ["1"], fetched });
  assert.deepEqual([...objects.keys()], ["u/j/a/0.mp4"]);
  assert.deepEqual(objects.get(output.path), { bytes: clip, type: "video/mp4" });
  const { bytes, width, height, duration_ms, sha256 } = output;
  assert.deepEqual([bytes, width, height, duration_ms], [clip.length, 640, 360, 5_000]);
  assert.equal(sha256, new Uint8Array(await crypto.subtle.digest("SHA-256", clip)).toHex());
});

Deno.test("a video that breaks off is waited for until the last try; one that is too large never is", async () => {
  const breaks = { kind: "video", outputs: ["1"], fetched: () => checkVideo(broken(100_000), 1_000_000) } as const;
  await assert.rejects(store({ ...breaks, outputs: ["1"] }), { name: "OutputNotReady" });
  const last = await store({ ...breaks, outputs: ["1"], lastTry: true });
  assert.deepEqual([last.failed, last.objects.size], ["output_unavailable", 0]);
  const fetched = () => checkVideo(new Blob([clip]).stream(), 50_000);
  const large = await store({ kind: "video", outputs: ["1"], fetched });
  assert.deepEqual([large.failed, large.objects.size], ["output_unavailable", 0]);
});

Deno.test("a storage that is down is no fault of the output", async () => {
  const fetched = () => checkVideo(new Blob([clip]).stream(), 1_000_000);
  for (
    const scene of [{ kind: "video", fetched }, { kind: "image", fetched: () => picture() }, { kind: "text" }] as const
  ) {
    await assert.rejects(store({ ...scene, outputs: ["1"], refuses: /0/ }), /storage is down/);
  }
});

Deno.test("a text is its pieces joined, in UTF-8", async () => {
  const pieces = ["Zażółć", " gęślą", "\n", "jaźń 🙂"];
  const { stored: [output], objects } = await store({ kind: "text", outputs: pieces });
  const { bytes, type } = objects.get("u/j/a/0.txt")!;
  assert.deepEqual([new TextDecoder().decode(bytes), type], [pieces.join(""), "text/plain"]);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
  assert.deepEqual([output.bytes, output.sha256, output.width], [bytes.length, sha256, null]);
});

Deno.test("an empty text, an endless one, and none at all deliver nothing", async () => {
  for (const outputs of [[], ["", ""], ["x".repeat(1024 * 1024), "x"], null]) {
    const { failed, objects } = await store({ kind: "text", outputs });
    assert.deepEqual([failed, objects.size], ["output_unavailable", 0]);
  }
});

/**
 * Where pictures come from: one worker thread that draws, so that the supervisor's event loop never waits for pixels.
 * A picture is a pure function of model, prompt, seed, position and size; it is kept for a while and drawn anew when asked
 * for later, so nothing of it needs storing.
 */
import { findModel, SIZES } from "./catalogue.ts";
import { withoutDirectives } from "./directives.ts";
import type { PictureRequest } from "./draw/mod.ts";
import type { Entry, Prediction } from "./prediction.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

export interface Studio {
  /** Draws all pictures of a prediction, or waits for them when that was begun before. */
  draw(entry: Entry): Promise<Uint8Array<ArrayBuffer>[]>;
  forget(predictionId: string): void;
  close(): void;
}

export function createStudio(): Studio {
  const drawings = new Map<string, { pictures: Promise<Uint8Array<ArrayBuffer>[]>; bytes: number }>();
  const pending = new Map<number, PromiseWithResolvers<Uint8Array<ArrayBuffer>>>();
  let worker: Worker | undefined;
  let requests = 0;

  // The first pictures of a fresh thread take three times as long: let nobody wait for those.
  for (const style of ["landscape", "atmosphere", "abstract"] as const) {
    void paint({ style, prompt: "warming up", seed: 1, position: 0, width: 192, height: 192 }).catch(() => {});
  }

  function hire(): Worker {
    const hired = new Worker(new URL("./draw/worker.ts", import.meta.url), { type: "module" });
    hired.onmessage = ({ data }: MessageEvent<{ id: number; png?: Uint8Array<ArrayBuffer>; error?: string }>) => {
      const answer = pending.get(data.id);
      pending.delete(data.id);
      if (data.png) answer?.resolve(data.png);
      else answer?.reject(new Error(data.error));
    };
    hired.onerror = (event) => {
      event.preventDefault();
      worker = undefined;
      for (const answer of pending.values()) answer.reject(new Error(event.message));
      pending.clear();
    };
    return hired;
  }

  function paint(request: PictureRequest): Promise<Uint8Array<ArrayBuffer>> {
    worker ??= hire();
    const id = ++requests;
    const answer = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    pending.set(id, answer);
    worker.postMessage({ id, request });
    return answer.promise;
  }

  function draw(entry: Entry) {
    const { id, input, model } = entry.prediction;
    const known = drawings.get(id);
    if (known) return known.pictures;
    const { style } = findModel(model)!;
    const pictures = Promise.all(
      Array.from({ length: pictureCount(input) }, (_, position) =>
        paint({
          style,
          prompt: withoutDirectives(String(input.prompt)),
          seed: entry.seed,
          position,
          ...pictureSize(input),
        })),
    );
    const drawing = { pictures, bytes: 0 };
    drawings.set(id, drawing);
    pictures.then((done) => {
      drawing.bytes = done.reduce((sum, png) => sum + png.length, 0);
      evict();
    }, () => drawings.delete(id));
    return pictures;
  }

  /** Oldest first; what is still being drawn weighs nothing and stays. */
  function evict() {
    let total = [...drawings.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [id, { bytes }] of drawings) {
      if (total <= CACHE_BYTES) return;
      if (bytes === 0) continue;
      total -= bytes;
      drawings.delete(id);
    }
  }

  return {
    draw,
    forget: (id) => void drawings.delete(id),
    close() {
      worker?.terminate();
      for (const answer of pending.values()) answer.reject(new Error("the sandbox is closing"));
    },
  };
}

export function pictureCount(input: Record<string, unknown>): number {
  return input.sequential_image_generation === "auto" ? Number(input.max_images ?? 1) : 1;
}

export function pictureSize(input: Record<string, unknown>): { width: number; height: number } {
  return SIZES[String(input.aspect_ratio ?? "1:1")];
}

export function answersList({ model }: Prediction): boolean {
  return findModel(model)!.output === "list";
}

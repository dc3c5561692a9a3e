/**
 * Where pictures and films come from: one worker thread that draws, so that the supervisor's event loop never waits for
 * pixels. A drawing is a pure function of its request; it is kept for a while and drawn anew when asked for later, so
 * nothing of it needs storing.
 */
import type { FilmRequest } from "./draw/film.ts";
import type { PictureRequest } from "./draw/mod.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

export type DrawingRequest = PictureRequest | (FilmRequest & { film: true });
type Drawn = Uint8Array<ArrayBuffer>;

export interface Studio {
  /** Draws all that a prediction asks for, or waits for it when that was begun before. */
  make(predictionId: string, requests: DrawingRequest[]): Promise<Drawn[]>;
  forget(predictionId: string): void;
  close(): void;
}

export function createStudio(): Studio {
  const drawings = new Map<string, { drawn: Promise<Drawn[]>; bytes: number }>();
  const pending = new Map<number, PromiseWithResolvers<Drawn>>();
  let worker: Worker | undefined;
  let requests = 0;

  // The first pictures of a fresh thread take three times as long: let nobody wait for those.
  for (const style of ["landscape", "atmosphere", "abstract"] as const) {
    void draw({ style, prompt: "warming up", seed: 1, position: 0, width: 192, height: 192 }).catch(() => {});
  }

  function hire(): Worker {
    const hired = new Worker(new URL("./draw/worker.ts", import.meta.url), { type: "module" });
    hired.onmessage = ({ data }: MessageEvent<{ id: number; drawn?: Drawn; error?: string }>) => {
      const answer = pending.get(data.id);
      pending.delete(data.id);
      if (data.drawn) answer?.resolve(data.drawn);
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

  function draw(request: DrawingRequest): Promise<Drawn> {
    worker ??= hire();
    const id = ++requests;
    const answer = Promise.withResolvers<Drawn>();
    pending.set(id, answer);
    worker.postMessage({ id, request });
    return answer.promise;
  }

  function make(id: string, wanted: DrawingRequest[]) {
    const known = drawings.get(id);
    if (known) return known.drawn;
    const drawing = { drawn: Promise.all(wanted.map(draw)), bytes: 0 };
    drawings.set(id, drawing);
    drawing.drawn.then((all) => {
      drawing.bytes = all.reduce((sum, { length }) => sum + length, 0);
      evict();
    }, () => drawings.delete(id));
    return drawing.drawn;
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
    make,
    forget: (id) => void drawings.delete(id),
    close() {
      worker?.terminate();
      for (const answer of pending.values()) answer.reject(new Error("the sandbox is closing"));
    },
  };
}

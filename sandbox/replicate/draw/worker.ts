/// <reference lib="deno.worker" />
import { drawPng, type PictureRequest } from "./mod.ts";

self.onmessage = ({ data }: MessageEvent<{ id: number; request: PictureRequest }>) => {
  const { id, request } = data;
  try {
    const png = drawPng(request);
    self.postMessage({ id, png }, [png.buffer]);
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

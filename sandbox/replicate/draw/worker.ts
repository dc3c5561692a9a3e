/// <reference lib="deno.worker" />
import type { DrawingRequest } from "../studio.ts";
import { drawFilm } from "./film.ts";
import { drawPng } from "./mod.ts";

self.onmessage = ({ data }: MessageEvent<{ id: number; request: DrawingRequest }>) => {
  const { id, request } = data;
  try {
    const drawn = "film" in request ? drawFilm(request) : drawPng(request);
    self.postMessage({ id, drawn }, [drawn.buffer]);
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

/** Null where the file does not say, or says it in a way that we do not read. */
export interface VideoSize {
  /** Pixels. */
  width: number | null;
  height: number | null;
  durationMs: number | null;
}

export const UNKNOWN_SIZE: VideoSize = { width: null, height: null, durationMs: null };

/** Reads the size of a video from its bytes as they pass. */
export interface VideoProbe {
  take(chunk: Uint8Array): void;
  size(): VideoSize;
}

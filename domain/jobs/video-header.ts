import { createMp4Probe } from "./mp4-header.ts";
import type { VideoProbe } from "./video-size.ts";
import { createWebmProbe } from "./webm-header.ts";

export interface VideoType {
  contentType: "video/mp4" | "video/webm";
  extension: "mp4" | "webm";
}

/** As many of a file's first bytes as `sniffVideo` wants to see. */
export const SNIFFED_BYTES = 64;

/** Brands of ISO base media files that browsers play as MP4. Not among them: QuickTime, HEIC, AVIF, sound alone. */
const MP4_BRANDS = /^(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|mmp4|dash)$/;

/** Type of a video by its first bytes, or null when it is none of ours. */
export function sniffVideo(bytes: Uint8Array): VideoType | null {
  if (ascii(bytes, 4, 4) === "ftyp" && MP4_BRANDS.test(ascii(bytes, 8, 4))) {
    return { contentType: "video/mp4", extension: "mp4" };
  }
  // EBML, and the document type in its header: Matroska begins the same way and is not played.
  const isEbml = [0x1a, 0x45, 0xdf, 0xa3].every((byte, i) => bytes[i] === byte);
  return isEbml && ascii(bytes, 4, SNIFFED_BYTES - 4).includes("\x42\x82\x84webm")
    ? { contentType: "video/webm", extension: "webm" }
    : null;
}

export function createVideoProbe(contentType: VideoType["contentType"]): VideoProbe {
  return contentType === "video/mp4" ? createMp4Probe() : createWebmProbe();
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** Draws what a video model would have made of a prompt: a slow camera over a painted scene, two seconds of it. */
import type { Style } from "../catalogue.ts";
import { coded, encodePan, type Planes } from "./h264.ts";
import { drawPixels } from "./mod.ts";
import { encodeMp4 } from "./mp4.ts";

export interface FilmRequest {
  style: Style;
  prompt: string;
  seed: number;
  width: number;
  height: number;
}

export const FRAMES_PER_SECOND = 24;
export const FILM_SECONDS = 2;
const FRAMES = FRAMES_PER_SECOND * FILM_SECONDS;
/** Pixels a frame; even, because colours have half the resolution. */
const PACE = 2;

export function drawFilm(request: FilmRequest): Uint8Array<ArrayBuffer> {
  const { width, height } = request;
  const { dx, dy } = paceOf(request);
  const still = stillOf(request);
  const film = encodePan({
    still: planes(still.rgb, still.width, still.height),
    width,
    height,
    frames: FRAMES,
    dx,
    dy,
  });
  return encodeMp4({ film, width, height, framesPerSecond: FRAMES_PER_SECOND });
}

/** The whole scene, and how far the camera has moved over it by the last frame. */
export function stillOf({ style, prompt, seed, ...frame }: FilmRequest) {
  const { dx, dy } = paceOf(frame);
  const way = { x: dx * (FRAMES - 1), y: dy * (FRAMES - 1) };
  const [width, height] = [coded(frame.width) + way.x, coded(frame.height) + way.y];
  return { rgb: drawPixels({ style, prompt, seed, position: 0, width, height }), width, height, way };
}

/** Along the longer side, where the edge that comes into view is the shorter one. */
function paceOf({ width, height }: { width: number; height: number }) {
  return width >= height ? { dx: PACE, dy: 0 } : { dx: 0, dy: PACE };
}

/** RGB to BT.601, which players assume of small pictures. Width and height are even. */
function planes(rgb: Uint8Array, width: number, height: number): Planes {
  const y = new Uint8Array(width * height);
  const u = new Uint8Array(width * height / 4);
  const v = new Uint8Array(width * height / 4);
  for (let i = 0; i < y.length; i++) {
    const [r, g, b] = [rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]];
    y[i] = 16.5 + 0.2568 * r + 0.5041 * g + 0.0979 * b;
  }
  for (let row = 0, at = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2, at++) {
      const corner = 3 * (row * width + column);
      const mean = (channel: number) => {
        const [above, below] = [corner + channel, corner + channel + 3 * width];
        return (rgb[above] + rgb[above + 3] + rgb[below] + rgb[below + 3]) / 4;
      };
      const [r, g, b] = [mean(0), mean(1), mean(2)];
      u[at] = 128.5 - 0.1482 * r - 0.291 * g + 0.4392 * b;
      v[at] = 128.5 + 0.4392 * r - 0.3678 * g - 0.0714 * b;
    }
  }
  return { width, height, y, u, v };
}

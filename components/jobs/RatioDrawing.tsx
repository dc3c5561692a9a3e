import { type Ratio, ratioBox } from "./ratio.ts";

/** The outline of a shape, in the text's colour. */
export function RatioDrawing({ ratio, size }: { ratio: Ratio; size: number }) {
  const { width, height } = ratioBox(ratio, size);
  const box = size + 2;
  return (
    <svg viewBox={`0 0 ${box} ${box}`} width={box} height={box} class="shrink-0" aria-hidden="true">
      <rect
        x={(box - width) / 2}
        y={(box - height) / 2}
        width={width}
        height={height}
        rx="1"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
      />
    </svg>
  );
}

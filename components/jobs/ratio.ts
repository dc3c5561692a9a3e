/** The shapes of a picture, as `aspect_ratio` of a job's input names them. */
export const RATIOS = ["1:1", "4:3", "3:4", "16:9", "9:16"] as const;
export type Ratio = (typeof RATIOS)[number];

/** Written out, because the content policy forbids inline styles and Tailwind finds only whole class names. */
export const ASPECT: Record<Ratio, string> = {
  "1:1": "aspect-square",
  "4:3": "aspect-4/3",
  "3:4": "aspect-3/4",
  "16:9": "aspect-video",
  "9:16": "aspect-9/16",
};

/** The widest a picture of this shape may be so that all of it fits a screen's height. */
export const FITS_SCREEN: Record<Ratio, string> = {
  "1:1": "max-w-[64vh]",
  "4:3": "max-w-[84vh]",
  "3:4": "max-w-[52vh]",
  "16:9": "max-w-[114vh]",
  "9:16": "max-w-[40vh]",
};

/** Square where the input says nothing we know. */
export function ratioOf(input: Record<string, unknown>): Ratio {
  return RATIOS.find((ratio) => ratio === input.aspect_ratio) ?? "1:1";
}

/** A rectangle of that shape inside a square of `size`, for drawings. */
export function ratioBox(ratio: Ratio, size: number): { width: number; height: number } {
  const [w, h] = ratio.split(":").map(Number);
  return w >= h ? { width: size, height: size * h / w } : { width: size * w / h, height: size };
}

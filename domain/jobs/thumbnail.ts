import type { ImageHeader } from "./image-header.ts";

/** Pixels of the longer side: sharp in a list, on a fine screen too. */
const LONG_SIDE = 512;

/** Unpacked, a pixel takes four bytes three times over, and an edge function has 256 MB for everything. */
const MAX_PIXELS = 10_000_000;

/**
 * A small WebP of a picture, or null for one that is small already or too large to unpack. Throws on what the codec
 * does not take. About 0.1 s of CPU for a megapixel.
 *
 * The codecs are WebAssembly and run here and on Supabase's edge alike, where nothing native does. They are loaded at the
 * first picture, so that what makes none does not wait for them.
 */
export async function makeThumbnail(
  bytes: Uint8Array<ArrayBuffer>,
  { contentType, width, height }: Pick<ImageHeader, "contentType" | "width" | "height">,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const scale = LONG_SIDE / Math.max(width, height);
  if (scale >= 1 || width * height > MAX_PIXELS) return null;
  const { decode, resize, encode } = await loadCodecs(contentType);
  const picture = await decode(bytes.buffer);
  const small = await resize(picture, {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
    method: "catrom",
    fitMethod: "stretch",
    // Right in linear light, four times as dear, and no different to the eye at this size.
    linearRGB: false,
    premultiply: false,
  });
  return new Uint8Array(await encode(small, { quality: 76, method: 2 }));
}

async function loadCodecs(contentType: ImageHeader["contentType"]) {
  const [decode, resize, encode] = await Promise.all([decoders[contentType](), resizer(), encoder()]);
  return { decode, resize, encode };
}

const decoders: Record<ImageHeader["contentType"], () => Promise<(data: ArrayBuffer) => Promise<ImageData>>> = {
  "image/png": once(async () => {
    const { default: decode, init } = await import("@jsquash/png/decode.js");
    await init(await compile(import.meta.resolve("@jsquash/png/decode.js"), "codec/pkg/squoosh_png_bg.wasm"));
    return decode;
  }),
  "image/jpeg": once(async () => {
    const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
    await init(await compile(import.meta.resolve("@jsquash/jpeg/decode.js"), "codec/dec/mozjpeg_dec.wasm"));
    return decode;
  }),
  "image/webp": once(async () => {
    const { default: decode, init } = await import("@jsquash/webp/decode.js");
    await init(await compile(import.meta.resolve("@jsquash/webp/decode.js"), "codec/dec/webp_dec.wasm"));
    return decode;
  }),
};

const resizer = once(async () => {
  const { default: resize, initResize } = await import("@jsquash/resize/index.js");
  const path = "lib/resize/pkg/squoosh_resize_bg.wasm";
  await initResize(await compile(import.meta.resolve("@jsquash/resize/index.js"), path));
  return resize;
});

const encoder = once(async () => {
  const { default: encode, init } = await import("@jsquash/webp/encode.js");
  // Everything that runs Deno has SIMD, and the package picks that variant there.
  await init(await compile(import.meta.resolve("@jsquash/webp/encode.js"), "codec/enc/webp_enc_simd.wasm"));
  return encode;
});

/** `path` as seen from the package's own module, wherever that was put. */
async function compile(module: string, path: string): Promise<WebAssembly.Module> {
  return await WebAssembly.compile(await Deno.readFile(new URL(path, module)));
}

/** A failure is not kept: the next picture tries again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
}

import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { tooLarge } from "./error.ts";

export interface StoredFile {
  version: string;
  size: number;
  /** As S3 writes it: the MD5 in quotes. */
  etag: string;
}

/**
 * Bytes of objects, one immutable file per version. An object's name never becomes a path, so no name can
 * leave the folder; the row in storage.objects says which version is current.
 */
export function createFiles(directory: string) {
  const incoming = join(directory, "incoming");
  const pathOf = (version: string) => join(directory, version.slice(0, 2), version);

  return {
    /** Clears what an interrupted upload left behind. */
    async prepare(): Promise<void> {
      await Deno.remove(incoming, { recursive: true }).catch(() => {});
      await Deno.mkdir(incoming, { recursive: true });
    },

    /** Streams to disk, at most `limit` bytes, and shows the file under its version only when it is whole. */
    async write(body: ReadableStream<Uint8Array> | null, limit: number): Promise<StoredFile> {
      const version = randomUUID();
      const temporary = join(incoming, version);
      const hash = createHash("md5");
      let size = 0;
      try {
        using file = await Deno.open(temporary, { createNew: true, write: true });
        for await (const chunk of body ?? []) {
          size += chunk.length;
          if (size > limit) throw tooLarge();
          hash.update(chunk);
          for (let written = 0; written < chunk.length;) written += await file.write(chunk.subarray(written));
        }
        await file.sync();
        await Deno.mkdir(join(directory, version.slice(0, 2)), { recursive: true });
        await Deno.rename(temporary, pathOf(version));
      } catch (error) {
        await Deno.remove(temporary).catch(() => {});
        throw error;
      }
      return { version, size, etag: `"${hash.digest("hex")}"` };
    },

    /** All of it, or from one byte to another. Undefined when the row outlived its file. */
    async open(
      version: string,
      part?: { first: number; last: number },
    ): Promise<ReadableStream<Uint8Array> | undefined> {
      try {
        const file = await Deno.open(pathOf(version));
        if (!part) return file.readable;
        await file.seek(part.first, Deno.SeekMode.Start);
        return file.readable.pipeThrough(firstBytes(part.last - part.first + 1));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },

    async remove(version: string): Promise<void> {
      await Deno.remove(pathOf(version)).catch(() => {});
    },
  };
}

function firstBytes(count: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = count;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}

export type Files = ReturnType<typeof createFiles>;

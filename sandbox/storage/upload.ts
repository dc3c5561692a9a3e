import { Buffer } from "node:buffer";
import { invalidRequest } from "./error.ts";

export interface Upload {
  body: ReadableStream<Uint8Array> | null;
  type: string;
  cacheControl: string;
  userMetadata: Record<string, unknown> | null;
}

/** A raw body, streamed, or the form that the client makes of a Blob. */
export async function readUpload(request: Request): Promise<Upload> {
  const type = request.headers.get("content-type") ?? "application/octet-stream";
  if (type.startsWith("multipart/form-data")) return await readForm(request, type);
  const metadata = request.headers.get("x-metadata");
  return {
    body: request.body,
    type,
    cacheControl: request.headers.get("cache-control") ?? "no-cache",
    userMetadata: metadata ? JSON.parse(atob(metadata)) : null,
  };
}

const NAMELESS = 'name=""; filename=';

async function readForm(request: Request, type: string): Promise<Upload> {
  // The client's file part has an empty name, and Deno's parser drops such parts: it gets one here.
  const bytes = Buffer.from(await request.arrayBuffer());
  const at = bytes.indexOf(NAMELESS);
  const named = at < 0 ? bytes : Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from('name="file"; filename='),
    bytes.subarray(at + NAMELESS.length),
  ]);
  const form = await new Response(named, { headers: { "content-type": type } }).formData();

  const file = [...form.values()].find((value) => value instanceof File);
  if (!file) throw invalidRequest("multipart body without a file");
  const metadata = form.get("metadata");
  const age = form.get("cacheControl");
  return {
    body: file.stream(),
    type: file.type || "application/octet-stream",
    cacheControl: age ? `max-age=${age}` : "no-cache",
    userMetadata: typeof metadata === "string" ? JSON.parse(metadata) : null,
  };
}

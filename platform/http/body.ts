import { z } from "zod";
import { AppError, fieldErrors } from "../../domain/errors.ts";
import { readAtMost } from "../read-at-most.ts";

/** Bytes of a JSON document or a form. The longest prompt is 10,000 characters, 40 KB at worst. */
export const BODY_LIMIT = 64 * 1024;

/** Of many prompts in one request: a hundred of 10,000 plain letters. */
const BATCH_BODY_LIMIT = 1024 * 1024;
const BATCHES = /^(\/api\/jobs\/batch|(\/pl)?\/app\/batches\/new)\/?$/;

function limitOf(request: Request): number {
  return BATCHES.test(new URL(request.url).pathname) ? BATCH_BODY_LIMIT : BODY_LIMIT;
}

/** Refuses a body that announces itself as too large, before anything reads it. */
export function checkAnnouncedLength(request: Request, limit = limitOf(request)): void {
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) > limit) throw tooLarge(limit);
}

/**
 * The body as JSON that fits `schema`.
 * @throws {AppError} unsupported_media_type, payload_too_large, invalid_request or validation_failed
 */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const mediaType = request.headers.get("content-type")?.split(";")[0].trim().toLowerCase();
  if (mediaType !== "application/json") throw new AppError("unsupported_media_type");
  const result = schema.safeParse(parseJson(decode(await readBytes(request))));
  if (!result.success) throw new AppError("validation_failed", { fields: fieldErrors(result.error.issues) });
  return result.data;
}

/** The body of an HTML form. Files are left out: no form of ours sends any. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const form = await readFields(request);
  for (const value of form.values()) storable("", value);
  return form;
}

async function readFields(request: Request): Promise<URLSearchParams> {
  const mediaType = request.headers.get("content-type")?.split(";")[0].trim().toLowerCase();
  if (mediaType === "application/x-www-form-urlencoded") return new URLSearchParams(decode(await readBytes(request)));
  if (mediaType !== "multipart/form-data") throw new AppError("unsupported_media_type", { detail: "Send a form." });

  const bytes = await readBytes(request);
  const copy = new Response(bytes, { headers: { "content-type": request.headers.get("content-type") ?? "" } });
  const form = await copy.formData().catch((cause: unknown) => {
    throw new AppError("invalid_request", { detail: "The form is not readable.", cause });
  });
  const fields = new URLSearchParams();
  for (const [name, value] of form) if (typeof value === "string") fields.append(name, value);
  return fields;
}

/** Counts while it reads, for bodies that came in chunks and announced no length. */
export async function readBytes(request: Request, limit = limitOf(request)): Promise<Uint8Array<ArrayBuffer>> {
  checkAnnouncedLength(request, limit);
  const bytes = await readAtMost(request.body, limit);
  if (!bytes) throw tooLarge(limit);
  return bytes;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_request", { detail: "The body is not UTF-8.", cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, storable);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("invalid_request", { detail: "The body is not valid JSON.", cause });
  }
}

/** JSON can say characters that Postgres cannot store: NUL, which a form can say too, and halves of surrogate pairs. */
function storable(_key: string, value: unknown): unknown {
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
    throw new AppError("invalid_request", { detail: "The body holds a character that cannot be stored." });
  }
  return value;
}

function tooLarge(limit: number): AppError {
  return new AppError("payload_too_large", { detail: `At most ${limit / 1024} KB.` });
}

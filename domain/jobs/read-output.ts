import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";

/** Where an output lies, for the route that streams it. */
export interface StoredOutput {
  path: string;
  contentType: string;
  bytes: number;
  /** Names these bytes and no others, for ever. */
  etag: string;
  /** For people who save it: `kredo-seedream-4-5-a-lamp-on-a-desk-1.png`. */
  fileName: string;
}

interface OutputRow {
  path: string;
  content_type: string;
  bytes: number;
  sha256: string;
  thumb_path: string | null;
  thumb_bytes: number | null;
  position: number;
  model: string;
  prompt: string | null;
}

/**
 * One output of a job of the person whose transaction this is, or its thumbnail; null for everything else. What has no
 * thumbnail is its own.
 */
export async function readOutput(
  sql: Sql,
  jobId: string,
  position: string,
  { thumb = false }: { thumb?: boolean } = {},
): Promise<StoredOutput | null> {
  if (!isUuid(jobId) || !/^\d{1,2}$/.test(position)) return null;
  const [row] = await sql<OutputRow[]>`
    select o.path, o.content_type, o.bytes, o.sha256, o.thumb_path, o.thumb_bytes, o.position, j.model,
      j.input ->> 'prompt' as prompt
    from public.job_outputs o join public.jobs j on j.id = o.job_id
    where o.job_id = ${jobId} and o.position = ${Number(position)}`;
  if (!row) return null;
  const { path, content_type, bytes, sha256, thumb_path, thumb_bytes } = row;
  if (thumb && thumb_path !== null && thumb_bytes !== null) {
    // Made once of the whole, whose fingerprint therefore is its own as well.
    return {
      path: thumb_path,
      contentType: "image/webp",
      bytes: thumb_bytes,
      etag: `"${sha256}-thumb"`,
      fileName: fileName(row, thumb_path),
    };
  }
  return { path, contentType: content_type, bytes, etag: `"${sha256}"`, fileName: fileName(row, path) };
}

function fileName({ model, prompt, position }: OutputRow, path: string): string {
  const words = slug(prompt ?? "").slice(0, 40).replace(/-+$/, "");
  return [`kredo-${model}`, words, position + 1].filter(Boolean).join("-") + path.slice(path.lastIndexOf("."));
}

// ASCII alone: a header cannot carry more, and every file system takes it.
function slug(text: string): string {
  return text.toLowerCase().normalize("NFKD").replaceAll("ł", "l").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
}

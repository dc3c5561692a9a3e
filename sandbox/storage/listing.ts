import { z } from "zod";
import type { ObjectRow } from "./rows.ts";

export const listQuery = z.object({
  prefix: z.string().default(""),
  limit: z.number().int().min(1).max(1000).default(100),
  offset: z.number().int().min(0).default(0),
  search: z.string().default(""),
  sortBy: z.object({
    column: z.enum(["name", "created_at", "updated_at", "last_accessed_at"]).default("name"),
    order: z.enum(["asc", "desc"]).default("asc"),
  }).default({ column: "name", order: "asc" }),
});

type Entry = Pick<ObjectRow, "name"> & { [key in keyof Omit<ObjectRow, "name">]?: ObjectRow[key] | null };

/** The folder a listing starts at: "" or "a/b/". */
export function folderOf(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, "");
  return trimmed ? `${trimmed}/` : "";
}

/** One level of a folder: files as they are, deeper ones as a folder entry of nulls. */
export function listFolder(
  rows: readonly ObjectRow[],
  { prefix, limit, offset, search, sortBy }: z.infer<typeof listQuery>,
): Entry[] {
  const folder = folderOf(prefix);
  const entries = new Map<string, Entry>();
  for (const row of rows) {
    const [name, ...deeper] = row.name.slice(folder.length).split("/");
    if (!name.startsWith(search)) continue;
    if (deeper.length === 0) {
      const { id, updated_at, created_at, last_accessed_at, metadata } = row;
      entries.set(name, { name, id, updated_at, created_at, last_accessed_at, metadata });
    } else if (!entries.has(name)) {
      entries.set(name, { name, id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null });
    }
  }
  const direction = sortBy.order === "asc" ? 1 : -1;
  return [...entries.values()]
    .sort((a, b) => direction * compare(a[sortBy.column], b[sortBy.column]))
    .slice(offset, offset + limit);
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((value) => value instanceof Date ? value.toISOString() : String(value ?? ""));
  return left < right ? -1 : left > right ? 1 : 0;
}

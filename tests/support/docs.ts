import { ask } from "./web.ts";

/** Names and types; of lists those of the first. A cursor may be there or not. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== "object") return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name.endsWith("_cursor") ? "cursor" : shapeOf(each)]).sort(),
  );
}

/** The answers that a page about the API shows, by their names. */
export async function examplesOn(page: string): Promise<Record<string, unknown>> {
  const { text } = await ask(page);
  return Object.fromEntries(
    [...text.matchAll(/<pre[^>]*data-example="(\w+)"[^>]*>([^<]+)<\/pre>/g)].map((
      [, name, json],
    ) => [name, JSON.parse(json.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&"))]),
  );
}

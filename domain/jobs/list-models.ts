import type { Sql } from "../../platform/database.ts";
import type { Model } from "./types.ts";

/** The catalogue in its own order, models that are announced but not for sale yet included. */
export async function listModels(sql: Sql): Promise<Model[]> {
  return await sql<Model[]>`
    select slug, name, kind, credits, max_outputs, input_schema, runnable
    from public.models where active order by position, slug`;
}

/** One active model, or null. */
export async function readModel(sql: Sql, slug: string): Promise<Model | null> {
  const [model] = await sql<Model[]>`
    select slug, name, kind, credits, max_outputs, input_schema, runnable
    from public.models where active and slug = ${slug}`;
  return model ?? null;
}

import { readFile } from "node:fs/promises";
import postgres from "postgres";

export interface Block {
  name: string;
  sql: string;
  /** Rows as documented, columns first; null where the page says that nothing is shown. */
  shown: string[][] | null;
}

/**
 * The SQL of a runbook's page with what the page says it answers: a table after the block, "No rows", or "Done".
 * Each block begins with a comment that names it.
 */
export async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(new URL(`../../docs/runbook/${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```sql\n(.*?)```\n+([^\n]*)((?:\n\|[^\n]*)*)/gs)].map(([, sql, first, rest]) => {
    const name = sql.match(/^-- name: ([a-z0-9-]+)\n/)?.[1];
    if (!name) throw new Error(`a block without a name:\n${sql}`);
    return { name, sql, shown: shownBy(name, first + rest) };
  });
}

function shownBy(name: string, answer: string): string[][] | null {
  if (answer.startsWith("No rows")) return [];
  if (answer.startsWith("Done")) return null;
  if (!answer.startsWith("|")) throw new Error(`${name} does not say what it shows`);
  const rows = answer.split("\n").map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  return rows.filter((_, index) => index !== 1);
}

/** The rows a block shows in Studio, columns first, as text. Of several statements, those of the last one that has any. */
export async function run(sql: postgres.Sql, block: Block): Promise<string[][]> {
  const answer = await sql.unsafe(block.sql).simple() as unknown as postgres.RowList<postgres.Row[]>;
  const results = Array.isArray(answer[0]) ? answer as unknown as typeof answer[] : [answer];
  const rows = results.findLast((result) => result.length > 0) ?? [];
  if (rows.length === 0) return [];
  return [Object.keys(rows[0]), ...rows.map((row) => Object.values(row).map(cell))];
}

function cell(value: unknown): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Whether a cell is as documented; `…` stands for whatever differs from one time to the next. */
export function fits(documented: string, actual: string): boolean {
  const pattern = documented.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "s").test(actual);
}

import type postgres from "postgres";
import type { Measurement } from "../measure.ts";

const TABLES = {
  entry: "credit_entries",
  account: "credit_accounts",
  reservation: "credit_holds",
  lot: "credit_grants",
};

/** Bytes of the tables and their indexes by row, with whatever updates have left behind. */
export async function measureSizes(sql: postgres.Sql): Promise<Measurement[]> {
  return await Promise.all(
    Object.entries(TABLES).map(async ([name, table]) => {
      const [{ rows, heap, indexes }] = await sql<{ rows: number; heap: number; indexes: number }[]>`
      select count(*)::int as rows, pg_relation_size(${`public.${table}`})::float8 as heap,
        pg_indexes_size(${`public.${table}`})::float8 as indexes
      from public.${sql(table)}`;
      const each = (bytes: number) => Math.round(bytes / rows);
      return {
        metric: `one ${name}: ${each(heap)} in the table + ${each(indexes)} in indexes (${
          rows.toLocaleString("en")
        } rows)`,
        unit: "bytes",
        value: (heap + indexes) / rows,
        peer: null,
        ratio: null,
        spread: 0,
        target: null,
      };
    }),
  );
}

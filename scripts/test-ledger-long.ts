/**
 * Random histories of the ledger against its model, 100,000 operations of them (KREDO_OPERATIONS for another number), on
 * a Postgres of its own. KREDO_SEED replays a run.
 */
import { freshDatabase } from "../tests/support/database.ts";
import { compareHistories, notReached, type Report } from "../tests/support/ledger-history.ts";
import { takeSeed } from "../tests/support/seed.ts";

const seed = takeSeed("histories of the ledger");
const operations = Number(Deno.env.get("KREDO_OPERATIONS") ?? 100_000);
const begun = performance.now();
const seconds = () => ((performance.now() - begun) / 1000).toFixed(0);

let said = 0;
function progress({ operations: { total } }: Report): void {
  if (total < said + 10_000) return;
  said = total;
  console.log(`${total} operations, ${seconds()} s`);
}

function print(title: string, counts: Map<string, number>): void {
  console.log(`\n${title}`);
  for (const [what, count] of [...counts].sort()) console.log(`${String(count).padStart(9)}  ${what}`);
}

const db = await freshDatabase();
try {
  const report = await compareHistories(db, { seed, operations, progress });
  print("operations", report.operations.counts);
  print("outcomes", report.outcomes.counts);
  const missing = notReached(report);
  console.log(
    `\n${report.operations.total} operations, each compared with the model: equal (seed ${seed}, ${seconds()} s)`,
  );
  if (missing.length > 0) throw new Error(`never reached: ${missing.join("; ")}`);
} finally {
  await db.close();
}

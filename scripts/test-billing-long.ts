/**
 * Random histories of payments, subscriptions, refunds and disputes against their model, 20,000 of them (KREDO_HISTORIES for
 * another number), each told in three orders, on a Postgres of its own. KREDO_SEED replays a run.
 */
import { compareHistories, notReached, prepare, type Report } from "../tests/support/billing-histories.ts";
import { freshDatabase } from "../tests/support/database.ts";
import { takeSeed } from "../tests/support/seed.ts";
import { checkBooks } from "../tests/support/trade.ts";

const seed = takeSeed("histories of billing");
const wanted = Number(Deno.env.get("KREDO_HISTORIES") ?? 20_000);
/** A database grows with everybody who was in it, and its sweeps with it. */
const CHUNK = 2000;
const begun = performance.now();
const seconds = () => (performance.now() - begun) / 1000;

const outcomes = new Map<string, number>();
const total = { histories: 0, deliveries: 0 };
let missing: string[] = [];

function add(report: Report): void {
  total.histories += report.histories;
  total.deliveries += report.deliveries;
  for (const [what, count] of report.outcomes.counts) outcomes.set(what, (outcomes.get(what) ?? 0) + count);
  missing = notReached({ ...report, outcomes: Object.assign(report.outcomes, { counts: outcomes }) });
  const rate = (total.histories / seconds()).toFixed(1);
  console.log(
    `${total.histories} histories, ${total.deliveries} deliveries, ${seconds().toFixed(0)} s, ${rate} a second`,
  );
}

for (let chunk = 0; total.histories < wanted; chunk++) {
  const db = await freshDatabase();
  try {
    await prepare(db);
    const histories = Math.min(CHUNK, wanted - total.histories);
    add(await compareHistories(db, { seed: seed + chunk, histories, orders: 3 }));
    const breaches = await checkBooks(db);
    if (breaches.length > 0) throw new Error(`the books are broken: ${JSON.stringify(breaches, null, 1)}`);
  } finally {
    await db.close();
  }
}
for (const [what, count] of [...outcomes].sort()) console.log(`${String(count).padStart(9)}  ${what}`);
if (missing.length > 0) throw new Error(`never reached: ${missing.join("; ")}`);

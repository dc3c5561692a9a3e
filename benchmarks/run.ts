/**
 * `deno task bench [name…]`: runs the benchmarks (all without a name), keeps their results in `results.json` and writes
 * `RESULTS.md` from it. A bench replaces its own earlier results and leaves the others'. `ledger` also names all that
 * begin with `ledger-`. With KREDO_BENCH_SHORT=1 the report is only printed.
 */
import bytes from "./bytes.ts";
import balance from "./ledger/balance.ts";
import pairs from "./ledger/pairs.ts";
import profile from "./ledger/profile.ts";
import statement from "./ledger/statement.ts";
import upkeep from "./ledger/upkeep.ts";
import { type Bench, SHORT } from "./measure.ts";
import streams from "./idle-streams/mod.ts";
import picture from "./picture.ts";
import { draft, keepResults, writeReport } from "./report.ts";
import ssr from "./ssr.ts";
import start from "./start.ts";
import queueIdle from "./queue/idle.ts";
import queuePickup from "./queue/pickup.ts";
import queueSnapshot from "./queue/snapshot.ts";
import queueThroughput from "./queue/throughput.ts";
import webhooks from "./webhooks/mod.ts";

const BENCHES: readonly Bench[] = [
  start,
  picture,
  ssr,
  bytes,
  pairs,
  profile,
  balance,
  upkeep,
  statement,
  webhooks,
  streams,
  queueThroughput,
  queuePickup,
  queueIdle,
  queueSnapshot,
];

const isNamed = (bench: Bench, name: string) => bench.name === name || bench.name.startsWith(`${name}-`);

const wanted = Deno.args;
const unknown = wanted.filter((name) => !BENCHES.some((bench) => isNamed(bench, name)));
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(", ")}. There are: ${BENCHES.map(({ name }) => name).join(", ")}.`);
  Deno.exit(1);
}

for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.some((name) => isNamed(bench, name))) continue;
  console.log(`\n${bench.title}`);
  const begun = performance.now();
  const measurements = await bench.run((line) => console.log(`  ${line}`));
  console.log(`  in ${Math.round((performance.now() - begun) / 1000)} s`);
  if (SHORT) {
    console.log(`\n${await draft(bench, measurements)}`);
    continue;
  }
  // After each, so that one that fails takes nothing of the others with it.
  await keepResults(bench.name, measurements);
  await writeReport(BENCHES);
}
Deno.exit(0);

/**
 * `deno task bench [name…]`: runs the benchmarks (all without a name), keeps their results in `results.json` and writes
 * `RESULTS.md` from it. A bench replaces its own earlier results and leaves the others'.
 */
import bytes from "./bytes.ts";
import ledger from "./ledger.ts";
import type { Bench } from "./measure.ts";
import picture from "./picture.ts";
import { keepResults, writeReport } from "./report.ts";
import ssr from "./ssr.ts";
import start from "./start.ts";

const BENCHES: readonly Bench[] = [start, picture, ssr, bytes, ledger];

const wanted = Deno.args;
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(", ")}. There are: ${BENCHES.map(({ name }) => name).join(", ")}.`);
  Deno.exit(1);
}

for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  console.log(`\n${bench.title}`);
  const measurements = await bench.run((line) => console.log(`  ${line}`));
  await keepResults(bench.name, measurements);
}
await writeReport(BENCHES);
Deno.exit(0);

/**
 * Random schedules of the job engine, 10,000 of them (KREDO_SCHEDULES for another number), each checked at its end, on a
 * Postgres of its own. KREDO_SEED replays a run; KREDO_SCHEDULE, a number in it, tells that schedule step by step.
 */
import { notReached, openSimulation, type Report, simulate } from "../tests/support/simulation/simulate.ts";
import { takeSeed } from "../tests/support/seed.ts";

const seed = takeSeed("schedules of the job engine");
const wanted = Number(Deno.env.get("KREDO_SCHEDULES") ?? 10_000);
const one = Deno.env.get("KREDO_SCHEDULE");
const begun = performance.now();

function progress({ schedules, jobs, turns }: Report): void {
  if (schedules % 250 !== 0) return;
  const seconds = (performance.now() - begun) / 1000;
  const rate = (schedules / seconds).toFixed(1);
  console.log(`${schedules} schedules, ${jobs} jobs, ${turns} steps, ${seconds.toFixed(0)} s, ${rate} a second`);
}

function print(title: string, counts: Map<string, number>): void {
  console.log(`\n${title}`);
  for (const [what, count] of [...counts].sort()) console.log(`${String(count).padStart(9)}  ${what}`);
}

async function tell(schedule: string): Promise<void> {
  const simulation = await openSimulation();
  try {
    console.log((await simulation.trace(`${seed}/${schedule}`)).join(""));
  } finally {
    await simulation.close();
  }
}

async function runAll(): Promise<void> {
  const report = await simulate({ seed, schedules: wanted, chunk: 1_000, replays: 100, progress });
  print("outcomes", report.outcomes.counts);
  print("processes killed", report.crashes);
  console.log(
    `\n${report.schedules} schedules: ${report.jobs} jobs, ${report.turns} steps, ${report.stops} processes stopped for a ` +
      `while; the longest life of a job was ${report.longest.toFixed(0)} s (seed ${seed})`,
  );
  const missing = notReached(report);
  if (missing.length > 0) throw new Error(`never reached: ${missing.join("; ")}`);
}

await (one === undefined ? runAll() : tell(one));

import postgres from "postgres";
import { createStatementVerifier } from "../domain/credits/statement/verify.ts";
import { findPortBase } from "../sandbox/ports.ts";
import { lengthenLedger } from "../tests/support/long-ledger.ts";
import { startOwnStack } from "../tests/support/stack.ts";
import { newCustomer } from "./customer.ts";
import { alone, type Bench, compared, type Measurement, ROUNDS, SHORT } from "./measure.ts";

const FEW = SHORT ? 1_000 : 10_000;
const MANY = SHORT ? 20_000 : 1_000_000;
const FORMATS = ["jsonl", "csv", "pdf"] as const;
const MB = 1 << 20;

interface Reading {
  seconds: number;
  /** Largest resident set of the server on the way, in MB. */
  peak: number;
}

const count = (n: number) => n.toLocaleString("en");

/** Whether a statement costs time by its entries and memory by nothing. */
const statement: Bench = {
  name: "statement",
  title: "The statement",
  method:
    `Two customers of a stack of its own, with ${count(FEW)} and ${
      count(MANY)
    } chained entries. Their statements are ` +
    "downloaded over HTTP and thrown away while the server's resident memory is watched. Ratio of time: seconds an entry " +
    "of the long one over those of the short one. Memory: how far the server goes above its own peak of thirty short " +
    "ones. Checking: what `deno task verify-statement` does, with the file in memory.",
  async run(log) {
    const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
    const sql = postgres(stack.info.dbAdmin, { max: 1, onnotice: () => {} });
    try {
      const [few, many] = await Promise.all([newCustomer(stack.info), newCustomer(stack.info)]);
      const idOf = async ({ call }: typeof few) =>
        (await call<{ user: { id: string } }>("GET", "/api/auth/me")).user.id;
      await lengthenLedger(sql, await idOf(few), FEW);
      await lengthenLedger(sql, await idOf(many), MANY);
      await sql`vacuum analyze public.credit_entries`;

      const read = async ({ token }: typeof few, format: string): Promise<Reading> => {
        await sql`delete from private.rate_limits where bucket = 'statements'`;
        return await download(`${stack.info.web}/api/credits/statement?format=${format}`, token, stack.info.pids.web!);
      };
      let short = 0;
      for (let n = 0; n < 30; n++) short = Math.max(short, (await read(few, FORMATS[n % 3])).peak);

      const measurements: Measurement[] = [];
      let highest = 0;
      for (const format of FORMATS) {
        const [long, brief]: [number[], number[]] = [[], []];
        for (let round = 0; round < ROUNDS; round++) {
          brief.push((await read(few, format)).seconds / FEW);
          const { seconds, peak } = await read(many, format);
          long.push(seconds / MANY);
          highest = Math.max(highest, peak);
        }
        const microseconds = compared(long.map((seconds) => seconds * 1e6), brief.map((seconds) => seconds * 1e6));
        measurements.push({
          metric: `${format}, an entry of ${count(MANY)}`,
          unit: "µs",
          target: null,
          ...microseconds,
        });
        log(
          `${format}: ${(microseconds.value * MANY / 1e6).toFixed(1)} s, ${
            Math.round(highest - short)
          } MB above short ones`,
        );
      }
      measurements.push({
        metric: `memory of the server above short statements`,
        unit: "MB",
        ...alone([highest - short]),
        target: { of: "value", is: "at most", limit: 128 },
      });

      const file = await bytesOf(`${stack.info.web}/api/credits/statement`, many.token);
      const checking: number[] = [];
      for (let round = 0; round < ROUNDS; round++) checking.push(await check(file));
      measurements.push({ metric: "checked", unit: "entries/s", ...alone(checking), target: null });
      log(`checked: ${Math.round(checking[0])} entries/s`);
      return measurements;
    } finally {
      await sql.end();
      await stack.stop();
    }
  },
};

export default statement;

const get = async (url: string, token: string): Promise<Response> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
};

const bytesOf = async (url: string, token: string) => new Uint8Array(await (await get(url, token)).arrayBuffer());

async function download(url: string, token: string, server: number): Promise<Reading> {
  const begun = performance.now();
  let [peak, looked] = [await residentOf(server), begun];
  for await (const _ of (await get(url, token)).body!) {
    if (performance.now() - looked < 200) continue;
    looked = performance.now();
    peak = Math.max(peak, await residentOf(server));
  }
  return { seconds: (performance.now() - begun) / 1000, peak };
}

/** MB */
async function residentOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] }).output();
  return Number(new TextDecoder().decode(stdout)) * 1024 / MB;
}

/** Entries a second. */
async function check(file: Uint8Array): Promise<number> {
  const begun = performance.now();
  const verifier = createStatementVerifier();
  for (let at = 0; at < file.length; at += 1 << 16) verifier.write(file.subarray(at, at + (1 << 16)));
  const report = await verifier.finish();
  if (report.outcome !== "verified") throw new Error(JSON.stringify(report));
  return verifier.rows / ((performance.now() - begun) / 1000);
}

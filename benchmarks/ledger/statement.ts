import postgres from "postgres";
import { findPortBase } from "../../sandbox/ports.ts";
import { startOwnStack } from "../../tests/support/stack.ts";
import { type Customer, newCustomer } from "../customer.ts";
import { alone, type Bench, type Measurement, ROUNDS, SHORT } from "../measure.ts";
import { CAUSE } from "./acts.ts";
import { addEntries } from "./entries.ts";

const ENTRIES = SHORT ? 50_000 : 1_000_000;
const LINE_FEED = 10;
/** A page for people takes ten times as long to write as lines for programs. */
const FORMATS = { jsonl: ENTRIES, csv: ENTRIES, pdf: ENTRIES / 10 };

/** A statement of a long history leaves the web server as it is read, and leaves nothing behind in its memory. */
const statement: Bench = {
  name: "ledger-statement",
  title: "Ledger: download a statement",
  method:
    "`GET /api/credits/statement`, from a whole stack, read to the end as fast as it comes. Entries a second are those of " +
    "each fifth of one download where entries are lines, so that a slower end would show. Memory is what the web " +
    "server's process has more at its highest than before, asked of the operating system ten times a second; the peer " +
    "is a statement of a tenth as many entries, after one unmeasured. The superuser writes the entries in bulk, past " +
    "triggers and foreign keys and without hashes.",
  async run(log) {
    const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
    const sql = postgres(stack.info.dbAdmin, { max: 2, onnotice: () => {} });
    try {
      // Nothing that runs by itself, and nothing that would find these entries wrong.
      await sql`update cron.job set active = false`;
      const customers = new Map<number, Customer>();
      for (const entries of [ENTRIES, ENTRIES / 10, ENTRIES / 100]) {
        const customer = await newCustomer(stack.info);
        await addEntries(sql, subject(customer), entries, CAUSE);
        customers.set(entries, customer);
      }
      await sql`vacuum analyze public.credit_entries`;

      const { web, pids } = stack.info;
      const measurements: Measurement[] = [];
      for (const [format, entries] of Object.entries(FORMATS)) {
        const get = (entries: number) =>
          grown(
            pids.web!,
            () => download(`${web}/api/credits/statement?format=${format}`, customers.get(entries)!, entries),
          );
        await get(entries / 10);
        const fewer = await get(entries / 10);
        const { result, megabytes } = await get(entries);
        const what = `${format}, ${entries.toLocaleString("en")} entries`;
        measurements.push(
          { metric: what, unit: "entries/s", ...alone(result), target: null },
          { metric: `${what}: memory`, unit: "MB", ...alone([megabytes]), peer: fewer.megabytes, target: null },
        );
      }
      for (const { metric, value, unit } of measurements) log(`${metric}: ${value.toFixed(1)} ${unit}`);
      return measurements;
    } finally {
      await sql.end();
      await stack.stop();
    }
  },
};

export default statement;

/** Entries a second: in each fifth of the download where entries are lines, else over all of it. */
async function download(url: string, { token }: Customer, entries: number): Promise<number[]> {
  const began = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  if (response.headers.get("content-type") === "application/pdf") {
    await response.body!.pipeTo(new WritableStream());
    return [entries / ((performance.now() - began) / 1000)];
  }
  const rates: number[] = [];
  let [lines, begun] = [0, began];
  for await (const chunk of response.body!) {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      if (++lines % (entries / ROUNDS) !== 0) continue;
      rates.push(entries / ROUNDS / ((performance.now() - begun) / 1000));
      begun = performance.now();
    }
  }
  if (lines < entries) throw new Error(`${url} has ${lines} lines for ${entries} entries.`);
  return rates;
}

/** What `run` gives, and by how many megabytes the process was larger at most than before. */
async function grown<T>(pid: number, run: () => Promise<T>): Promise<{ result: T; megabytes: number }> {
  const before = await residentMegabytes(pid);
  let most = before;
  const watch = setInterval(async () => most = Math.max(most, await residentMegabytes(pid)), 100);
  try {
    const result = await run();
    return { result, megabytes: most - before };
  } finally {
    clearInterval(watch);
  }
}

async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] }).output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

function subject({ token }: Customer): string {
  return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
}

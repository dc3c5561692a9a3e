import { SignJWT } from "jose";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { findPortBase } from "../../sandbox/ports.ts";
import { root, startOwnStack } from "../../tests/support/stack.ts";
import { alone, type Bench, type Measurement, SHORT } from "../measure.ts";

const CLIENTS = 2_000;
/** V8 gives back what opening them left behind when nothing has happened for half a minute or so. */
const SECONDS = 60;
const ROUNDS = SHORT ? 1 : 3;
/** Linux counts the time of a process in these. */
const TICKS_A_SECOND = 100;

/** What it costs to keep a page of everybody's up to date while nothing happens. */
const streams: Bench = {
  name: "streams",
  title: "Idle streams",
  method:
    `${
      CLIENTS.toLocaleString("en")
    } people follow all of their jobs (\`GET /api/jobs/events\`, HTTP/1.1, a connection each, ` +
    `held by a process of its own) and nothing happens to them for ${SECONDS} s, but for the signs of life every 15 s; ` +
    "at the end of that their memory is read. What opening so many at once left behind is collected by then, so it is also " +
    "told what there was when the last had just come. " +
    `${ROUNDS} rounds, each on a stack of its own. Resident memory and processor time are those of the web process, as Linux ` +
    "counts them (`/proc`); memory is compared with what the process had after a hundred streams had come and gone, and as long a rest. For scale: " +
    "a bare `Deno.serve` that holds as many streams in memory grows by 115 MB. Whoever follows jobs has loaded a page, so it is also " +
    `measured, in as many rounds more, after ${CLIENTS.toLocaleString("en")} loads of \`/pricing\`: ` +
    "what the process had left over from those is used again. Processor time and transactions are those without.",
  async run(log) {
    const rounds: Round[] = [];
    const afterPages: Round[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      for (const [pages, list] of [[0, rounds], [CLIENTS, afterPages]] as const) {
        const round = await once(pages);
        list.push(round);
        const { before, opened, after, cpu, beats } = round;
        log(
          `after ${pages} pages ${before.toFixed(0)} MB, then ${opened.toFixed(0)} MB, at the end ${
            after.toFixed(0)
          } MB, ` +
            `${cpu.toFixed(2)} % of a core, ${beats} signs of life`,
        );
      }
    }
    const entry = (
      metric: string,
      unit: string,
      of: (round: Round) => number,
      { limit, in: list = rounds }: { limit?: number; in?: Round[] } = {},
    ): Measurement => ({
      metric,
      unit,
      ...alone(list.map(of)),
      target: limit === undefined ? null : { of: "value", is: "at most", limit },
    });
    return [
      entry("memory for 2,000 idle streams", "MB", ({ before, after }) => after - before, { limit: 150 }),
      entry("… when the last had just come", "MB", ({ before, opened }) => opened - before),
      entry("… at the end, with all else in the process", "MB", ({ after }) => after),
      entry("after as many pages: memory for 2,000 idle streams", "MB", ({ before, after }) => after - before, {
        in: afterPages,
      }),
      entry("… at the end, with all else in the process", "MB", ({ after }) => after, { in: afterPages }),
      entry("processor time", "% of a core", ({ cpu }) => cpu, { limit: 5 }),
      entry("transactions in the database, all processes", "/s", ({ transactions }) => transactions),
    ];
  },
};

export default streams;

interface Round {
  before: number;
  /** When the last stream had just come. */
  opened: number;
  after: number;
  /** Percent of a core. */
  cpu: number;
  beats: number;
  /** A second. */
  transactions: number;
}

/** @param pages that the process serves first: a garbage collector that has seen work has the room for streams already */
async function once(pages: number): Promise<Round> {
  const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
  try {
    const { web, pids, jwtSecret, dbAdmin } = stack.info;
    const port = Number(new URL(web).port);
    await loadPages(web, pages);
    const first = await holdStreams(port, await tokens(100, jwtSecret));
    await first.leave();
    await sleep(SECONDS * 1_000);
    const before = await residentMegabytes(pids.web!);

    const clients = await holdStreams(port, await tokens(CLIENTS, jwtSecret));
    await sleep(2_000);
    const opened = await residentMegabytes(pids.web!);
    const [ticks, done] = [await processorTicks(pids.web!), await transactions(dbAdmin)];
    await sleep(SECONDS * 1_000);
    const cpu = (await processorTicks(pids.web!) - ticks) / TICKS_A_SECOND / SECONDS * 100;
    const perSecond = (await transactions(dbAdmin) - done) / SECONDS;
    const after = await residentMegabytes(pids.web!);
    const { open, beats } = await clients.leave();
    if (open !== CLIENTS) throw new Error(`${CLIENTS - open} streams were lost`);
    return { before, opened, after, cpu, beats, transactions: perSecond };
  } finally {
    await stack.stop();
  }
}

/** Six at once. */
async function loadPages(web: string, count: number): Promise<void> {
  let begun = 0;
  const visitor = async () => {
    while (begun++ < count) await (await fetch(`${web}/pricing`)).text();
  };
  await Promise.all(Array.from({ length: 6 }, visitor));
}

/** Of as many different people, who need not exist to have no jobs. */
function tokens(count: number, secret: string): Promise<string[]> {
  const key = new TextEncoder().encode(secret);
  return Promise.all(
    Array.from(
      { length: count },
      () =>
        new SignJWT({ role: "authenticated" }).setProtectedHeader({ alg: "HS256" }).setSubject(crypto.randomUUID())
          .setAudience("authenticated").setIssuedAt().setExpirationTime("1h").sign(key),
    ),
  );
}

/** Resolves when all are open. */
async function holdStreams(port: number, tokens: string[]) {
  const order = await Deno.makeTempFile({ prefix: "kredo-bench-streams-" });
  await Deno.writeTextFile(order, JSON.stringify({ port, path: "/api/jobs/events", tokens }));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("clients.ts", import.meta.url).pathname, order],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  await Deno.remove(order);
  if (!value) throw new Error("the streams did not open");
  return {
    async leave(): Promise<{ open: number; beats: number }> {
      await process.stdin.close();
      const { value } = await lines.read();
      await process.status;
      await lines.cancel();
      return JSON.parse(value!);
    },
  };
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024;
}

async function processorTicks(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1].split(" ");
  // utime and stime, the 14th and 15th of all.
  return Number(fields[11]) + Number(fields[12]);
}

async function transactions(url: string): Promise<number> {
  const sql = postgres(url, { max: 1 });
  try {
    const [{ count }] = await sql<{ count: number }[]>`
      select xact_commit::int as count from pg_stat_database where datname = current_database()`;
    return count;
  } finally {
    await sql.end();
  }
}

import { startTestCluster } from "../../tests/support/cluster.ts";
import { freshDatabase, type TestDatabase } from "../../tests/support/database.ts";
import type { Mode } from "./side.ts";
import { type SideName, SIDES } from "./sides.ts";

/** What a process of `host.ts` is told. */
export interface Orders {
  side: SideName;
  mode: Mode;
  url: string;
  /** Absent: until told to stop. */
  drain?: { warmup: number; count: number };
}

/** The prompt of a job, and when it began: milliseconds since 1970, with fractions. */
export type Start = [prompt: string, at: number];

/** One Postgres with the settings of `npm start`, in which all sides have their tables. */
export async function openScene(): Promise<{ db: TestDatabase; close(): Promise<void> }> {
  const cluster = await startTestCluster({ durable: true });
  const db = await freshDatabase({ cluster });
  for (const side of Object.values(SIDES)) await side.prepare(db);
  // Plans are made for tables with something in them, as they are in a database that is used.
  for (const side of Object.keys(SIDES) as SideName[]) await drain(db, { side, mode: "eight", count: 2_000 });
  return {
    db,
    async close() {
      await db.close();
      await cluster.stop();
    },
  };
}

/** Queues jobs and has them worked off in a process of their own. Returns jobs a second. */
export async function drain(
  db: TestDatabase,
  { side, mode, count, warmup = Math.ceil(count / 10) }: { side: SideName; mode: Mode; count: number; warmup?: number },
): Promise<number> {
  await SIDES[side].queue(db, warmup + count);
  await db.sql`vacuum analyze`;
  const host = startHost({ side, mode, url: db.url, drain: { warmup, count } });
  const { seconds } = await host.hear<{ seconds: number }>();
  await host.stop();
  return count / seconds;
}

/** A side that works whatever comes, until it is stopped. Tells when each job began. */
export async function startWorking(side: SideName, url: string): Promise<{ stop(): Promise<Start[]> }> {
  const host = startHost({ side, mode: "listening", url });
  await host.hear();
  return {
    async stop() {
      host.close();
      const starts = await host.hear<Start[]>();
      await host.stop();
      return starts;
    },
  };
}

export async function untilDone(isBusy: () => Promise<boolean>): Promise<void> {
  while (await isBusy()) await new Promise((resolve) => setTimeout(resolve, 50));
}

function startHost(orders: Orders) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("host.ts", import.meta.url).pathname, JSON.stringify(orders)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  return {
    /** The next line it says. */
    async hear<T = unknown>(): Promise<T> {
      while (!heard.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the process of ${orders.side} ended early`);
        heard += value;
      }
      const end = heard.indexOf("\n");
      const line = heard.slice(0, end);
      heard = heard.slice(end + 1);
      return JSON.parse(line);
    },
    close: () => void child.stdin.close(),
    async stop() {
      await child.stdin.close().catch(() => {});
      await child.status;
      await reader.cancel();
    },
  };
}

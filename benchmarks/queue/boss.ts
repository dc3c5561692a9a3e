import { PgBoss } from "pg-boss";
import type { Mode, Side } from "./side.ts";

const QUEUE = "bench";
const BATCH = 500;

interface Data {
  prompt: string;
}

/** One that only sends. */
async function open(url: string, options: { supervise?: boolean; schedule?: boolean } = {}): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, ...options });
  boss.on("error", ({ message }) => console.error(message));
  return await boss.start();
}

export const boss: Side = {
  name: "pg-boss",
  async prepare({ url }) {
    const sender = await open(url);
    await sender.createQueue(QUEUE);
    await sender.stop({ graceful: false });
  },
  async queue({ url }, count) {
    const sender = await open(url, { supervise: false, schedule: false });
    const jobs = Array.from({ length: count }, (_, nth) => ({ data: { prompt: `a lamp on desk ${nth}` } }));
    await sender.insert(QUEUE, jobs);
    await sender.stop({ graceful: false });
  },
  async openQueue({ url }) {
    const sender = await open(url, { supervise: false, schedule: false });
    return {
      async enqueue(sql, prompt) {
        // It hands JSON over as text, and this driver would make a string of it.
        const parameter = (value: unknown) =>
          String(value).startsWith("[{") ? sql.json(JSON.parse(String(value))) : value;
        const executeSql = async (text: string, values: unknown[] = []) => ({
          rows: await sql.unsafe(text, values.map(parameter) as never[], { prepare: true }),
        });
        await sender.send(QUEUE, { prompt }, { db: { executeSql } });
      },
      close: () => sender.stop({ graceful: false }),
    };
  },
  async isBusy(sql) {
    const [{ busy }] = await sql`
      select exists (select from pgboss.job where name = ${QUEUE} and state < 'completed') as busy`;
    return busy;
  },
  async work(url, mode, started) {
    const worker = await open(url);
    if (mode === "listening") {
      // It does not listen: half a second between looks is the least that it allows, and it takes one at a look unless told.
      const options = { pollingIntervalSeconds: 0.5, batchSize: BATCH };
      await worker.work<Data>(
        QUEUE,
        options,
        (jobs) => Promise.resolve(jobs.forEach(({ data }) => started(data.prompt))),
      );
      return { stop: () => worker.stop() };
    }
    const loop = fetchAndComplete(worker, mode, started);
    return {
      async stop() {
        await loop.stop();
        await worker.stop();
      },
    };
  },
};

/** `work` waits for its interval after each fetch, so that it would be measured asleep. This is what it does otherwise. */
function fetchAndComplete(worker: PgBoss, mode: Mode, started: (prompt: string) => void) {
  let stopping = false;
  const loop = async () => {
    while (!stopping) {
      const jobs = await worker.fetch<Data>(QUEUE, { batchSize: mode === "batched" ? BATCH : 1 });
      for (const { data } of jobs) started(data.prompt);
      if (jobs.length > 0) await worker.complete(QUEUE, jobs.map(({ id }) => id));
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const running = Promise.all(Array.from({ length: mode === "eight" ? 8 : 1 }, loop));
  return {
    async stop() {
      stopping = true;
      await running;
    },
  };
}

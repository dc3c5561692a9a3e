import { Logger, run, runMigrations } from "graphile-worker";
import type { Side } from "./side.ts";

const logger = new Logger(() => () => {});

/** What its own page on performance sets: https://worker.graphile.org/docs/performance */
const BATCHED = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

export const graphile: Side = {
  name: "graphile-worker",
  async prepare({ url }) {
    await runMigrations({ connectionString: url, logger });
  },
  async queue({ sql }, count) {
    await sql`
      select graphile_worker.add_job('bench', json_build_object('prompt', concat('a lamp on desk ', n)))
      from generate_series(1, ${count}::int) as n`;
  },
  openQueue() {
    return Promise.resolve({
      async enqueue(sql, prompt) {
        await sql`select graphile_worker.add_job('bench', ${sql.json({ prompt })}::json)`;
      },
      close: () => Promise.resolve(),
    });
  },
  async isBusy(sql) {
    const [{ busy }] = await sql`select exists (select from graphile_worker._private_jobs) as busy`;
    return busy;
  },
  async work(url, mode, started) {
    const runner = await run({
      preset: {
        worker: {
          connectionString: url,
          logger,
          ...mode === "eight" && { concurrentJobs: 8 },
          ...mode === "batched" && BATCHED,
        },
      },
      noHandleSignals: true,
      parsedCronItems: [],
      taskList: { bench: (payload) => started((payload as { prompt: string }).prompt) },
    });
    return { stop: () => runner.stop() };
  },
};

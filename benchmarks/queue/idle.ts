import { startPostgresProxy } from "../../tests/support/postgres-proxy.ts";
import { alone, type Bench, inTurns, type Measurement, SHORT } from "../measure.ts";
import { openScene, startWorking } from "./scene.ts";

const SECONDS = SHORT ? 10 : 60;
const SETTLE_SECONDS = SHORT ? 4 : 10;
const ROUNDS_OF_SIDE = SHORT ? 1 : 3;

const idle: Bench = {
  name: "queue-idle",
  title: "Queue: an idle worker",
  method:
    `Statements that one worker with nothing to do sends in ${SECONDS} s, ${SETTLE_SECONDS} s after its start, counted by a proxy ` +
    `between it and Postgres; ${ROUNDS_OF_SIDE} rounds in turns. A \`BEGIN\` and a \`COMMIT\` count too. Ours is the process of \`deno task worker\` as ` +
    "it ships, with payments, mail and checkpoints; the peers have their defaults, and pg-boss its maintenance.",
  async run(log) {
    const { db, close } = await openScene();
    let statements = 0;
    const proxy = await startPostgresProxy({
      port: Number(new URL(db.url).port),
      choose() {
        statements++;
        return null;
      },
    });
    const url = new URL(db.url);
    url.port = String(proxy.port);
    try {
      const round = (name: string, start: (url: string) => Promise<{ stop(): Promise<unknown> }>) => async () => {
        const worker = await start(url.href);
        await pause(SETTLE_SECONDS);
        const before = statements;
        await pause(SECONDS);
        const rate = (statements - before) / SECONDS;
        await worker.stop();
        log(`${name}: ${rate.toFixed(2)} statements/s`);
        return rate;
      };
      const [ours, graphile, boss] = await inTurns(ROUNDS_OF_SIDE, [
        round("ours", startOurs),
        round("graphile-worker", (url) => startWorking("graphile", url)),
        round("pg-boss", (url) => startWorking("boss", url)),
      ]);
      const measured = (metric: string, rates: number[]): Measurement => ({
        metric,
        unit: "statements/s",
        ...alone(rates),
        target: null,
      });
      return [
        { ...measured("an idle worker", ours), target: { of: "value", is: "at most", limit: 0.2 } },
        measured("for information: graphile-worker", graphile),
        measured("for information: pg-boss, looking every half second", boss),
      ];
    } finally {
      await proxy.close();
      await close();
    }
  },
};

export default idle;

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** The worker as a process, configured as on a laptop; nobody it could talk to answers, and it has nothing to say. */
async function startOurs(url: string): Promise<{ stop(): Promise<unknown> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../../scripts/worker.ts", import.meta.url).pathname],
    env: {
      KREDO_ENV: "sandbox",
      KREDO_WEB_URL: "http://127.0.0.1:8000",
      SUPABASE_URL: "http://127.0.0.1:54321",
      SUPABASE_SECRET_KEY: "unused",
      SUPABASE_DB_URL: url,
      STRIPE_SECRET_KEY: "sk_test_0123456789",
      STRIPE_WEBHOOK_SECRET: "unused",
      REPLICATE_API_TOKEN: "unused",
      REPLICATE_WEBHOOK_SECRET: "unused",
    },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  // It says when it listens. What it says later is not read, and it says too little to be held up.
  const { done } = await reader.read();
  if (done) throw new Error("the worker did not start");
  return {
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}

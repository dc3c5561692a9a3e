import { freePort, startTestCluster } from "../../tests/support/cluster.ts";
import { freshDatabase, type TestDatabase } from "../../tests/support/database.ts";
import { alone, type Bench, compared, inTurns, type Measurement, percentile, ROUNDS, SHORT } from "../measure.ts";
import { newsOfPayment, openPurchases } from "./purchases.ts";

const DELIVERIES = SHORT ? 200 : 1_000;
const PER_SECOND = 100;
const SECONDS = SHORT ? 5 : 30;
const STORMS = SHORT ? 1 : 3;

const webhooks: Bench = {
  name: "webhooks",
  title: "Webhook to balance",
  method:
    `\`POST\` of a signed \`checkout.session.completed\` for a paid pack until the 200, when the credits are in the balance: ` +
    `one after another, ${ROUNDS} rounds of ${DELIVERIES} in turns, each for a purchase and a customer of its own. The peer is a ` +
    "bare `Deno.serve` behind the same gateway that inserts `{id, payload}` into a table of the same database, `on conflict do " +
    "nothing`, and answers 200: no signature, no question to Stripe, no credit, as many connections. The database has the settings of `npm start` " +
    "(`fsync`, `synchronous_commit` on). Stripe's own answer time is not ours: in its place is a server that answers out of " +
    `memory at once (latency 0). Then an open loop of ${PER_SECOND} deliveries a second for ${SECONDS} s, ${STORMS} times: each is ` +
    "sent at its time whether or not earlier ones were answered, and its time counts from then.",
  async run(log) {
    const scene = await openScene();
    try {
      return [...await inComparison(scene, log), ...await sustained(scene, log)];
    } finally {
      await scene.close();
    }
  },
};

export default webhooks;

interface Scene {
  db: TestDatabase;
  /** Sends a delivery to a function. Returns the status of its answer. */
  post(name: string, delivery: { body: string; signature: string }): Promise<number>;
  close(): Promise<void>;
}

async function openScene(): Promise<Scene> {
  const cluster = await startTestCluster({ durable: true });
  const db = await freshDatabase({ cluster });
  await db.sql`create schema bench`;
  await db.sql`create table bench.events (id text primary key, payload jsonb)`;
  await db.sql`grant usage on schema bench to postgres`;
  await db.sql`grant insert on bench.events to postgres`;
  const log = await Deno.makeTempFile({ prefix: "kredo-bench-webhooks-" });
  const host = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("host.ts", import.meta.url).pathname,
      JSON.stringify({ databaseUrl: db.url, port: await freePort(), log }),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = host.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const base = (await reader.read()).value?.trim();
  if (!base) throw new Error(`the functions did not start; see ${log}`);
  return {
    db,
    async post(name, { body, signature }) {
      const answer = await fetch(`${base}/${name}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", "stripe-signature": signature },
      });
      await answer.text();
      return answer.status;
    },
    async close() {
      await host.stdin.close();
      await host.status;
      await reader.cancel();
      await Deno.remove(log);
      await db.close();
      await cluster.stop();
    },
  };
}

async function inComparison(scene: Scene, log: (line: string) => void): Promise<Measurement[]> {
  const times = { "stripe-webhook": [] as number[][], "bare-webhook": [] as number[][] };
  const round = (name: keyof typeof times, deliveries: number) => async () => {
    const sessions = await openPurchases(scene.db, deliveries);
    const news = await Promise.all(sessions.map(newsOfPayment));
    const took: number[] = [];
    for (const delivery of news) {
      const begun = performance.now();
      const status = await scene.post(name, delivery);
      took.push(performance.now() - begun);
      if (status !== 200) throw new Error(`${name} answered ${status}`);
    }
    if (name === "stripe-webhook") await assertCredited(scene.db, sessions);
    times[name].push(took);
    log(`${name}: p50 ${percentile(took, 0.5).toFixed(2)} ms, p99 ${percentile(took, 0.99).toFixed(2)} ms`);
    return 0;
  };
  const acts = (deliveries: number) => [round("stripe-webhook", deliveries), round("bare-webhook", deliveries)];
  // Once for nothing: connections, prepared statements, compiled code.
  await inTurns(1, acts(200));
  times["stripe-webhook"].length = times["bare-webhook"].length = 0;
  await inTurns(ROUNDS, acts(DELIVERIES));
  return [0.5, 0.99].map((share) => ({
    metric: `webhook to credited balance, p${share * 100}`,
    unit: "ms",
    ...compared(
      times["stripe-webhook"].map((took) => percentile(took, share)),
      times["bare-webhook"].map((took) => percentile(took, share)),
    ),
    target: share === 0.99 ? { of: "ratio", is: "at most", limit: 3 } : null,
  }));
}

async function sustained(scene: Scene, log: (line: string) => void): Promise<Measurement[]> {
  const rates: number[] = [];
  const latencies: number[] = [];
  const refused: number[] = [];
  for (let storm = 0; storm < STORMS; storm++) {
    const sessions = await openPurchases(scene.db, PER_SECOND * SECONDS);
    const news = await Promise.all(sessions.map(newsOfPayment));
    const begun = performance.now();
    const answers = await Promise.all(news.map(async (delivery, nth) => {
      const due = begun + nth * 1000 / PER_SECOND;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const status = await scene.post("stripe-webhook", delivery).catch(() => 0);
      return { status, took: performance.now() - due };
    }));
    rates.push(answers.length / ((performance.now() - begun) / 1000));
    latencies.push(percentile(answers.map(({ took }) => took), 0.99));
    refused.push(answers.filter(({ status }) => status < 200 || status > 299).length);
    log(`${rates.at(-1)!.toFixed(1)} a second, p99 ${latencies.at(-1)!.toFixed(1)} ms, ${refused.at(-1)} not 2xx`);
    if (refused.at(-1) === 0) await assertCredited(scene.db, sessions);
  }
  const worst = Math.max(...refused);
  return [
    {
      metric: `of ${PER_SECOND} deliveries a second, answered`,
      unit: "/s",
      ...alone(rates),
      target: { of: "value", is: "at least", limit: PER_SECOND * 0.99 },
    },
    { metric: "… p99", unit: "ms", ...alone(latencies), target: null },
    {
      metric: "… not 2xx, or not credited",
      unit: "",
      ...alone([worst]),
      target: { of: "value", is: "at most", limit: 0 },
    },
  ];
}

/** Every purchase is paid, once, and its customer has the pack beside the welcome. */
async function assertCredited(db: TestDatabase, sessions: readonly string[]): Promise<void> {
  const [{ credited }] = await db.sql<{ credited: number }[]>`
    select count(*)::int as credited
    from public.checkout_sessions c join public.credit_accounts a using (user_id)
    where c.stripe_session_id = any(${sessions as string[]}) and c.status = 'paid' and a.available = 20`;
  if (credited !== sessions.length) throw new Error(`${credited} of ${sessions.length} purchases were credited`);
}

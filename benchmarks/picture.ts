import { findPortBase } from "../sandbox/ports.ts";
import { startOwnStack } from "../tests/support/stack.ts";
import { type Customer, newCustomer } from "./customer.ts";
import { type Bench, type Measurement, percentile, ROUNDS, spread } from "./measure.ts";

const PICTURES_A_ROUND = 20;
const PROMPTS = ["a lighthouse at sunset", "a neon city by the water", "dunes under the moon", "a pine forest in mist"];

interface Job {
  id: string;
  status: string;
  outputs: { url: string }[];
}

/** What a customer waits for, and how much of that is us. */
const picture: Bench = {
  name: "picture",
  title: "Submit to picture",
  method:
    `One picture after another (${ROUNDS} rounds of ${PICTURES_A_ROUND}) on a stack of its own, through the public ` +
    "API: `POST /api/jobs`, then the event stream until the job has succeeded, then every byte of the picture. The " +
    'stand-in draws a picture of one megapixel and takes 0.35 s or as long as the drawing needs; "ours" is what remains ' +
    "when the time between its `created_at` and `completed_at` is taken away.",
  async run(log) {
    const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
    try {
      const { web } = stack.info;
      const customer = await newCustomer(stack.info, "pack_200");
      for (let warm = 0; warm < 4; warm++) await once(web, customer, PROMPTS[warm]);
      const rounds: { total: number[]; own: number[] }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const total: number[] = [];
        for (let n = 0; n < PICTURES_A_ROUND; n++) {
          total.push(await once(web, customer, `${PROMPTS[n % PROMPTS.length]}, number ${round}-${n}`));
        }
        const provider = await providerTimes(stack.info, PICTURES_A_ROUND);
        // The list is newest first.
        const own = total.map((milliseconds, n) => milliseconds - provider[PICTURES_A_ROUND - 1 - n]);
        rounds.push({ total, own });
        log(`p50 ${Math.round(percentile(total, 0.5))} ms, p99 ${Math.round(percentile(total, 0.99))} ms`);
      }
      const entry = (metric: string, of: "total" | "own", share: number, limit?: number): Measurement => ({
        metric,
        value: percentile(rounds.flatMap((round) => round[of]), share),
        unit: "ms",
        peer: null,
        ratio: null,
        spread: spread(rounds.map((round) => percentile(round[of], share))),
        target: limit === undefined ? null : { of: "value", is: "at most", limit },
      });
      return [
        entry("submit to picture, p50", "total", 0.5, 1500),
        entry("submit to picture, p99", "total", 0.99),
        entry("of that ours, p50", "own", 0.5),
        entry("of that ours, p99", "own", 0.99),
      ];
    } finally {
      await stack.stop();
    }
  },
};

export default picture;

async function once(web: string, { call, token }: Customer, prompt: string): Promise<number> {
  const authorization = `Bearer ${token}`;
  const begun = performance.now();
  const { id } = await call<Job>("POST", "/api/jobs", { model: "seedream-4-5", input: { prompt } });
  const job = await untilEnded(`${web}/api/jobs/${id}/events`, authorization);
  if (job.status !== "succeeded") throw new Error(`job ${id} ended ${job.status}`);
  const response = await fetch(new URL(job.outputs[0].url, web), { headers: { authorization } });
  const bytes = await response.bytes();
  const taken = performance.now() - begun;
  if (response.status !== 200 || bytes.length < 10_000) throw new Error(`the picture answered ${response.status}`);
  return taken;
}

async function untilEnded(url: string, authorization: string): Promise<Job> {
  const response = await fetch(url, { headers: { authorization, accept: "text/event-stream" } });
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data:"));
      if (!data) continue;
      const job = JSON.parse(data.slice(5)) as Job;
      if (["succeeded", "failed", "canceled"].includes(job.status)) return job;
    }
  }
  throw new Error("the event stream ended before the job");
}

/** Milliseconds each of the newest predictions took at the provider, newest first. */
async function providerTimes(
  { replicateApi, env }: { replicateApi: string; env: { functions: Record<string, string> } },
  count: number,
): Promise<number[]> {
  const response = await fetch(`${replicateApi}/predictions`, {
    headers: { authorization: `Bearer ${env.functions.REPLICATE_API_TOKEN}` },
  });
  const { results } = await response.json() as { results: { created_at: string; completed_at: string }[] };
  return results.slice(0, count).map((one) => Date.parse(one.completed_at) - Date.parse(one.created_at));
}

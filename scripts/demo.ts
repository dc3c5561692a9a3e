/**
 * The whole journey over HTTP, as a customer's own program would make it: sign up, buy, pay, generate, look,
 * and check the books. Boots a stack of its own on free ports with a state of its own, and leaves nothing behind.
 *
 * `npm run demo` prints a line per step and exits 0 only if all of it held.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { choosePorts, findPortBase } from "../sandbox/ports.ts";
import { startStack } from "../sandbox/stack.ts";

interface Session {
  user: { id: string; email: string };
  session: { access_token: string };
}

interface Job {
  id: string;
  status: string;
  credits: number;
  outputs: { url: string }[];
  error: unknown;
}

const ENDED = ["succeeded", "failed", "canceled"];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await run();
  } finally {
    console.log(`  ${name.padEnd(64)}${`${Math.round(performance.now() - begun)} ms`.padStart(9)}`);
  }
}

/** Calls the API as one person; `status` is what has to come back. */
function caller(web: string, token?: string) {
  return async <T>(method: string, path: string, status: number, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, web), {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json", "idempotency-key": crypto.randomUUID() }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, status, `${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
}

async function journey({ web }: { web: string }): Promise<void> {
  const password = crypto.randomUUID();
  const register = (name: string) =>
    caller(web)<Session>("POST", "/api/auth/register", 201, {
      email: `${name}-${crypto.randomUUID()}@kredo.test`,
      password,
    });

  const { user, session } = await step("Signed up", () => register("ada"));
  const api = caller(web, session.access_token);
  const balance = () => api<{ available: number; held: number; debt: number }>("GET", "/api/credits/balance", 200);

  await step("The balance is 10, the free allowance", async () => {
    assert.deepEqual(await balance(), { available: 10, held: 0, debt: 0 });
  });

  const checkout = await step(
    "Opened a checkout for 50 credits",
    () => api<{ id: string; url: string }>("POST", "/api/billing/checkout-session", 201, { pack: "pack_50" }),
  );

  await step("Paid on the hosted page", async () => {
    const page = await fetch(checkout.url);
    assert.equal(page.status, 200);
    await page.body?.cancel();
    const paid = await fetch(checkout.url, {
      method: "POST",
      body: new URLSearchParams({ outcome: "paid" }),
      redirect: "manual",
    });
    await paid.body?.cancel();
    assert.equal(paid.status, 303);
    assert.ok(paid.headers.get("location")?.startsWith(`${web}/app/billing/success`), "paying leads back to the shop");
  });

  await step(
    "The webhook has credited: the balance is 60",
    () => until(async () => (await balance()).available === 60, "the payment was never credited"),
  );

  const submitted = await step(
    "Submitted a picture",
    () =>
      api<Job>("POST", "/api/jobs", 201, {
        model: "seedream-4-5",
        input: { prompt: "A lighthouse at dusk, oil on canvas" },
      }),
  );

  const job = await step("It succeeded, as the event stream told", async () => {
    await streamUntilEnded(web, session.access_token, submitted.id);
    const job = await api<Job>("GET", `/api/jobs/${submitted.id}`, 200);
    assert.equal(job.status, "succeeded", JSON.stringify(job.error));
    return job;
  });

  await step("Its bytes are a PNG", async () => {
    const response = await fetch(new URL(job.outputs[0].url, web), {
      headers: { authorization: `Bearer ${session.access_token}` },
    });
    assert.equal(response.status, 200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.deepEqual([...bytes.slice(0, PNG.length)], PNG);
    assert.ok(bytes.length > 1000, "more than a header");
  });

  await step("The ledger adds up to the balance: 10 + 50 − 1 = 59", async () => {
    const { entries } = await api<{ entries: { kind: string; amount: number }[] }>(
      "GET",
      "/api/credits/ledger?limit=100",
      200,
    );
    const { available, held, debt } = await balance();
    assert.equal(entries.reduce((sum, entry) => sum + entry.amount, 0), available + held - debt);
    assert.deepEqual({ available, held, debt }, { available: 59, held: 0, debt: 0 });
    assert.deepEqual(entries.map((entry) => entry.kind).sort(), ["grant", "settle", "topup"]);
  });

  await step("Somebody else sees neither the job nor the picture: 404", async () => {
    const stranger = caller(web, (await register("eve")).session.access_token);
    await stranger("GET", `/api/jobs/${job.id}`, 404);
    await stranger("GET", job.outputs[0].url, 404);
  });

  await step("Without a log-in there is nothing: 401", () => caller(web)("GET", `/api/jobs/${job.id}`, 401));
  assert.ok(user.id);
}

/** Reads server-sent events until one of them names an end state. */
async function streamUntilEnded(web: string, token: string, job: string): Promise<void> {
  const response = await fetch(new URL(`/api/jobs/${job}/events`, web), {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
    signal: AbortSignal.timeout(30_000),
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  let seen = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    seen += chunk;
    if (ENDED.some((status) => seen.includes(`"status":"${status}"`))) return;
  }
  assert.fail(`the event stream ended before the job did: ${seen}`);
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(otherwise);
}

const begun = performance.now();
const stateDir = await mkdtemp(join(tmpdir(), "kredo-demo-"));
let stop = () => Promise.resolve();
let held = false;
try {
  const stack = await step("Everything started", () =>
    startStack({
      root: resolve(fileURLToPath(new URL("..", import.meta.url))),
      stateDir,
      ports: choosePorts(String(findPortBase(30_000, 32_000))),
      dev: false,
      reset: false,
      seed: "demo",
      durable: false,
      onStep: () => {},
    }));
  stop = stack.stop;
  await journey(stack.info);
  held = true;
} catch (error) {
  console.error(error instanceof Error ? `\n${error.message}\n\nLogs: ${join(stateDir, "logs")}` : error);
} finally {
  await stop();
  if (held) await rm(stateDir, { recursive: true, force: true });
}
console.log(held ? `\nAll of it held, in ${((performance.now() - begun) / 1000).toFixed(1)} s.` : "\nThe demo failed.");
Deno.exit(held ? 0 : 1);

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { Job } from "../../domain/jobs/types.ts";
import { stack, type StackInfo } from "./stack.ts";
import { type Answer, ask, type Customer } from "./web.ts";

/** A prompt nobody used before: the stand-in counts its directives per prompt. */
export const prompt = (directives = "") => `a lamp on a desk ${randomUUID()} ${directives}`.trim();

export interface CreateJob {
  model?: string;
  input?: Record<string, unknown>;
  key?: string;
  /** The price that was shown, in credits. */
  expected?: number;
}

/** Asks for a job; `input` defaults to a prompt of its own. */
export function createJob(
  { token, at }: Customer,
  { model = "seedream-4-5", input, key, expected }: CreateJob = {},
): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  const json = { model, input: input ?? { prompt: prompt() }, expected_credits: expected };
  return ask("/api/jobs", { token, at, json, headers });
}

/** Asks for a job that is accepted. */
export async function startJob(customer: Customer, options: CreateJob = {}): Promise<Job> {
  const { status, text, body } = await createJob(customer, options);
  assert.equal(status, 201, text);
  return body;
}

export async function readJob({ token, at }: Customer, id: string): Promise<Job> {
  const { status, text, body } = await ask(`/api/jobs/${id}`, { token, at });
  assert.equal(status, 200, text);
  return body;
}

const ENDED = ["succeeded", "failed", "canceled"];

/** The job once it has ended. Looks for as long as the slowest retry may take. */
export async function untilEnded(customer: Customer, id: string, seconds = 60): Promise<Job> {
  return await untilJob(customer, id, ({ status }) => ENDED.includes(status), seconds);
}

export async function untilJob(
  customer: Customer,
  id: string,
  isThere: (job: Job) => boolean,
  seconds = 60,
): Promise<Job> {
  for (const end = Date.now() + seconds * 1_000;;) {
    const job = await readJob(customer, id);
    if (isThere(job)) return job;
    assert.ok(Date.now() < end, `after ${seconds} s the job is ${JSON.stringify(job)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function balanceOf({ token, at }: Customer): Promise<{ available: number; held: number; debt: number }> {
  const { status, text, body } = await ask("/api/credits/balance", { token, at });
  assert.equal(status, 200, text);
  return body;
}

export interface StreamedEvent {
  id: string;
  event: string;
  job: Job;
}

/** Server-sent events of a job, as they come, until the server ends the stream. */
export async function* watch(
  { token, at }: Customer,
  id: string,
  { signal, lastEventId }: { signal?: AbortSignal; lastEventId?: string } = {},
): AsyncGenerator<StreamedEvent, void> {
  const web = at ?? (await stack()).web;
  const headers = { authorization: `Bearer ${token}`, ...(lastEventId ? { "last-event-id": lastEventId } : {}) };
  const response = await fetch(`${web}/api/jobs/${id}/events`, { headers, signal });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const fields = Object.fromEntries(
        text.slice(0, end).split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)),
      );
      text = text.slice(end + 2);
      if (fields.data) yield { id: fields.id, event: fields.event, job: JSON.parse(fields.data) };
    }
  }
}

/** Looks into the stack's database as its superuser: for what no interface shows. */
export async function inDatabase<T>(look: (sql: postgres.Sql) => Promise<T>, info?: StackInfo): Promise<T> {
  const sql = postgres((info ?? await stack()).dbAdmin, { max: 1, onnotice: () => {} });
  try {
    return await look(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** Sends the worker function what the schedule sends it every few seconds. */
export async function wakeWorker(info?: StackInfo): Promise<Response> {
  const { api, serviceRoleKey } = info ?? await stack();
  return await fetch(`${api}/functions/v1/worker`, {
    method: "POST",
    headers: { authorization: `Bearer ${serviceRoleKey}` },
  });
}

/** All of a person's jobs on one stream: what is told, after gaps too, to whom, and what it costs. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import postgres from "postgres";
import { prompt, startJob } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { type Heard, listenTo } from "../support/streams.ts";
import { until } from "../support/until.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const EVENTS = "/api/jobs/events";
const about = (id: string, status?: string) => ({ event, data }: Heard) =>
  event === "job" && data.id === id && (status === undefined || data.status === status);
const cancel = ({ token }: Customer, id: string) => ask(`/api/jobs/${id}/cancel`, { method: "POST", token });

const admin = postgres((await stack()).dbAdmin, { max: 1, onnotice: () => {} });
after(() => admin.end());

/** Of the web process alone. */
const cutListening = () =>
  admin`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'kredo-listen' and usename = 'kredo_web'`;
/** The last that it said to Postgres: that it listens, or a sign of life after that. */
const listening = () =>
  admin`select from pg_stat_activity
    where application_name = 'kredo-listen' and usename = 'kredo_web' and (query like 'listen %' or query = 'select 1')`
    .then(({ length }) => length > 0);

describe("the stream of all my jobs", () => {
  it("tells each job, whole, from queue to end", async () => {
    const customer = await newCustomer();
    const stream = await listenTo(customer, EVENTS);
    const [one, two] = [await startJob(customer), await startJob(customer)];
    for (const { id } of [one, two]) {
      const { data, id: at } = await stream.hears(about(id, "succeeded"));
      const { jobs } = (await ask("/api/jobs", { token: customer.token })).body;
      assert.deepEqual(data, jobs.find((job: { id: string }) => job.id === id));
      assert.equal(at, data.updated_at);
    }
    stream.leave();
  });

  it("tells who comes back with Last-Event-ID what was missed", async () => {
    const customer = await newCustomer();
    const stream = await listenTo(customer, EVENTS);
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    await stream.hears(about(id, "running"));
    stream.leave();
    await cancel(customer, id);
    const other = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    const back = await listenTo(customer, EVENTS, stream.lastEventId());
    await back.hears(about(id, "canceled"));
    await back.hears(about(other.id));
    back.leave();
    await cancel(customer, other.id);
  });

  it("begins where a page was rendered, with `since`, and refuses what is no time", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer);
    const stream = await listenTo(customer, `${EVENTS}?since=2026-01-01T00:00:00Z`);
    await stream.hears(about(id));
    stream.leave();
    const { status, body } = await ask(`${EVENTS}?since=yesterday`, { token: customer.token });
    assert.deepEqual([status, body.code], [400, "invalid_request"]);
  });

  it("says to read the list when more has changed than can be told one by one", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    await admin`insert into public.job_events (job_id, user_id, event, actor)
      select ${id}, ${customer.id}, 'accepted', 'provider' from generate_series(1, 1000)`;
    const stream = await listenTo(customer, EVENTS);
    await stream.hears(({ event }) => event === "resync");
    await cancel(customer, id);
    await stream.hears(about(id, "canceled"), "what happens after a resync is told");
    stream.leave();
  });

  it("tells a stranger nothing of others", async () => {
    const [owner, stranger] = [await newCustomer(), await newCustomer()];
    const streams = [await listenTo(owner, EVENTS), await listenTo(stranger, EVENTS)];
    const { id } = await startJob(owner);
    await streams[0].hears(about(id, "succeeded"));
    const own = await startJob(stranger);
    await streams[1].hears(about(own.id, "succeeded"));
    assert.ok(streams[1].heard.every(({ data }) => !data || data.id === own.id));
    assert.equal((await ask(EVENTS)).status, 401);
    for (const stream of streams) stream.leave();
  });

  it("is limited per person, and a stream that was left gives its place back", async () => {
    const customer = await newCustomer();
    const streams = await Promise.all(Array.from({ length: 10 }, () => listenTo(customer, EVENTS)));
    assert.equal((await ask(EVENTS, { token: customer.token })).status, 429);
    for (const stream of streams) stream.leave();
    const again = await until(() => listenTo(customer, EVENTS).catch(() => null), "a free place");
    again.leave();
  });

  it("goes on when nothing can be heard, by looking, and hears again afterwards", async () => {
    const customer = await newCustomer();
    const stream = await listenTo(customer, EVENTS);
    await until(listening, "the web app listens");
    const limit = (count: number) => admin.unsafe(`alter role kredo_web connection limit ${count}`);
    const first = await startJob(customer, { input: { prompt: prompt("[hang]") } });
    await stream.hears(about(first.id, "running"));
    // Cut, and kept from coming back: connections that it has stay.
    await limit(0);
    try {
      await cutListening();
      await until(async () => !await listening(), "the web app is deaf");
      await cancel(customer, first.id);
      await stream.hears(about(first.id, "canceled"), "found by looking");
    } finally {
      await limit(-1);
    }
    await until(listening, "the web app listens again");
    const second = await startJob(customer);
    await stream.hears(about(second.id, "succeeded"));
    stream.leave();
  });
});

import type postgres from "postgres";

/** Requests in flight at once. */
const AT_ONCE = 50;
const LOOK_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 60_000;

interface QueuedRequest {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string> | null;
  body: Uint8Array<ArrayBuffer> | null;
  timeout_milliseconds: number;
}

interface Outcome {
  status_code: number | null;
  content_type: string | null;
  headers: Record<string, string> | null;
  content: string | null;
  timed_out: boolean;
  error_msg: string | null;
}

export interface RequestSender {
  /** Look at the queue now: a transaction with a request in it has committed. */
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Sends what `net.http_post` and its like queued. A request is taken off the queue before it is sent, so it is
 * sent at most once; a crash in between loses it, as with the real pg_net.
 */
export function sendRequests(sql: postgres.Sql): RequestSender {
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  let looking: Promise<void> | undefined;
  let again = false;

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (looking) again = true;
    else looking = drain().catch(() => {}).finally(() => looking = undefined);
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      const free = AT_ONCE - inFlight.size;
      if (free <= 0) return; // whoever ends calls wake()
      const requests = await sql<QueuedRequest[]>`
        delete from net.http_request_queue where id in (
          select id from net.http_request_queue order by id limit ${free} for update skip locked
        ) returning *`;
      for (const request of requests.sort((a, b) => Number(a.id) - Number(b.id))) {
        const sent = send(request).catch(() => {}).finally(() => {
          inFlight.delete(sent);
          wake();
        });
        inFlight.add(sent);
      }
      again ||= requests.length === free;
    } while (again && !stopping.signal.aborted);
  }

  async function send(request: QueuedRequest): Promise<void> {
    const outcome = await attempt(request, stopping.signal);
    await sql`insert into net._http_response ${
      sql({ id: request.id, ...outcome, headers: sql.json(outcome.headers) })
    }`;
  }

  const looker = setInterval(wake, LOOK_EVERY_MS);
  // As pg_net: answers are kept for six hours.
  const forgetter = setInterval(() => {
    sql`delete from net._http_response where created < now() - interval '6 hours'`.catch(() => {});
  }, FORGET_EVERY_MS);
  wake();

  return {
    wake,
    async stop() {
      clearInterval(looker);
      clearInterval(forgetter);
      stopping.abort();
      await looking;
      await Promise.all(inFlight);
    },
  };
}

async function attempt(request: QueuedRequest, stopping: AbortSignal): Promise<Outcome> {
  const failed = { status_code: null, content_type: null, headers: null, content: null };
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { "user-agent": "pg_net/0.14.0", ...request.headers },
      body: request.body,
      redirect: "manual",
      signal: AbortSignal.any([stopping, AbortSignal.timeout(request.timeout_milliseconds)]),
    });
    return {
      status_code: response.status,
      content_type: response.headers.get("content-type"),
      headers: Object.fromEntries(response.headers),
      content: await response.text(),
      timed_out: false,
      error_msg: null,
    };
  } catch (error) {
    if ((error as Error).name === "TimeoutError") {
      return { ...failed, timed_out: true, error_msg: `Timeout of ${request.timeout_milliseconds} ms reached` };
    }
    return { ...failed, timed_out: false, error_msg: (error as Error).message };
  }
}

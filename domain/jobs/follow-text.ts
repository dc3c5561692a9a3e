import type { Database } from "../../platform/database.ts";
import type { Live } from "../../platform/live.ts";
import type { StreamEnd, TextPiece } from "../../platform/replicate-stream.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import { hasEnded, type JobStatus } from "./types.ts";

/** `start`: a try begins, and what was heard of an earlier one is void. `end`: there will be no more. */
export type TextNews =
  | { news: "start"; attempt: number }
  | { news: "piece"; attempt: number; piece: TextPiece }
  | { news: "end" };

export interface FollowText {
  id: string;
  /** The last piece that the reader has, to go on behind it. */
  after: { attempt: number; piece: string } | null;
  signal: AbortSignal;
}

export interface TextServices {
  db: Pick<Database, "asWeb">;
  live: Live;
  readTextStream(
    url: string,
    from: { after: string | null; signal: AbortSignal },
  ): AsyncGenerator<TextPiece, StreamEnd>;
}

interface Source {
  status: JobStatus;
  attempt: number | null;
  url: string | null;
}

/**
 * Between looks for a try that streams, and before a lost connection is made anew. A try that has begun has its
 * address within a moment, which is no news to anybody else: the first looks come soon, the later ones seldom.
 */
const LOOK_AGAIN_MS = { first: 40, most: 1_000 };

/** Connections to one try; then the page waits for the finished text. */
const MAX_CONNECTIONS = 5;

/**
 * Follows a text while it is made, from try to try; null when the job has ended, and the text is finished or never will be.
 *
 * @throws {AppError} not_found, for jobs of others and for those that make no text, too
 */
export async function followText(
  services: TextServices,
  session: Session,
  options: FollowText,
): Promise<AsyncGenerator<TextNews, void> | null> {
  const look = () => readSource(services, session, options.id);
  if (hasEnded((await look()).status)) return null;
  return follow(services, look, options);
}

async function* follow(
  { live, readTextStream }: TextServices,
  look: () => Promise<Source>,
  { id, after, signal }: FollowText,
): AsyncGenerator<TextNews, void> {
  const bell = createBell(signal);
  const unsubscribe = live.subscribe(id, bell.ring);
  let heard = after;
  let connections = 0;
  let over: number | null = null;
  let pause: number = LOOK_AGAIN_MS.first;
  try {
    while (!signal.aborted) {
      const { status, attempt, url } = await look();
      if (hasEnded(status)) break;
      const isAwaited = attempt !== null && url === null;
      pause = isAwaited ? Math.min(pause * 1.5, LOOK_AGAIN_MS.most) : LOOK_AGAIN_MS.first;
      if (attempt !== null && url !== null && attempt !== over) {
        if (heard?.attempt !== attempt) {
          heard = null;
          connections = 0;
          yield { news: "start", attempt };
        }
        connections++;
        const pieces = readTextStream(url, { after: heard?.piece ?? null, signal });
        let next = await pieces.next();
        for (; !next.done; next = await pieces.next()) {
          heard = { attempt, piece: next.value.id };
          yield { news: "piece", attempt, piece: next.value };
        }
        if (next.value === "done") break;
        if (next.value === "failed" || connections >= MAX_CONNECTIONS) over = attempt;
        heard ??= { attempt, piece: "" };
      }
      await bell.rung(isAwaited ? pause : LOOK_AGAIN_MS.most);
    }
    if (!signal.aborted) yield { news: "end" };
  } finally {
    unsubscribe();
  }
}

async function readSource({ db }: TextServices, { userId }: Session, id: string): Promise<Source> {
  if (!isUuid(id)) throw new AppError("not_found");
  const [source] = await db.asWeb((sql) =>
    sql<Source[]>`select status, attempt, url from private.read_stream_url(${userId}, ${id})`
  );
  if (!source) throw new AppError("not_found");
  return source;
}

/** Waits for a ring, one that came before included, for the time or for the signal. */
function createBell(signal: AbortSignal) {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async rung(ms: number): Promise<void> {
      if (!isRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, ms);
          function done() {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            resolve();
          }
          wake = done;
          signal.addEventListener("abort", done);
        });
      }
      isRung = false;
    },
  };
}

import type { Database, Sql } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import { readJob } from "./read-job.ts";
import type { Job, JobWithStory } from "./types.ts";

/** Reads that streams wait for, as their owner. */
export interface JobReads {
  /** With its story. Null for unknown ids and for those of others alike. */
  job(session: Session, id: string): Promise<JobWithStory | null>;
  /** Those of the person's jobs, in the order in which they changed. */
  jobs(session: Session, ids: readonly string[]): Promise<Job[]>;
  /** What changed since then, in that order; `null` when that is too much to be told one by one. */
  since(session: Session, time: Date): Promise<Job[] | null>;
}

interface Batch {
  claims: Session["claims"];
  /** Of single jobs, with their story. */
  stories: Set<string>;
  /** Of jobs as lists have them. */
  ids: Set<string>;
  since: Date | null;
  answer: PromiseWithResolvers<Answer>;
}

interface Answer {
  stories: Map<string, JobWithStory | null>;
  byId: Map<string, Job>;
  /** Jobs with a change after `since`; null: too many. */
  changed: string[] | null;
}

/** Reads at once: however many streams hear news, pages keep the other half of the pool. */
const AT_ONCE = 4;

/** Lines of the timeline that are looked through, and jobs that are told, after a gap. More: whoever missed it reads the list. */
const MOST_EVENTS = 1_000;
const MOST_JOBS = 100;

const readers = new WeakMap<Database, JobReads>();

/** One per database, so that what all streams of a person want to know in one moment is one read. */
export function jobReads(db: Database): JobReads {
  const known = readers.get(db) ?? createJobReads(db);
  readers.set(db, known);
  return known;
}

function createJobReads(db: Database): JobReads {
  const waiting = new Map<string, Batch>();
  let running = 0;

  /**
   * Which of a person's sessions reads for the others is all the same: row level security asks for the person. A batch
   * that has begun takes nobody in any more, for what they heard of may have come after its snapshot.
   */
  function batchOf({ userId, claims }: Session): Batch {
    const known = waiting.get(userId);
    if (known) return known;
    const batch: Batch = { claims, stories: new Set(), ids: new Set(), since: null, answer: Promise.withResolvers() };
    waiting.set(userId, batch);
    // Not at once: the person's other streams hear in the same moment.
    setTimeout(beginSome, 0);
    return batch;
  }

  function beginSome(): void {
    for (const [userId, batch] of waiting) {
      if (running >= AT_ONCE) return;
      waiting.delete(userId);
      running++;
      db.asUser(batch.claims, (sql) => answer(sql, userId, batch))
        .then(batch.answer.resolve, batch.answer.reject)
        .finally(() => {
          running--;
          beginSome();
        });
    }
  }

  return {
    async job(session, id) {
      const batch = batchOf(session);
      batch.stories.add(id);
      return (await batch.answer.promise).stories.get(id) ?? null;
    },
    async jobs(session, ids) {
      const batch = batchOf(session);
      for (const id of ids) batch.ids.add(id);
      return inOrder(ids, (await batch.answer.promise).byId);
    },
    async since(session, time) {
      const batch = batchOf(session);
      if (!batch.since || time < batch.since) batch.since = time;
      const { byId, changed } = await batch.answer.promise;
      return changed && inOrder(changed, byId);
    },
  };
}

async function answer(sql: Sql, userId: string, { stories, ids, since }: Batch): Promise<Answer> {
  const [changed, ...told] = await Promise.all([
    since ? changedSince(sql, userId, since) : [],
    ...[...stories].map(async (id) => [id, await readJob(sql, id)] as const),
  ]);
  const wanted = [...new Set([...ids, ...changed ?? []])];
  const rows = wanted.length === 0 ? [] : await sql<JobRow[]>`
    select ${jobColumns(sql)} from public.jobs j where j.id = any (${wanted}::uuid[])`;
  return { stories: new Map(told), byId: new Map(rows.map((row) => [row.id, toJob(row)])), changed };
}

/** By the person's latest lines of the timeline, which are found by index; of jobs no index knows when they changed. */
async function changedSince(sql: Sql, userId: string, since: Date): Promise<string[] | null> {
  const lines = await sql<{ job_id: string }[]>`
    select e.job_id
    from (select job_id, at from public.job_events where user_id = ${userId} order by id desc limit ${MOST_EVENTS}) as e
    where e.at > ${since}`;
  const jobs = new Set(lines.map(({ job_id }) => job_id));
  return lines.length === MOST_EVENTS || jobs.size > MOST_JOBS ? null : [...jobs];
}

function inOrder(ids: Iterable<string>, byId: Map<string, Job>): Job[] {
  const jobs = [...ids].flatMap((id) => byId.get(id) ?? []);
  return jobs.sort((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at));
}

import type { Database } from "./database.ts";

/**
 * Which jobs of a subject changed; `null` when notifications may have been missed, and the subscriber must look at
 * everything it follows.
 */
export type OnChange = (jobs: readonly string[] | null) => void;

/** Tells subscribers in this process that a job changed. What changed they read themselves, under their own rights. */
export interface Live {
  /**
   * @param subject a job's id, or a person's id for all of their jobs
   * @returns unsubscribe; calling it twice is fine
   */
  subscribe(subject: string, onChange: OnChange): () => void;
  /** False while notifications cannot arrive; subscribers are told to look now and then instead. */
  readonly connected: boolean;
  close(): Promise<void>;
}

export interface LiveOptions {
  /** After news of a subject, what follows within this time is told together. Milliseconds. */
  calmMs?: number;
  /** Between looks of one subject while notifications are down, at least. Milliseconds. */
  pollMs?: number;
  /** Subjects that are told to look, at most, in each tenth of a second. */
  looksPerTick?: number;
}

interface Change {
  user_id: string;
  job_id: string;
}

interface Subject {
  subscribers: Set<OnChange>;
  /** Runs while the subject, told a moment ago, is not to be disturbed. */
  calm?: ReturnType<typeof setTimeout>;
  /** What changed meanwhile. */
  held: Set<string>;
}

const TICK_MS = 100;

/**
 * One LISTEN connection for the whole process, opened when the first subscriber comes. While it hears, a subscriber
 * costs nothing. After a gap, and again and again while there is one, every subject is told to look, a few at a time:
 * thousands that look at once would be the next outage.
 */
export function createLive(db: Pick<Database, "listen">, options: LiveOptions = {}): Live {
  const { calmMs = 75, pollMs = 2_000, looksPerTick = 20 } = options;
  const subjects = new Map<string, Subject>();
  let connected = false;
  let connection: { close(): Promise<void> } | undefined;

  function tell(name: string, jobs: readonly string[] | null): void {
    // A copy: who is told may leave, or somebody come.
    for (const onChange of [...subjects.get(name)?.subscribers ?? []]) onChange(jobs);
  }

  function hear(name: string, job: string): void {
    const subject = subjects.get(name);
    if (!subject) return;
    if (subject.calm === undefined) tellAndHold(name, subject, [job]);
    else subject.held.add(job);
  }

  /** The first change is told at once, those that follow on its heels together. */
  function tellAndHold(name: string, subject: Subject, jobs: readonly string[]): void {
    subject.calm = setTimeout(() => {
      subject.calm = undefined;
      const held = [...subject.held];
      subject.held.clear();
      if (held.length > 0) tellAndHold(name, subject, held);
    }, calmMs);
    tell(name, jobs);
  }

  let due: string[] = [];
  let roundBegan = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function everybodyLooks(): void {
    due = [...subjects.keys()];
    roundBegan = Date.now();
    clearTimeout(timer);
    sendToLook();
  }

  function sendToLook(): void {
    timer = undefined;
    for (const name of due.splice(0, looksPerTick)) tell(name, null);
    if (due.length > 0) timer = setTimeout(sendToLook, TICK_MS);
    else if (!connected && subjects.size > 0) {
      timer = setTimeout(everybodyLooks, Math.max(TICK_MS, roundBegan + pollMs - Date.now()));
    }
  }

  return {
    get connected() {
      return connected;
    },
    subscribe(name, onChange) {
      connection ??= db.listen("kredo_jobs", (payload) => {
        const { user_id, job_id } = JSON.parse(payload) as Change;
        hear(job_id, job_id);
        hear(user_id, job_id);
      }, (isConnected) => {
        connected = isConnected;
        everybodyLooks();
      });
      // Wrapped, so that the same function may subscribe twice and leave once.
      const subscriber: OnChange = (jobs) => onChange(jobs);
      const subject = subjects.get(name) ?? { subscribers: new Set(), held: new Set() };
      subject.subscribers.add(subscriber);
      subjects.set(name, subject);
      if (!connected) timer ??= setTimeout(everybodyLooks, pollMs);
      return () => {
        subject.subscribers.delete(subscriber);
        if (subject.subscribers.size > 0 || subjects.get(name) !== subject) return;
        clearTimeout(subject.calm);
        subjects.delete(name);
      };
    },
    async close() {
      clearTimeout(timer);
      for (const { calm } of subjects.values()) clearTimeout(calm);
      await connection?.close();
      connection = undefined;
      connected = false;
    },
  };
}

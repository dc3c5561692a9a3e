import type { Database } from "./database.ts";

/** Tells subscribers in this process that a job changed. What changed they read themselves, under their own rights. */
export interface Live {
  /**
   * @param subject a job's id, or a person's id for all of their jobs
   * @returns unsubscribe; calling it twice is fine
   */
  subscribe(subject: string, onChange: () => void): () => void;
  /** False while notifications cannot arrive; subscribers poll then. */
  readonly connected: boolean;
  close(): Promise<void>;
}

interface Change {
  user_id: string;
  job_id: string;
}

/** One LISTEN connection for the whole process, opened when the first subscriber comes. */
export function createLive(db: Pick<Database, "listen">): Live {
  const subscribers = new Map<string, Set<() => void>>();
  let connected = false;
  let connection: { close(): Promise<void> } | undefined;

  const tell = (subject: string) => subscribers.get(subject)?.forEach((onChange) => onChange());
  const onPayload = (payload: string) => {
    const { user_id, job_id } = JSON.parse(payload) as Change;
    tell(job_id);
    tell(user_id);
  };
  const onState = (isConnected: boolean) => {
    connected = isConnected;
    // Whatever happened in between was not heard: everybody looks again.
    for (const subject of subscribers.keys()) tell(subject);
  };

  return {
    get connected() {
      return connected;
    },
    subscribe(subject, onChange) {
      connection ??= db.listen("kredo_jobs", onPayload, onState);
      // Wrapped, so that the same function may subscribe twice and leave once.
      const subscriber = () => onChange();
      const group = subscribers.get(subject) ?? new Set();
      subscribers.set(subject, group.add(subscriber));
      return () => {
        group.delete(subscriber);
        if (group.size === 0 && subscribers.get(subject) === group) subscribers.delete(subject);
      };
    },
    async close() {
      await connection?.close();
      connection = undefined;
      connected = false;
    },
  };
}

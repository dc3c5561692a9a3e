import postgres from "postgres";

export interface ListenHandlers {
  onPayload(payload: string): void;
  /** Called with true once listening, with false when the connection is lost, and so on. */
  onState?(connected: boolean): void;
}

/** The driver calls this option for every notification; its types only know of `sql.listen`. */
type WithNotifications = postgres.Options<Record<string, never>> & {
  onnotify(channel: string, payload: string): void;
};

const LONGEST_PAUSE_MS = 5_000;

/** Between questions to a connection that may have died without a word, and how long it may take to answer. */
const BEAT_MS = 20_000;
const ANSWERS_WITHIN_MS = 5_000;

/**
 * Listens on a channel for as long as the process lives, over one connection of its own.
 *
 * `sql.listen` of the driver reconnects once and gives up for good, in silence, when Postgres is not back
 * by then. This one keeps trying, and says when it is deaf, so that its user can look for himself meanwhile.
 */
export function listenTo(
  url: string,
  channel: string,
  { onPayload, onState }: ListenHandlers,
): { close(): Promise<void> } {
  let closed = false;
  let connected = false;
  let attempts = 0;
  let client: postgres.Sql | undefined;
  /** Until the next attempt to connect, or the next beat of what is connected. */
  let timer: ReturnType<typeof setTimeout> | undefined;

  function note(isConnected: boolean): void {
    if (isConnected === connected) return;
    connected = isConnected;
    onState?.(connected);
  }

  async function connect(): Promise<void> {
    let lost = false;
    const lose = () => {
      if (lost || closed) return;
      lost = true;
      clearTimeout(timer);
      note(false);
      client?.end({ timeout: 0 }).catch(() => {});
      // A little jitter, so that many processes do not come back at the same instant.
      const jitter = crypto.getRandomValues(new Uint8Array(1))[0];
      timer = setTimeout(connect, Math.min(100 * 2 ** attempts++, LONGEST_PAUSE_MS) + jitter);
    };
    const options: WithNotifications = {
      max: 1,
      connect_timeout: 5,
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      prepare: false,
      backoff: false,
      connection: { application_name: "kredo-listen" },
      onnotice: () => {},
      onclose: lose,
      onnotify: (from, payload) => {
        if (from === channel) onPayload(payload);
      },
    };
    client = postgres(url, options);
    try {
      await client`listen ${client(channel)}`;
      if (lost || closed) return;
      attempts = 0;
      note(true);
      timer = setTimeout(beat, BEAT_MS);
    } catch {
      lose();
    }

    /** A firewall that forgot the connection tells neither side; then nothing would be heard, and nobody know. */
    async function beat(): Promise<void> {
      timer = setTimeout(lose, ANSWERS_WITHIN_MS);
      try {
        await client!`select 1`;
      } catch {
        return lose();
      }
      clearTimeout(timer);
      if (!lost && !closed) timer = setTimeout(beat, BEAT_MS);
    }
  }

  // A transaction pooler accepts LISTEN and never delivers: there, its user has to poll.
  if (new URL(url).port !== "6543") connect();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end({ timeout: 1 });
    },
  };
}

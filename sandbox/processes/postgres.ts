import { type Postgres, type PostgresOptions, startPostgres } from "../postgres/mod.ts";

const LONGEST_PAUSE = 5_000;

export interface KeptPostgres extends Omit<Postgres, "pid" | "created" | "exited"> {
  stop(): Promise<void>;
}

/** Starts Postgres and starts it again whenever it ends, until `stop`. */
export async function keepPostgresRunning(
  options: PostgresOptions & { report(message: string): void; onPid(pid: number | undefined): void },
): Promise<KeptPostgres> {
  const { report, onPid } = options;
  let running = await startPostgres(options);
  let stopping = false;
  onPid(running.pid);

  const watch = async () => {
    for (let pause = 100; !stopping;) {
      await running.exited;
      if (stopping) return;
      onPid(undefined);
      report("postgres ended; starting it again");
      while (!stopping) {
        try {
          running = await startPostgres(options);
          onPid(running.pid);
          pause = 100;
          break;
        } catch (error) {
          report(`postgres does not start: ${error instanceof Error ? error.message : error}`);
          await new Promise((done) => setTimeout(done, pause));
          pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
      }
    }
  };
  const watched = watch();

  const { url, adminUrl, authUrl } = running;
  return {
    url,
    adminUrl,
    authUrl,
    async stop() {
      stopping = true;
      await running.stop();
      await watched;
    },
  };
}

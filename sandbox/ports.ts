import { Problem } from "./problem.ts";

export interface Ports {
  web: number;
  api: number;
  db: number;
  console: number;
}

const DEFAULTS: Ports = { web: 8000, api: 54321, db: 54322, console: 54324 };

/** The Supabase CLI's own ports, or four in a row from KREDO_PORT_BASE. */
export function choosePorts(base: string | undefined): Ports {
  if (!base) return DEFAULTS;
  const web = Number(base);
  if (!Number.isInteger(web) || web < 1024 || web > 65532) {
    throw new Problem(`KREDO_PORT_BASE=${base} is not a port between 1024 and 65532.`);
  }
  return { web, api: web + 1, db: web + 2, console: web + 3 };
}

/** @throws {Problem} naming the first port that something else listens on. */
export function assertPortsFree(ports: Ports): void {
  const uses: Record<keyof Ports, string> = {
    web: "the web app",
    api: "the API",
    db: "Postgres",
    console: "the console",
  };
  for (const [name, use] of Object.entries(uses) as [keyof Ports, string][]) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port: ports[name] }).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      throw new Problem(
        `Port ${
          ports[name]
        } (${use}) is in use by another program. Stop that one, or move Kredo: KREDO_PORT_BASE=9000 npm start`,
      );
    }
  }
}

/** Four ports in a row that nobody uses just now. */
export function findPortBase(from: number, to: number): number {
  const spread = crypto.getRandomValues(new Uint16Array(1))[0];
  const places = Math.floor((to - from) / 4);
  for (let attempt = 0; attempt < places; attempt++) {
    const base = from + ((spread + attempt) % places) * 4;
    try {
      assertPortsFree(choosePorts(String(base)));
      return base;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  throw new Problem(`No four free ports in a row between ${from} and ${to}.`);
}

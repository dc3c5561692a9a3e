import { join } from "node:path";
import { writeAtomically } from "./processes/record.ts";
import type { Environments } from "./environment.ts";

export interface Login {
  email: string;
  password: string;
}

/** `<state>/stack.json`: where everything is while the stack runs. Scripts and tests read it. */
export interface StackInfo {
  web: string;
  api: string;
  /** As `postgres`. */
  db: string;
  /** As the superuser `supabase_admin`. */
  dbAdmin: string;
  console: string;
  stripeApi: string;
  replicateApi: string;
  anonKey: string;
  serviceRoleKey: string;
  jwtSecret: string;
  operatorToken: string;
  stripeWebhookSecret: string;
  replicateWebhookSecret: string;
  users: { customer: Login; operator: Login };
  pids: { supervisor: number; postgres?: number; web?: number; functions: Record<string, number> };
  /** What the web app and the functions were started with, to run one more of them by hand. */
  env: Pick<Environments, "web" | "functions">;
}

export function infoPath(stateDir: string): string {
  return join(stateDir, "stack.json");
}

/** `<state>/worker.env`: the functions' environment, for `deno task worker` beside the stack. */
export function writeWorkerEnv(stateDir: string, env: Environments): void {
  const own = Object.entries(env.functions).filter(([name]) => !(name in env.tools));
  writeAtomically(join(stateDir, "worker.env"), own.map(([name, value]) => `${name}="${value}"`).join("\n"));
}

export async function removeInfo(stateDir: string): Promise<void> {
  for (const file of ["stack.json", "worker.env"]) await Deno.remove(join(stateDir, file)).catch(() => {});
}

export function writeInfo(stateDir: string, info: StackInfo): void {
  writeAtomically(infoPath(stateDir), JSON.stringify(info, null, 2));
}

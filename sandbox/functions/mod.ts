import { errors, jwtVerify } from "jose";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Output } from "../processes/logs.ts";
import { type Child, type ChildOptions, HOST, keepRunning, untilListening } from "../processes/child.ts";

export interface FunctionsOptions {
  /** The project's root; functions are `supabase/functions/<name>/index.ts`. */
  root: string;
  /** Of these, which to run; all without it. */
  only?: readonly string[];
  /** Functions that check their caller themselves (`verify_jwt = false`). */
  open: readonly string[];
  jwtSecret: string;
  env: Record<string, string>;
  /** Restarts a function when its files change. */
  watch: boolean;
  output(name: string): Output;
  report(message: string): void;
  onPid(name: string, pid: number | undefined): void;
  longestPause?: ChildOptions["longestPause"];
}

export interface Functions {
  readonly names: readonly string[];
  /** Answers `/functions/v1/<name>`. */
  fetch(request: Request): Promise<Response>;
  stop(): Promise<void>;
}

/** Hosted functions are ended after this long; seconds. */
const WALL_CLOCK = 150;
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization"];

/**
 * Runs every edge function as a Deno process of its own and stands before them as Supabase's gateway does:
 * `/functions/v1/<name>`, `verify_jwt`, bodies passed on byte for byte and unbuffered.
 */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const { only } = options;
  const names = (await functionNames(options.root)).filter((name) => only?.includes(name) ?? true);
  const secret = new TextEncoder().encode(options.jwtSecret);
  const ports = new Map(freePorts(names.length).map((port, i) => [names[i], port]));
  const children = new Map<string, Child>();

  await Promise.all(names.map(async (name) => {
    const port = ports.get(name)!;
    children.set(
      name,
      await keepRunning({
        name,
        ...command(options, name),
        env: { ...options.env, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` },
        ready: (signal) => untilListening(port, signal),
        output: options.output(name),
        report: options.report,
        onPid: (pid) => options.onPid(name, pid),
        longestPause: options.longestPause,
      }),
    );
  }));

  const forward = async (request: Request, name: string): Promise<Response> => {
    const url = new URL(request.url);
    const target = new URL(
      url.pathname.slice("/functions/v1".length) + url.search,
      `http://127.0.0.1:${ports.get(name)}`,
    );
    const headers = new Headers(request.headers);
    for (const header of HOP_BY_HOP) headers.delete(header);
    headers.set("accept-encoding", "identity");
    headers.set("x-forwarded-host", url.host);
    headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
    headers.set("x-forwarded-path", url.pathname);
    try {
      return await fetch(target, {
        method: request.method,
        headers,
        body: request.body,
        redirect: "manual",
        signal: AbortSignal.timeout(WALL_CLOCK * 1000),
      });
    } catch (error) {
      await request.body?.cancel().catch(() => {});
      if ((error as Error).name === "TimeoutError") {
        return problem(504, "IDLE_TIMEOUT", `The function did not answer within ${WALL_CLOCK} seconds`);
      }
      return unavailable();
    }
  };

  return {
    names,
    async fetch(request) {
      const name = new URL(request.url).pathname.split("/")[3] ?? "";
      const child = children.get(name);
      if (!child) return problem(404, "NOT_FOUND", "Requested function was not found");
      if (!options.open.includes(name) && request.method !== "OPTIONS") {
        const refusal = await checkToken(request, secret);
        if (refusal) return refusal;
      }
      return child.serving ? await forward(request, name) : unavailable();
    },
    async stop() {
      await Promise.all([...children.values()].map((child) => child.stop()));
    },
  };
}

async function functionNames(root: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(join(root, "supabase", "functions"))) {
      const index = join(root, "supabase", "functions", entry.name, "index.ts");
      if (entry.isDirectory && await Deno.stat(index).then(() => true, () => false)) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** As little as a function needs: hosted ones cannot write files or start programs either. */
function command({ root, watch }: FunctionsOptions, name: string) {
  return {
    command: Deno.execPath(),
    cwd: root,
    args: [
      "run",
      "--no-prompt",
      "--allow-net",
      "--allow-env",
      "--allow-sys",
      `--allow-read=${root}`,
      `--preload=${fileURLToPath(new URL("./edge-runtime.ts", import.meta.url))}`,
      ...(watch ? ["--watch", "--no-clear-screen"] : []),
      HOST,
      join(root, "supabase", "functions", name, "index.ts"),
    ],
  };
}

/** Held all at once before they are let go: one by one, the system may give the same port twice. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  for (const listener of listeners) listener.close();
  return listeners.map(({ addr }) => addr.port);
}

async function checkToken(request: Request, secret: Uint8Array): Promise<Response | undefined> {
  const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (!token) return problem(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header");
  try {
    await jwtVerify(token, secret, { algorithms: ["HS256"] });
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return problem(401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT");
  }
}

const problem = (status: number, code: string, message: string, headers?: Record<string, string>) =>
  Response.json({ code, message }, { status, headers });

const unavailable = () => problem(503, "BOOT_ERROR", "The function is starting", { "retry-after": "1" });

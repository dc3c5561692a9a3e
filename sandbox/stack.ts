import { mkdir } from "node:fs/promises";
import { statfsSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { createAuth } from "./auth/mod.ts";
import { readSupabaseConfig } from "./config.ts";
import { configureDatabase } from "./database.ts";
import { moveDatabaseClock, SANDBOX_SESSIONS } from "./database-clock.ts";
import { startCron } from "./cron/mod.ts";
import { ensureDemoUsers } from "./demo-users.ts";
import { addresses, environments } from "./environment.ts";
import { startFunctions } from "./functions/mod.ts";
import { createGateway, serve } from "./gateway.ts";
import { removeInfo, type StackInfo, writeInfo, writeWorkerEnv } from "./info.ts";
import { startSmtp } from "./mail/smtp.ts";
import { assertPortsFree, type Ports } from "./ports.ts";
import { migrateDatabase } from "./postgres/migrate.ts";
import { prepareDatabase } from "./postgres/prepare.ts";
import { removePostgres } from "./postgres/mod.ts";
import { Problem } from "./problem.ts";
import { lockState } from "./processes/lock.ts";
import { openLogs } from "./processes/logs.ts";
import { keepPostgresRunning } from "./processes/postgres.ts";
import { processRecord } from "./processes/record.ts";
import { loadSecrets } from "./secrets.ts";
import { createStandIns } from "./stand-ins.ts";
import { createStorage } from "./storage/mod.ts";
import { synchroniseStandIn } from "./stripe-catalogue.ts";
import { buildWeb, startWeb } from "./web.ts";

export interface StackOptions {
  /** The project's root. */
  root: string;
  stateDir: string;
  ports: Ports;
  /** Hot reload instead of the production build; every log line on the terminal. */
  dev: boolean;
  /** Throws the kept state away first. */
  reset: boolean;
  /** Replays the stand-ins' draws. */
  seed: string;
  /** False where nothing has to outlive a power cut: nothing waits for the disk then. */
  durable: boolean;
  /** Called after each step of the start. */
  onStep(step: string, milliseconds: number): void;
}

export interface Stack {
  info: StackInfo;
  stop(): Promise<void>;
}

const NEEDED_BYTES = 300 * 2 ** 20;

/**
 * Starts everything, in the order in which one part needs the other, and keeps it running. When a step fails,
 * what was started is stopped again.
 *
 * @throws {Problem} for whatever the person at the keyboard can put right.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };
  try {
    return { info: await start(options, closers), stop };
  } catch (error) {
    await stop();
    throw explain(error);
  }
}

async function start(options: StackOptions, closers: (() => unknown)[]): Promise<StackInfo> {
  const { root, stateDir, ports, dev } = options;
  const urls = addresses(ports);
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await run();
    options.onStep(name, performance.now() - begun);
    return result;
  };

  // Postgres may run as another user and has to get through.
  await mkdir(stateDir, { recursive: true, mode: 0o755 }).catch(({ code }) => {
    throw new Problem(`Kredo cannot create ${stateDir} (${code}). Set KREDO_STATE_DIR to a folder of yours.`);
  });
  const lock = await lockState(stateDir, urls.web);
  closers.push(() => lock.release());
  const logs = openLogs(stateDir, dev);
  const fail = (part: string) => (error: unknown) =>
    logs.line(part, String(error instanceof Error ? error.stack : error));

  const record = processRecord(stateDir);
  const left = await record.sweep();
  if (left.length > 0) logs.report(`Stopped what an earlier run left behind: ${left.join(", ")}`);
  if (options.reset) {
    await step("Old state removed", async () => {
      await removePostgres(join(stateDir, "postgres"), logs.report);
      for await (const { name } of Deno.readDir(stateDir)) {
        if (name !== "lock" && name !== "logs") await Deno.remove(join(stateDir, name), { recursive: true });
      }
    });
  }
  const { bavail, bsize } = statfsSync(stateDir);
  if (bavail * bsize < NEEDED_BYTES) {
    throw new Problem(`Less than 300 MB are free on the disk of ${stateDir}. Make room and start again.`);
  }

  const secrets = await loadSecrets(stateDir);
  const config = await readSupabaseConfig(root);
  const users = {
    customer: { email: "customer@kredo.test", password: secrets.customerPassword },
    operator: { email: "operator@kredo.test", password: secrets.operatorPassword },
  };
  const pids: StackInfo["pids"] = { supervisor: Deno.pid, functions: {} };
  let info: StackInfo | undefined;
  const noted = (name: string, set: (pid: number | undefined) => void) => (pid: number | undefined) => {
    set(pid);
    record.set(name, pid);
    if (info) writeInfo(stateDir, info);
  };

  const database = await step("Postgres 17", async () => {
    const running = await keepPostgresRunning({
      stateDir: join(stateDir, "postgres"),
      port: ports.db,
      durable: options.durable,
      log: (line) => logs.line("postgres", line),
      report: logs.report,
      onPid: (pid) => {
        // Its own start finds and stops a server that was left behind, so it is not in the record.
        pids.postgres = pid;
        if (info) writeInfo(stateDir, info);
      },
    });
    closers.push(() => running.stop());
    // After Postgres, which takes the place of its own leftover; the others must be free.
    assertPortsFree({ ...ports, db: 0 });
    return running;
  });
  const own = { idle_timeout: 60, onnotice: () => {}, connection: { application_name: SANDBOX_SESSIONS } };
  const sql = postgres(database.url, { max: 3, ...own });
  closers.push(() => sql.end({ timeout: 2 }));
  const admin = postgres(database.adminUrl, { max: 1, ...own });
  closers.push(() => admin.end({ timeout: 2 }));
  const standIns = createStandIns({ stateDir, ports, secrets, seed: options.seed, users, sql, admin });
  closers.push(() => standIns.close());
  // Before the functions, whose environment names its port, and after the inbox, which takes what comes in.
  const smtp = await startSmtp({ deliver: standIns.mailer.deliver, onError: fail("mail") });
  closers.push(() => smtp.close());
  const env = environments(ports, secrets, database.url, smtp.url);
  const built = dev ? undefined : step("Web app", () => buildWeb(root, env.tools));
  built?.catch(() => {});

  await step("Migrations", async () => {
    await prepareDatabase(database);
    await migrateDatabase(database.url);
  });
  // Kept with the stand-ins, and told again: a database may have been made anew since.
  await moveDatabaseClock(admin, standIns.clock.offsetMs());
  await configureDatabase(sql, {
    webPassword: secrets.webDatabasePassword,
    functionsUrl: urls.functions,
    workerKey: secrets.secretKey,
  });

  await step("Auth, Storage and the stand-ins", async () => {
    const auth = await createAuth({
      ...secrets,
      databaseUrl: database.authUrl,
      stateDir,
      siteUrl: urls.web,
      mailer: standIns.mailer,
      settings: config.auth,
    });
    closers.push(() => auth.close());
    const storage = await createStorage({
      ...secrets,
      databaseUrl: urls.storageDatabase,
      directory: join(stateDir, "storage"),
      buckets: config.buckets,
      onError: fail("storage"),
    });
    closers.push(() => storage.close());
    await ensureDemoUsers({ auth, sql, publishableKey: secrets.publishableKey, users });

    const functions = await startFunctions({
      root,
      open: config.openFunctions,
      jwtSecret: secrets.jwtSecret,
      env: env.functions,
      watch: dev,
      output: logs.of,
      report: logs.report,
      onPid: (name, pid) =>
        noted(`function ${name}`, () => {
          if (pid) pids.functions[name] = pid;
          else delete pids.functions[name];
        })(pid),
    });
    closers.push(() => functions.stop());
    const gateway = serve(ports.api, createGateway({ auth, storage, functions }), fail("api"));
    closers.push(() => gateway.close());
    const console = serve(ports.console, (request) => standIns.fetch(request), fail("console"));
    closers.push(() => console.close());
    await synchroniseStandIn(env.functions);
    standIns.resume();
    const cron = startCron({ adminUrl: database.adminUrl, log: (line) => logs.line("cron", line) });
    closers.push(() => cron.stop());
  });

  await built;
  await step(dev ? "Web app with hot reload" : "Web app started", async () => {
    const web = await startWeb({
      root,
      port: ports.web,
      dev,
      env: env.web,
      output: logs.of("web"),
      report: logs.report,
      onPid: noted("web", (pid) => pids.web = pid),
    });
    closers.push(() => web.stop());
  });

  info = {
    web: urls.web,
    api: urls.api,
    db: database.url,
    dbAdmin: database.adminUrl,
    console: urls.console,
    stripeApi: urls.stripeApi,
    replicateApi: urls.replicateApi,
    anonKey: secrets.publishableKey,
    serviceRoleKey: secrets.secretKey,
    jwtSecret: secrets.jwtSecret,
    operatorToken: secrets.operatorToken,
    stripeWebhookSecret: secrets.stripeWebhookSecret,
    replicateWebhookSecret: secrets.replicateWebhookSecret,
    users,
    pids,
    env: { web: env.web, functions: env.functions },
  };
  writeInfo(stateDir, info);
  writeWorkerEnv(stateDir, env);
  closers.push(() => {
    info = undefined;
    return removeInfo(stateDir);
  });
  return info;
}

/** Errors of the operating system that have a remedy, in one line. */
function explain(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "ENOSPC" || /No space left on device/i.test(message ?? "")) {
    return new Problem("The disk is full. Make room (300 MB are enough) and start again.");
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES") {
    return new Problem(`${message}. Give yourself that folder, or set KREDO_STATE_DIR to another.`);
  }
  return error;
}

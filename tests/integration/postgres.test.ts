import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, afterEach, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { type Cron, startCron } from "../../sandbox/cron/mod.ts";
import { type Postgres, removePostgres, startPostgres } from "../../sandbox/postgres/mod.ts";
import { isAlive } from "../../sandbox/postgres/postmaster.ts";
import { prepareDatabase } from "../../sandbox/postgres/prepare.ts";
import { Problem } from "../../sandbox/problem.ts";
import { freePort } from "../support/cluster.ts";
import { until } from "../support/until.ts";

describe("the embedded Postgres", () => {
  let stateDir: string;
  let port: number;
  let server: Postgres | undefined;

  before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "kredo-postgres-"));
    port = await freePort();
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  after(() => rm(stateDir, { recursive: true, force: true }));

  const start = async () => server = await startPostgres({ stateDir, port });

  async function query<T extends postgres.MaybeRow[]>(url: string, text: string): Promise<T> {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      return await sql.unsafe<T>(text).simple() as unknown as T;
    } finally {
      await sql.end();
    }
  }

  async function killed(pid: number): Promise<void> {
    process.kill(pid, "SIGKILL");
    await until(() => Promise.resolve(isAlive(pid) ? null : true));
  }

  it("makes a cluster once and finds everything again after a stop", async () => {
    assert.equal((await start()).created, true);
    await query(server!.adminUrl, "create table kept (n int); insert into kept values (1)");
    await server!.stop();
    assert.equal((await start()).created, false);
    assert.equal((await query<[{ n: number }]>(server!.adminUrl, "select n from kept"))[0].n, 1);
  });

  it("has every committed row after a kill -9 of the server", async () => {
    await start();
    await query(
      server!.adminUrl,
      "create table survivors (n int); insert into survivors select generate_series(1, 1000)",
    );
    await killed(server!.pid);
    await start();
    const [{ count }] = await query<[{ count: string }]>(server!.adminUrl, "select count(*) from survivors");
    assert.equal(Number(count), 1000);
  });

  it("stops and replaces a server that its own Kredo left behind", async () => {
    const orphan = await orphanedServer(stateDir, port);
    await start();
    assert.notEqual(server!.pid, orphan);
    assert.equal(isAlive(orphan), false);
  });

  it("leaves a server alone whose Kredo is at work", async () => {
    const other = await mkdtemp(join(tmpdir(), "kredo-postgres-"));
    const { starter, pid } = await serverOfAnotherProcess(other, await freePort());
    const error = await startPostgres({ stateDir: other, port }).catch((error: unknown) => error);
    assert.ok(error instanceof Problem);
    assert.match(error.message, /^Kredo already runs/);
    assert.equal(isAlive(pid), true);
    starter.kill("SIGKILL");
    await until(() => Promise.resolve(isAlive(starter.pid!) ? null : true));
    await removePostgres(other);
  });

  it("removes a state folder only after the server in it has ended", async () => {
    const other = await mkdtemp(join(tmpdir(), "kredo-postgres-"));
    const orphan = await orphanedServer(other, await freePort());
    await removePostgres(other);
    assert.equal(isAlive(orphan), false);
    await assert.rejects(stat(other));
  });

  it("says in one line that its port is taken", async () => {
    const squatter = createServer();
    await new Promise<void>((listening) => squatter.listen(port, "127.0.0.1", listening));
    const error = await start().catch((error: unknown) => error);
    await new Promise((closed) => squatter.close(closed));
    assert.ok(error instanceof Problem);
    assert.match(error.message, new RegExp(`^Port ${port} .*KREDO_PORT_BASE[^\\n]*$`));
  });

  it("works in a folder that only its owner may enter", async () => {
    const hidden = await mkdtemp(join(tmpdir(), "kredo-postgres-"));
    await chmod(hidden, 0o700);
    const inside = await startPostgres({ stateDir: join(hidden, "state"), port: await freePort() });
    assert.equal((await query<[{ one: number }]>(inside.adminUrl, "select 1 as one"))[0].one, 1);
    await inside.stop();
    await rm(hidden, { recursive: true, force: true });
  });

  it("lets nobody in without the password", async () => {
    await start();
    const intruder = server!.adminUrl.replace(":postgres@", ":guess@");
    await assert.rejects(query(intruder, "select 1"), /password authentication failed/);
  });

  it("gives `postgres` what Supabase gives it, which is not everything", async () => {
    await start();
    await prepareDatabase(server!);
    await prepareDatabase(server!); // at every start
    const [role] = await query<postgres.Row[]>(
      server!.url,
      "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user",
    );
    assert.deepEqual({ ...role }, { rolsuper: false, rolbypassrls: true, rolcreaterole: true });
  });

  it("reads who is asking from the claims of the request", async () => {
    await start();
    await prepareDatabase(server!);
    const id = crypto.randomUUID();
    const claims = JSON.stringify({ sub: id, role: "authenticated", email: "a@example.test" });
    const sql = postgres(server!.url, { max: 1 });
    const [row] = await sql.begin(async (transaction) => {
      await transaction`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`;
      return await transaction`select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub' as sub`;
    });
    assert.deepEqual({ ...row }, { uid: id, role: "authenticated", email: "a@example.test", sub: id });
    assert.equal((await sql`select auth.uid()`)[0].uid, null);
    await sql.end();
  });

  describe("under the supervisor of cron and net", () => {
    let cron: Cron;
    afterEach(() => cron.stop());

    it("goes on with the schedule after a crash, and records the run that was cut off", async () => {
      await start();
      await prepareDatabase(server!);
      await query(
        server!.url,
        `create extension if not exists pg_cron with schema pg_catalog;
         create table ticks (at timestamptz default now());
         select cron.schedule('tick', '1 second', 'insert into public.ticks default values');
         select cron.schedule('long', '1 second', 'select pg_sleep(600)');`,
      );
      cron = startCron({ adminUrl: server!.adminUrl });
      const running = "select from cron.job_run_details where status = 'running' and command like '%600%'";
      await until(async () => (await query<postgres.Row[]>(server!.url, running)).length > 0 ? true : null);
      await killed(server!.pid);
      await start();

      const ticks = async () =>
        (await query<[{ n: number }]>(server!.url, "select count(*)::int as n from ticks"))[0].n;
      const before = await ticks();
      await until(async () => await ticks() > before ? true : null);
      const ended = "select status from cron.job_run_details where command like '%600%' and end_time is not null";
      const cut = await until(async () => (await query<postgres.Row[]>(server!.url, ended))[0] ?? null);
      assert.equal(cut.status, "failed");
    });
  });
});

/** A server that another process started and guards. */
function serverOfAnotherProcess(stateDir: string, port: number): Promise<{ starter: ChildProcess; pid: number }> {
  const module = fileURLToPath(new URL("../../sandbox/postgres/mod.ts", import.meta.url));
  const program = `
    import { startPostgres } from ${JSON.stringify(module)};
    console.log((await startPostgres(${JSON.stringify({ stateDir, port })})).pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(Deno.execPath(), ["eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => starter.stdout.once("data", (line) => resolve({ starter, pid: Number(line) })));
}

/** A server whose starter was killed the hard way. Returns the server's process id. */
async function orphanedServer(stateDir: string, port: number): Promise<number> {
  const { starter, pid } = await serverOfAnotherProcess(stateDir, port);
  starter.kill("SIGKILL");
  await until(() => Promise.resolve(isAlive(starter.pid!) ? null : true));
  return pid;
}

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPortBase } from "../../sandbox/ports.ts";
import { identityOf } from "../../sandbox/processes/identity.ts";
import { type StackInfo, startInVain, startOwnStack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const read = async (stateDir: string) => JSON.parse(await readFile(join(stateDir, "stack.json"), "utf8")) as StackInfo;

const alive = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(async (response) => {
    await response.body?.cancel();
    return response.ok;
  }, () => false);

function logIn({ web, users }: StackInfo) {
  return fetch(`${web}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(users.customer),
  });
}

Deno.test("the supervisor", async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), "kredo-supervisor-"));
  const portBase = findPortBase(21_600, 21_900);
  const where = { stateDir, portBase };
  let stack = await startOwnStack(where);
  try {
    await t.step("says in stack.json where everything is, to its owner alone", async () => {
      const { web, api, db, console, pids, users } = stack.info;
      assert.deepEqual(
        [web, api, console].map((url) => Number(new URL(url).port)),
        [portBase, portBase + 1, portBase + 3],
      );
      assert.equal(new URL(db).port, String(portBase + 2));
      assert.ok(identityOf(pids.postgres!) && identityOf(pids.web!));
      assert.deepEqual(Object.keys(pids.functions).sort(), ["replicate-webhook", "stripe-webhook", "worker"]);
      assert.ok(users.customer.password && users.operator.password);
      for (const file of ["stack.json", "secrets.json"]) {
        assert.equal((await stat(join(stateDir, file))).mode & 0o077, 0, file);
      }
    });

    await t.step("lets the web app and the functions neither write files nor run programs", () => {
      const { web, functions } = stack.info.pids;
      for (const pid of [web!, ...Object.values(functions)]) {
        const command = identityOf(pid!) ?? "";
        assert.match(command, / --allow-net /);
        assert.doesNotMatch(command, / (-A|--allow-(all|write|run|ffi))\b/);
      }
    });

    await t.step("prints each step, the addresses and the demo log-ins", () => {
      const { web, users } = stack.info;
      assert.match(stack.output(), /Postgres 17 +\d+\.\d s/);
      for (const expected of [web, users.customer.password, users.operator.email, "Ctrl-C"]) {
        assert.ok(stack.output().includes(expected), expected);
      }
    });

    await t.step("lets the demo customer log in", async () => {
      const response = await logIn(stack.info);
      assert.equal(response.status, 200);
      await response.body?.cancel();
    });

    await t.step("refuses a second one on the same state, in one line with the remedy", async () => {
      const { code, output } = await startInVain({ stateDir, portBase: findPortBase(21_900, 21_999) });
      assert.equal(code, 1);
      assert.match(output, /^Kredo already runs on .* \(process \d+, http:.*\)\. Stop it .*KREDO_STATE_DIR=.*\n$/);
    });

    await t.step("names the port that is taken, in one line with the remedy", async () => {
      const other = await mkdtemp(join(tmpdir(), "kredo-supervisor-"));
      const { code, output } = await startInVain({ stateDir: other, portBase });
      assert.equal(code, 1);
      assert.match(output, /^Port \d+ \(\w.*\) is in use.*KREDO_PORT_BASE.*\n$/);
      await rm(other, { recursive: true });
    });

    const deaths = [["web", "SIGKILL"], ["web", "SIGTERM"], ["worker", "SIGKILL"], ["postgres", "SIGKILL"]] as const;
    for (const [victim, signal] of deaths) {
      await t.step(`starts ${victim} again after ${signal}, and stack.json follows`, async () => {
        const pidOf = ({ pids }: StackInfo) => victim === "worker" ? pids.functions.worker : pids[victim];
        const before = pidOf(await read(stateDir))!;
        Deno.kill(before, signal);
        const after = await until(async () => {
          const pid = pidOf(await read(stateDir));
          return pid !== undefined && pid !== before && pid;
        }, `a new ${victim}`);
        assert.ok(identityOf(after));
        await until(() => alive(`${stack.info.web}/api/ready`), "the web app is ready");
        const response = await until(async () => {
          const response = await logIn(stack.info);
          if (response.ok) return response;
          await response.body?.cancel();
        }, "a log-in");
        await response.body?.cancel();
      });
    }

    await t.step("stops everything on Ctrl-C", async () => {
      const { pids } = await read(stateDir);
      assert.equal(await stack.stop("SIGINT"), 0);
      for (const pid of [pids.postgres!, pids.web!, ...Object.values(pids.functions)]) {
        assert.equal(identityOf(pid), null);
      }
      await assert.rejects(read(stateDir), { code: "ENOENT" });
    });

    await t.step("starts again on the same state: same keys, same people, no second migration", async () => {
      const { anonKey, users } = stack.info;
      stack = await startOwnStack(where);
      assert.equal(stack.info.anonKey, anonKey);
      assert.deepEqual(stack.info.users, users);
      const response = await logIn(stack.info);
      assert.equal(response.status, 200);
      await response.body?.cancel();
    });

    await t.step("after its own kill -9, the next start ends what was left and goes on", async () => {
      const { pids } = await read(stateDir);
      await stack.stop("SIGKILL");
      stack = await startOwnStack(where);
      assert.notEqual(stack.info.pids.postgres, pids.postgres);
      for (const pid of [pids.postgres!, pids.web!]) assert.equal(identityOf(pid), null);
      const response = await logIn(stack.info);
      assert.equal(response.status, 200);
      await response.body?.cancel();
    });

    await t.step("begins anew with --reset", async () => {
      const { anonKey } = stack.info;
      await stack.stop();
      stack = await startOwnStack({ ...where, args: ["--reset"] });
      assert.notEqual(stack.info.anonKey, anonKey);
      assert.equal(await alive(`${stack.info.web}/api/ready`), true);
    });
  } finally {
    await stack.stop().catch(() => {});
    await rm(stateDir, { recursive: true, force: true });
  }
});

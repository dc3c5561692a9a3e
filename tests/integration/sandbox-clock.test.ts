/** The sandbox's clock in a whole stack: Stripe and the database tell the same time, also after a restart. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { type StackInfo, startOwnStack } from "../support/stack.ts";

const day = 86_400_000;

/** How far ahead of this computer the app's own connection believes to be, in milliseconds. */
async function databaseAhead({ env }: StackInfo): Promise<number> {
  const sql = postgres(env.web.KREDO_DATABASE_URL, { max: 1, onnotice: () => {} });
  try {
    const [{ now }] = await sql<{ now: Date }[]>`select private.clock() as now`;
    return now.getTime() - Date.now();
  } finally {
    await sql.end({ timeout: 2 });
  }
}

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 60_000, `${actual} ms is not about ${expected} ms`);

Deno.test("sandbox clock: a step of Stripe's time is a step of the app's database, and a restart keeps it", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "kredo-clock-"));
  try {
    const first = await startOwnStack({ stateDir });
    try {
      near(await databaseAhead(first.info), 0);
      const answer = await fetch(`${first.info.console}/api/clock`, {
        method: "POST",
        body: JSON.stringify({ advance: "7 days" }),
      });
      const { now, offset_ms } = await answer.json();
      near(offset_ms, 7 * day);
      near(Date.parse(now) - Date.now(), 7 * day);
      near(await databaseAhead(first.info), 7 * day);
      // The web app lost its sessions and has new ones.
      assert.equal((await fetch(`${first.info.web}/api/ready`)).status, 200);
    } finally {
      await first.stop();
    }

    const second = await startOwnStack({ stateDir });
    try {
      near(await databaseAhead(second.info), 7 * day);
      near((await (await fetch(`${second.info.console}/api/clock`)).json()).offset_ms, 7 * day);
    } finally {
      await second.stop();
    }

    const third = await startOwnStack({ stateDir, args: ["--reset"] });
    try {
      near(await databaseAhead(third.info), 0);
      near((await (await fetch(`${third.info.console}/api/clock`)).json()).offset_ms, 0);
    } finally {
      await third.stop();
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

/** Jobs that can only fail, and jobs that take their worker with them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poison } from "../support/job-faults.ts";
import { assertWorldIsWhole, startJobWorld } from "../support/job-world.ts";

const FAILING = Number(Deno.env.get("KREDO_POISON") ?? 200);
const DEADLY = 10;

describe("poison", () => {
  it("ends after three tries, each job as one dead letter, and everybody has their credits back", async () => {
    const world = await startJobWorld();
    try {
      const endings = await poison(world, { failing: FAILING, deadly: DEADLY });
      assert.deepEqual(endings, { "failed interrupted": DEADLY, "failed provider_error": FAILING });
      const [found] = await world.look((sql) =>
        sql`
          select (select count(*)::int from private.dead_letters d join public.jobs j
              on j.id = d.job_id and j.error_code = d.error_code where d.attempts = 3 and d.state = 'open') as letters,
            (select count(*)::int from private.job_attempts) as attempts,
            (select count(*)::int from public.credit_holds where state = 'held') as held,
            (select count(*)::int from public.credit_accounts where available = 10 and held = 0) as whole`
      );
      const all = FAILING + DEADLY;
      assert.deepEqual({ ...found }, { letters: all, attempts: 3 * all, held: 0, whole: all });
      await assertWorldIsWhole(world);
    } finally {
      await world.close();
    }
  });
});

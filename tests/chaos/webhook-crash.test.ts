/** `kill -9` of the Stripe webhook's process at each point of an event's way. Stripe delivers again what was not answered. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { holdAnswersOf } from "../support/held-answers.ts";
import { until } from "../support/until.ts";
import { MONEY_STORIES, type MoneyStory } from "../support/webhook-stories.ts";
import { blocked, lockRow, startWebhookWorld, traceOf, type WebhookWorld } from "../support/webhook-world.ts";

let world: WebhookWorld;
let line: Awaited<ReturnType<typeof holdAnswersOf>>;
before(async () => {
  world = await startWebhookWorld({
    async databasePort(port) {
      line = await holdAnswersOf(port);
      return line.port;
    },
  });
});
after(async () => {
  await world.close();
  await line.close();
});

const inbox = async ({ event }: MoneyStory) => {
  const [row] = await world.db.sql`select verdict, attempts from private.webhook_events where event_id = ${event.id}`;
  return row && { ...row };
};
const entriesOf = async ({ user }: MoneyStory) => (await traceOf(world.db, user)).entries;

async function assertOnce(story: MoneyStory): Promise<void> {
  const trace = await traceOf(world.db, story.user);
  assert.deepEqual(trace, { ...trace, ...story.sees, entries: story.entries.after });
  assert.equal(await world.webhook.deliver(story.event), 200);
  assert.deepEqual(await traceOf(world.db, story.user), trace, "a further delivery changes nothing");
}

for (const [type, tell] of Object.entries(MONEY_STORIES)) {
  describe(`when the webhook is killed over ${type}`, () => {
    it("before anything is written, nothing is, and the next delivery does it", async () => {
      const story = await tell(world);
      const { reached, release } = world.stripe.hold(story.asks);
      const delivery = world.webhook.deliver(story.event);
      await reached;
      await world.webhook.crash();
      release();
      assert.notEqual(await delivery, 200);
      assert.equal(await inbox(story), undefined);
      assert.deepEqual(await entriesOf(story), story.entries.before);

      assert.equal(await world.webhook.deliver(story.event), 200);
      assert.deepEqual(await inbox(story), { verdict: "applied", attempts: 1 });
      await assertOnce(story);
    });

    it("within its transaction, it is done once, though the next delivery meets it there", async () => {
      const story = await tell(world);
      const unlock = await lockRow(world, story.row);
      const delivery = world.webhook.deliver(story.event);
      await until(() => blocked(world, 1), "the transaction waits for the row");
      await world.webhook.crash();
      assert.notEqual(await delivery, 200);
      assert.equal(await inbox(story), undefined, "what is not committed is not there");
      assert.deepEqual(await entriesOf(story), story.entries.before);

      const again = world.webhook.deliver(story.event);
      await until(() => blocked(world, 2), "the next delivery waits for the first one's row in the inbox");
      await unlock();
      assert.equal(await again, 200);
      await assertOnce(story);
    });

    it("within its transaction that is undone, the next delivery does it", async () => {
      const story = await tell(world);
      const unlock = await lockRow(world, story.row);
      const delivery = world.webhook.deliver(story.event);
      const [pid] = await until(() => blocked(world, 1), "the transaction waits for the row");
      await world.webhook.crash();
      assert.notEqual(await delivery, 200);
      await world.db.sql`select pg_terminate_backend(${pid}, 5000)`;
      await unlock();
      assert.equal(await inbox(story), undefined);
      assert.deepEqual(await entriesOf(story), story.entries.before);

      assert.equal(await world.webhook.deliver(story.event), 200);
      assert.deepEqual(await inbox(story), { verdict: "applied", attempts: 1 });
      await assertOnce(story);
    });

    it("after it was committed and before it was answered, the next delivery finds it done", async () => {
      const story = await tell(world);
      const { reached, release } = world.stripe.hold(story.asks);
      const delivery = world.webhook.deliver(story.event);
      await reached;
      line.hold();
      release();
      await until(async () => (await inbox(story))?.verdict === "applied", "it is committed");
      line.release();
      await world.webhook.crash();
      assert.notEqual(await delivery, 200);
      assert.deepEqual(await entriesOf(story), story.entries.after);

      assert.equal(await world.webhook.deliver(story.event), 200);
      assert.deepEqual(await inbox(story), { verdict: "applied", attempts: 2 });
      await assertOnce(story);
    });
  });
}

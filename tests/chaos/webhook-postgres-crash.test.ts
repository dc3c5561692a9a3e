/** `kill -9` of Postgres under the Stripe webhook: what was not answered with 200 is delivered again, as Stripe does. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestCluster, type TestCluster } from "../support/cluster.ts";
import { until } from "../support/until.ts";
import { MONEY_STORIES, type MoneyStory } from "../support/webhook-stories.ts";
import { blocked, lockRow, startWebhookWorld, traceOf, type WebhookWorld } from "../support/webhook-world.ts";

let cluster: TestCluster;
let world: WebhookWorld;
before(async () => {
  cluster = await startTestCluster({ durable: true });
  world = await startWebhookWorld({ cluster });
});
after(async () => {
  await world.close();
  await cluster.stop();
});

const deliverUntilTaken = (event: { text: string }) =>
  until(async () => {
    const status = await world.webhook.deliver(event);
    assert.ok(status === 200 || status === 503, `${status}: 200 or 503, nothing else`);
    return status === 200;
  }, "the event is taken");

async function assertOnce(story: MoneyStory): Promise<void> {
  const trace = await traceOf(world.db, story.user);
  assert.deepEqual(trace, { ...trace, ...story.sees, entries: story.entries.after });
}

for (const [type, tell] of Object.entries(MONEY_STORIES)) {
  describe(`when Postgres is killed over ${type}`, () => {
    it("while Stripe is asked, it is done once in the end", async () => {
      const story = await tell(world);
      const { reached, release } = world.stripe.hold(story.asks);
      const delivery = world.webhook.deliver(story.event);
      await reached;
      await cluster.crash();
      release();
      assert.ok([200, 503].includes(await delivery));
      await deliverUntilTaken(story.event);
      await assertOnce(story);
    });

    it("within its transaction, nothing of it is kept, and it is done once in the end", async () => {
      const story = await tell(world);
      const unlock = await lockRow(world, story.row);
      const delivery = world.webhook.deliver(story.event);
      await until(() => blocked(world, 1), "the transaction waits for the row");
      await cluster.crash();
      await unlock();
      assert.ok([200, 503].includes(await delivery));
      await deliverUntilTaken(story.event);
      await assertOnce(story);
    });
  });
}

describe("when Postgres is killed under a stream of deliveries", () => {
  it("every event has its effect once, whichever were answered", async () => {
    const tellers = Object.values(MONEY_STORIES);
    const stories = await Promise.all(Array.from({ length: 24 }, (_, nth) => tellers[nth % tellers.length](world)));
    const deliveries = Promise.all(stories.map(({ event }) => deliverUntilTaken(event)));
    await cluster.crash();
    await deliveries;
    for (const story of stories) await assertOnce(story);
  });
});

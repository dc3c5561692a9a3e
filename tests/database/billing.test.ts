import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, brokenAccounts, entriesOf, refusal } from "../support/ledger.ts";

interface Checkout {
  checkout_id: string;
  stripe_session_id: string | null;
  status: string;
  credits: number;
  price_cents: number;
  replayed: boolean;
}

describe("buying a pack", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const open = async (user: string, pack = "pack_50", key: string | null = null, hash = "h") => {
    const [row] = await db.asWeb((sql) =>
      sql<Checkout[]>`select * from private.open_checkout(${user}, ${pack}, ${key}, ${hash})`
    );
    return row;
  };
  const session = (user: string, checkout: Checkout, changes: Record<string, unknown> = {}) => ({
    id: `cs_test_${checkout.checkout_id}`,
    status: "complete",
    payment_status: "paid",
    amount_total: checkout.price_cents,
    currency: "usd",
    payment_intent: `pi_${checkout.checkout_id}`,
    metadata: { checkout_id: checkout.checkout_id, user_id: user },
    ...changes,
  });
  const apply = async (object: unknown, type = "checkout.session.completed", id?: string) => {
    const { verdict, effects } = await applyEvent(db, type, { session: object }, { id });
    return verdict === "duplicate" ? verdict : effects.join(", ");
  };
  const statusOf = async (checkout: Checkout) => {
    const [row] = await db.sql`select status from public.checkout_sessions where id = ${checkout.checkout_id}`;
    return row.status;
  };

  it("credits what was paid for, once, with its cause", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    assert.equal(await apply(session(user, checkout)), "credited");
    assert.deepEqual(await balanceOf(db, user), { available: 60, held: 0, debt: 0 });
    const last = (await entriesOf(db, user)).at(-1);
    assert.deepEqual([last?.kind, last?.amount, last?.ref], ["topup", 50, `checkout:${checkout.checkout_id}`]);
    assert.equal(await statusOf(checkout), "paid");
  });

  it("grants once when one event arrives fifty times in parallel", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    const effects = await Promise.all(
      Array.from({ length: 50 }, () => apply(session(user, checkout), undefined, `evt_${checkout.checkout_id}`)),
    );
    assert.equal(effects.filter((effect) => effect === "credited").length, 1);
    assert.equal(effects.filter((effect) => effect === "duplicate").length, 49);
    assert.equal((await balanceOf(db, user)).available, 60);
  });

  it("grants once when many different events report one payment", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    const effects = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        apply(
          session(user, checkout),
          i % 2 ? "checkout.session.completed" : "checkout.session.async_payment_succeeded",
        )),
    );
    assert.equal(effects.filter((effect) => effect === "credited").length, 1);
    assert.equal(effects.filter((effect) => effect === "already_credited").length, 19);
    assert.equal((await balanceOf(db, user)).available, 60);
  });

  it("waits for a delayed payment and credits it when it arrives", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    assert.equal(await apply(session(user, checkout, { payment_status: "unpaid" })), "waiting");
    assert.equal(await statusOf(checkout), "processing");
    assert.equal((await balanceOf(db, user)).available, 10);
    assert.equal(await apply(session(user, checkout), "checkout.session.async_payment_succeeded"), "credited");
    assert.equal((await balanceOf(db, user)).available, 60);
  });

  it("comes to the same end whatever order the news arrives in", async () => {
    const user = await db.createUser();
    const failed = await open(user);
    const unpaid = { payment_status: "unpaid" };
    const returned = { ...unpaid, payment_intent: { id: "pi_returned", status: "requires_payment_method" } };
    assert.equal(await apply(session(user, failed, returned), "checkout.session.async_payment_failed"), "failed");
    assert.equal(await apply(session(user, failed, unpaid)), "waiting");
    assert.equal(await statusOf(failed), "failed");

    const paid = await open(user);
    assert.equal(await apply(session(user, paid), "checkout.session.async_payment_succeeded"), "credited");
    assert.equal(await apply(session(user, paid, unpaid)), "already_credited");
    assert.equal(
      await apply(session(user, paid, { status: "expired", payment_status: "unpaid" }), "checkout.session.expired"),
      "already_credited",
    );
    assert.equal(await statusOf(paid), "paid");
    assert.equal((await balanceOf(db, user)).available, 60);
  });

  it("credits nothing when the person, the amount, the currency or the session is not that of the purchase", async () => {
    const [user, other] = [await db.createUser(), await db.createUser()];
    const checkout = await open(user);
    await db.asWeb((sql) =>
      sql`select private.attach_checkout(${checkout.checkout_id}, ${`cs_test_${checkout.checkout_id}`}, 'https://x.test', now())`
    );
    for (
      const change of [
        { metadata: { checkout_id: checkout.checkout_id, user_id: other } },
        { amount_total: checkout.price_cents - 1 },
        { currency: "pln" },
        { id: "cs_test_other" },
      ]
    ) {
      assert.equal(await apply(session(user, checkout, change)), "mismatch", JSON.stringify(change));
    }
    assert.equal((await balanceOf(db, user)).available, 10);
    assert.equal((await balanceOf(db, other)).available, 10);
    assert.equal(await apply(session(user, checkout)), "credited");
  });

  it("ignores sessions of somebody else's shop, even with nonsense in their metadata", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    assert.equal(await apply(session(user, checkout, { metadata: {} })), "ignored");
    assert.equal(await apply(session(user, checkout, { metadata: { checkout_id: "'; drop table" } })), "ignored");
    assert.equal(
      await apply(session(user, checkout, { metadata: { checkout_id: randomUUID(), user_id: user } })),
      "ignored",
    );
  });

  it("credits a webhook that is faster than our own note of the session", async () => {
    const user = await db.createUser();
    const checkout = await open(user);
    await apply(session(user, checkout));
    await db.asWeb((sql) =>
      sql`select private.attach_checkout(${checkout.checkout_id}, ${`cs_test_${checkout.checkout_id}`}, 'https://x.test', now())`
    );
    assert.equal(await statusOf(checkout), "paid");
  });

  it("gives fifty parallel requests with one key one purchase, and refuses another body", async () => {
    const user = await db.createUser();
    const all = await Promise.all(Array.from({ length: 50 }, () => open(user, "pack_10", "key")));
    assert.equal(new Set(all.map((checkout) => checkout.checkout_id)).size, 1);
    assert.equal(all.filter((checkout) => !checkout.replayed).length, 1);
    assert.equal(await refusal(open(user, "pack_200", "key", "other")), "KR002");
  });

  it("sells only packs that exist, and nothing to a banned person", async () => {
    const user = await db.createUser();
    assert.equal(await refusal(open(user, "pack_1000000")), "KR004");
    await db.sql`update public.profiles set status = 'banned' where id = ${user}`;
    assert.equal(await refusal(open(user)), "KR005");
  });

  it("leaves every account in balance", async () => {
    assert.deepEqual(await brokenAccounts(db), []);
  });
});

describe("the inbox", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const receive = async (event: string) => {
    const [row] = await db.asService((sql) =>
      sql<{ seen: string }[]>`select private.receive_webhook('replicate', ${event}, 'completed', '{}') as seen`
    );
    return row.seen;
  };
  const finish = (event: string, verdict: string) =>
    db.asService((sql) => sql`select private.finish_webhook('replicate', ${event}, ${verdict}, null)`);

  it("asks for an event to be tried again until it has had its effect", async () => {
    assert.equal(await receive("a"), "new");
    assert.equal(await receive("a"), "retry");
    await finish("a", "failed");
    assert.equal(await receive("a"), "retry");
    await finish("a", "applied");
    assert.equal(await receive("a"), "done");
  });

  it("does not let a late failure undo the verdict", async () => {
    await receive("b"), await finish("b", "applied"), await finish("b", "failed");
    assert.equal(await receive("b"), "done");
  });

  it("forgets payloads after ninety days and never the event", async () => {
    await receive("old");
    await db
      .sql`update private.webhook_events set received_at = now() - interval '91 days', verdict = 'applied' where event_id = 'old'`;
    await db.sql`select private.prune()`;
    const [row] = await db.sql`select payload from private.webhook_events where event_id = 'old'`;
    assert.equal(row.payload, null);
    assert.equal(await receive("old"), "done");
  });
});

describe("rate limits", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  const take = async (key: string, limit = 5, seconds = 60) => {
    const [row] = await db.asWeb((sql) =>
      sql<
        { allowed: boolean; remaining: number; retry_after_seconds: number }[]
      >`select * from private.take_rate_limit('test', ${key}, ${limit}, ${seconds})`
    );
    return row;
  };

  it("lets exactly the limit through, however many ask at once", async () => {
    const results = await Promise.all(Array.from({ length: 30 }, () => take("crowd")));
    assert.equal(results.filter((result) => result.allowed).length, 5);
    assert.ok(results.filter((result) => !result.allowed).every((result) => result.retry_after_seconds >= 1));
  });

  it("opens again with the next window", async () => {
    for (let i = 0; i < 6; i++) await take("window");
    assert.equal((await take("window")).allowed, false);
    await db.sql`update private.rate_limits set window_start = now() - interval '61 seconds' where key = 'window'`;
    assert.equal((await take("window")).allowed, true);
  });
});

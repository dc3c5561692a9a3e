import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";

// What our code relies on in pgmq. The same holds on Supabase.

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

const ids = (rows: readonly { msg_id: number }[]) => rows.map((row) => row.msg_id);

describe("pgmq", () => {
  let queues = 0;
  /** A queue of its own per test, with this many messages {"n": 0}, {"n": 1}, … in it. */
  async function queueOf(count: number): Promise<string> {
    const name = `queue_${++queues}`;
    await db.asPostgres(async (sql) => {
      await sql`select pgmq.create(${name})`;
      for (let n = 0; n < count; n++) await sql`select pgmq.send(${name}, ${sql.json({ n })})`;
    });
    return name;
  }
  const read = (queue: string, vt: number, quantity: number) =>
    db.asPostgres((sql) =>
      sql<{ msg_id: number; read_ct: number; message: { n: number } }[]>`
      select msg_id, read_ct, message from pgmq.read(${queue}, ${vt}, ${quantity}) order by msg_id`
    );

  it("hands out the oldest messages first and hides them until their time has passed", async () => {
    const queue = await queueOf(3);
    assert.deepEqual(ids(await read(queue, 60, 2)), [1, 2]);
    assert.deepEqual(ids(await read(queue, 60, 2)), [3]);
    assert.deepEqual(ids(await read(queue, 60, 2)), []);
    await db.asPostgres((sql) => sql`select pgmq.set_vt(${queue}, 2, 0)`);
    assert.deepEqual(ids(await read(queue, 60, 2)), [2]);
  });

  it("counts how often a message was read", async () => {
    const queue = await queueOf(1);
    assert.equal((await read(queue, 0, 1))[0].read_ct, 1);
    assert.equal((await read(queue, 0, 1))[0].read_ct, 2);
  });

  it("gives two readers at the same time different messages, without either waiting", async () => {
    const queue = await queueOf(2);
    await db.asPostgres(async (first) => {
      const taken = await first`select msg_id from pgmq.read(${queue}, 60, 1)`;
      // The first transaction is still open and holds its row.
      assert.deepEqual(ids(await read(queue, 60, 5)), [2]);
      assert.equal(taken[0].msg_id, 1);
    });
  });

  it("shows a message again when the transaction that read it rolls back", async () => {
    const queue = await queueOf(1);
    await assert.rejects(db.asPostgres(async (sql) => {
      await sql`select pgmq.read(${queue}, 60, 1)`;
      throw new Error("no");
    }));
    assert.equal((await read(queue, 60, 1))[0].read_ct, 1);
  });

  it("keeps back a delayed message", async () => {
    const queue = await queueOf(0);
    await db.asPostgres((sql) => sql`select pgmq.send(${queue}, '{}', 60)`);
    await db.asPostgres((sql) => sql`select pgmq.send(${queue}, '{}', now() + interval '1 hour')`);
    const [{ send }] = await db.asPostgres((sql) => sql`select pgmq.send(${queue}, '{}')`);
    assert.deepEqual(ids(await read(queue, 60, 5)), [Number(send)]);
  });

  it("carries headers beside the message", async () => {
    const queue = await queueOf(0);
    await db.asPostgres((sql) => sql`select pgmq.send(${queue}, '{"a": 1}'::jsonb, '{"trace": "t"}'::jsonb)`);
    const [row] = await db.asPostgres((sql) => sql`select message, headers from pgmq.read(${queue}, 60, 1)`);
    assert.deepEqual({ ...row }, { message: { a: 1 }, headers: { trace: "t" } });
  });

  it("sends a batch in its order", async () => {
    const queue = await queueOf(0);
    const sent = await db.asPostgres((sql) =>
      sql<{ id: number }[]>`
      select id from pgmq.send_batch(${queue}, array['{"n": 0}', '{"n": 1}', '{"n": 2}']::jsonb[]) as id`
    );
    assert.deepEqual(sent.map((row) => row.id), [1, 2, 3]);
    assert.deepEqual((await read(queue, 60, 5)).map((row) => row.message.n), [0, 1, 2]);
  });

  it("reads only what matches a condition", async () => {
    const queue = await queueOf(3);
    const rows = await db.asPostgres((sql) =>
      sql<{ msg_id: number }[]>`
      select msg_id from pgmq.read(${queue}, 60, 5, '{"n": 1}')`
    );
    assert.deepEqual(ids(rows), [2]);
  });

  it("deletes for good, says whether there was something, and asks for no lease", async () => {
    const queue = await queueOf(2);
    await read(queue, 60, 1);
    const remove = async (id: number) =>
      (await db.asPostgres((sql) => sql`select pgmq.delete(${queue}, ${id}::bigint) as gone`))[0].gone;
    assert.equal(await remove(1), true);
    assert.equal(await remove(1), false);
    const rest = await db.asPostgres((sql) => sql`select pgmq.delete(${queue}, array[1, 2]::bigint[]) as id`);
    assert.deepEqual(rest.map((row) => row.id), [2]);
  });

  it("archives: out of the queue, into the archive, with its count", async () => {
    const queue = await queueOf(1);
    await read(queue, 0, 1);
    const [{ done }] = await db.asPostgres((sql) => sql`select pgmq.archive(${queue}, 1::bigint) as done`);
    assert.equal(done, true);
    assert.deepEqual(ids(await read(queue, 0, 1)), []);
    const kept = await db.sql`select msg_id, read_ct, message from ${db.sql(`pgmq.a_${queue}`)}`;
    assert.deepEqual({ ...kept[0] }, { msg_id: 1, read_ct: 1, message: { n: 0 } });
  });

  it("pops: read and deleted in one", async () => {
    const queue = await queueOf(1);
    const pop = () => db.asPostgres((sql) => sql<{ msg_id: number }[]>`select msg_id from pgmq.pop(${queue})`);
    assert.deepEqual(ids(await pop()), [1]);
    assert.deepEqual(ids(await pop()), []);
  });

  it("returns from read_with_poll as soon as another session has sent something", async () => {
    const queue = await queueOf(0);
    const polled = db.asPostgres((sql) =>
      sql<{ msg_id: number }[]>`
      select msg_id from pgmq.read_with_poll(${queue}, 60, 1, 30, 10)`
    );
    await db.asPostgres((sql) => sql`select pgmq.send(${queue}, '{}')`);
    assert.deepEqual(ids(await polled), [1]);
  });

  it("measures a queue: waiting, visible and ever sent", async () => {
    const queue = await queueOf(3);
    await read(queue, 60, 1);
    await db.asPostgres((sql) => sql`select pgmq.delete(${queue}, 1::bigint)`);
    await read(queue, 60, 1);
    const [row] = await db.asPostgres((sql) =>
      sql`
      select queue_length, queue_visible_length, total_messages from pgmq.metrics(${queue})`
    );
    assert.deepEqual({ ...row }, { queue_length: 2, queue_visible_length: 1, total_messages: 3 });
  });

  it("makes a queue once, purges and drops it", async () => {
    const queue = await queueOf(2);
    await db.asPostgres((sql) => sql`select pgmq.create(${queue})`);
    const [{ purged }] = await db.asPostgres((sql) => sql`select pgmq.purge_queue(${queue}) as purged`);
    assert.equal(purged, 2);
    const drop = async () => (await db.asPostgres((sql) => sql`select pgmq.drop_queue(${queue}) as gone`))[0].gone;
    assert.equal(await drop(), true);
    assert.equal(await drop(), false);
  });

  it("refuses names that would not fit or would escape", async () => {
    await assert.rejects(db.asPostgres((sql) => sql`select pgmq.create(${"x".repeat(48)})`), /too long/);
    await assert.rejects(db.asPostgres((sql) => sql`select pgmq.create(${"a;b"})`), /invalid characters/);
  });

  it("is closed to people", async () => {
    assert.equal(
      await refusal(db.asUser(await db.createUser(), (sql) => sql`select pgmq.send('jobs', '{}')`)),
      "42501",
    );
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Facts } from "./billing-events.ts";
import { sessionObject } from "./billing-objects.ts";
import type { TestDatabase } from "./database.ts";
import { openCheckout } from "./trade.ts";

// deno-lint-ignore no-explicit-any -- tests look into whatever came back, and fail if it is not there
export type Row = any;

/** What an operator reads and does in the journal of webhooks, and what there is to be read. Both are known once tests run. */
export function journal(database: () => TestDatabase, operator: () => string) {
  const read = (call: string, who = operator()): Promise<Row[]> =>
    database().asUser(who, async (sql) => [...await sql.unsafe(`select * from public.operator_${call}`)]);
  const readOne = async (call: string): Promise<Row> => Object.values((await read(call))[0])[0];
  const list = async (args: string): Promise<Row[]> =>
    (await read(`webhook_events(${args})`)).map((row) => row.operator_webhook_events);
  const preview = (event: string, facts: Facts): Promise<Row> =>
    database().asUser(operator(), async (sql) => {
      const [row] = await sql`select public.operator_preview_webhook(${event}, false, ${
        sql.json(facts as never)
      }) as did`;
      return row.did;
    });
  const acts = async (subject: string): Promise<Row[]> => [
    ...await database().sql`select actor, action, detail from private.audit_log where subject = ${subject} order by id`,
  ];

  /** An event that has come and failed, as `conclude` in apply-event.ts writes it. */
  const failedEvent = async (
    { id = `evt_${randomUUID()}`, type = "invoice.paid", object = `in_${randomUUID()}`, payload = {} as object } = {},
  ) => {
    const whole = { id, livemode: false, created: 1_790_000_000, data: { object: { id: object, ...payload } } };
    await database().asService(async (sql) => {
      await sql`select private.receive_webhook('stripe', ${id}, ${type}, ${sql.json(whole)})`;
      await sql`select private.finish_webhook('stripe', ${id}, 'failed', 'Stripe did not say what became of it.')`;
    });
    return id;
  };
  /** A pack that was paid at Stripe, as `facts`; nobody has told us. */
  const paidPack = async (user: string) => {
    const { id, price_cents } = await openCheckout(database(), user);
    const session = sessionObject({ id: `cs_${id}`, checkout: id, user, amount: price_cents, intent: `pi_${id}` });
    return { id, facts: { session } };
  };
  /** Every row of every table of ours, of the queue of calls and of the schedule's. */
  const digest = async (): Promise<Record<string, string>> => {
    const tables = await database().sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'private', 'net', 'pgmq', 'auth') order by 1`;
    const sums: Record<string, string> = {};
    for (const { name } of tables) {
      const [{ sum }] = await database().sql.unsafe(
        `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ${name} t`,
      );
      sums[name] = sum;
    }
    assert.ok(Object.keys(sums).length > 25);
    return sums;
  };

  return { read, readOne, list, preview, acts, failedEvent, paidPack, digest };
}

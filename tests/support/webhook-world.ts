/** A person, what they bought at Stripe, and the webhook that hears of it: for tests of what one delivery or many do. */
import { randomUUID } from "node:crypto";
import { intentObject, sessionObject } from "./billing-objects.ts";
import { createCustomer, Subscribed, syncPrices } from "./billing-scene.ts";
import { freshDatabase, openPool, type TestDatabase } from "./database.ts";
import type { TestCluster } from "./cluster.ts";
import { eventAbout, startStripeFacts, type StripeFacts } from "./stripe-facts.ts";
import { startWebhookFunction, type WebhookFunction } from "./webhook-function.ts";

export interface WebhookWorld {
  db: TestDatabase;
  stripe: StripeFacts;
  webhook: WebhookFunction;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** A Postgres of the test's own, to break it. */
  cluster?: TestCluster;
  /** By which port the webhook reaches Postgres, if not by its own. */
  databasePort?(port: number): Promise<number>;
}

export async function startWebhookWorld({ cluster, databasePort }: WorldOptions = {}): Promise<WebhookWorld> {
  const db = await freshDatabase({ cluster });
  await syncPrices(db);
  const stripe = startStripeFacts();
  const databaseUrl = new URL(db.url);
  if (databasePort) databaseUrl.port = String(await databasePort(Number(databaseUrl.port)));
  const webhook = await startWebhookFunction({ databaseUrl: databaseUrl.href, stripeUrl: stripe.url });
  return {
    db,
    stripe,
    webhook,
    async close() {
      await webhook.close();
      await stripe.close();
      await db.close();
    },
  };
}

/** Locks a row as another transaction would; the way to let it go. */
export async function lockRow(
  { db }: WebhookWorld,
  { table, id }: { table: string; id: string },
): Promise<() => Promise<void>> {
  // A pool of its own, for Postgres may be killed meanwhile, and no pool of postgres.js is whole after a lost `begin`.
  const pool = openPool(db.adminUrl, { max: 1, fetch_types: false });
  await pool`begin`;
  await pool`select from ${pool(`public.${table}`)} where id = ${id} for update`;
  return () => pool.end({ timeout: 1 });
}

/** The sessions of the webhook that wait for a lock, once there are so many. */
export async function blocked({ db }: WebhookWorld, count: number): Promise<number[] | null> {
  const sessions = await db.sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where application_name = 'kredo-stripe-webhook' and datname = ${db.name} and wait_event_type = 'Lock'`;
  return sessions.length >= count ? sessions.map(({ pid }) => pid) : null;
}

export const PACK = { credits: 10, cents: 900 };

/** A purchase of the smallest pack that waits for its payment, or that an auto top-up has begun. */
export class Purchase {
  readonly session = `cs_test_${randomUUID().replaceAll("-", "")}`;
  readonly payment = `pi_${randomUUID().replaceAll("-", "")}`;

  private constructor(
    readonly world: WebhookWorld,
    readonly user: string,
    readonly customer: string,
    readonly checkout: string,
  ) {}

  static async open(world: WebhookWorld): Promise<Purchase> {
    const { user, customer } = await createCustomer(world.db);
    const [{ checkout }] = await world.db.asWeb((sql) =>
      sql<{ checkout: string }[]>`
        select checkout_id as checkout from private.open_checkout(${user}, 'pack_10', null, null)`
    );
    return new Purchase(world, user, customer, checkout);
  }

  /** The row as a top-up has written it, without the worker that would charge for it. */
  static async byTopup(world: WebhookWorld): Promise<Purchase> {
    const { user, customer } = await createCustomer(world.db);
    await world.db.sql`
      insert into public.auto_topups (user_id, state, threshold, pack, cap_cents, payment_method)
      values (${user}, 'on', 5, 'pack_10', 5000, 'pm_card_visa')`;
    const [{ checkout }] = await world.db.sql<{ checkout: string }[]>`
      insert into public.checkout_sessions (user_id, kind, pack, credits, price_cents, price_version, status)
      values (${user}, 'auto', 'pack_10', ${PACK.credits}, ${PACK.cents},
        private.price_version('pack:pack_10', ${PACK.credits}, ${PACK.cents}), 'processing')
      returning id as checkout`;
    return new Purchase(world, user, customer, checkout);
  }

  intent(fields: { status?: string; refunded?: number; failure?: string } = {}) {
    const { payment: id, customer, checkout, user } = this;
    return {
      object: "payment_intent",
      ...intentObject({ id, customer, checkout, user, amount: PACK.cents, ...fields }),
    };
  }

  /** What Stripe says of the session from now on. */
  tell(fields: { status?: "open" | "complete" | "expired"; paid?: boolean; payment?: string } = {}): this {
    const { session: id, checkout, user, customer } = this;
    const { payment = "succeeded", ...rest } = fields;
    const intent = rest.status === "expired" ? null : this.intent({ status: payment });
    this.world.stripe.put(sessionObject({ id, checkout, user, customer, amount: PACK.cents, intent, ...rest }));
    return this.tellPayment({ status: payment });
  }

  tellPayment(fields: Parameters<Purchase["intent"]>[0] = {}): this {
    const payment_intent = this.payment;
    this.world.stripe.put(
      this.intent(fields),
      { id: `ch_${this.payment}`, object: "charge", payment_intent } as { id: string },
      { id: `re_${this.payment}`, object: "refund", payment_intent } as { id: string },
    );
    return this;
  }

  tellDispute(status: string, amount = PACK.cents): this {
    const id = `dp_${this.payment}`;
    this.world.stripe.put({ id, object: "dispute", payment_intent: this.payment, amount, status } as { id: string });
    return this;
  }

  /** Has been paid, and credited. */
  async paid(): Promise<this> {
    this.tell();
    const status = await this.world.webhook.deliver(eventAbout({ id: this.session }));
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
    return this;
  }
}

/** A subscription whose objects Stripe tells of. */
export async function subscribe(
  world: WebhookWorld,
  fields: ConstructorParameters<typeof Subscribed>[2] = {},
): Promise<Subscribed> {
  return new Subscribed(world.db, await createCustomer(world.db), fields);
}

export function tellSubscription(
  { stripe }: WebhookWorld,
  subscription: Subscribed,
  invoice: ReturnType<Subscribed["invoice"]>,
): void {
  stripe.put(subscription.object(invoice), invoice);
}

/** All that events of Stripe's did to a person: their books, mails, purchases and plan. */
export async function traceOf({ sql }: TestDatabase, user: string) {
  const list = async (rows: PromiseLike<Iterable<unknown>>) =>
    [...await rows as { line: string }[]].map(({ line }) => line);
  return {
    entries: await list(sql`
      select concat(kind, ' ', amount) as line from public.credit_entries
      where user_id = ${user} and ref <> 'signup' order by seq`),
    mails: await list(sql`
      select data ->> 'mail' as line from private.tasks where user_id = ${user} and kind = 'mail' order by 1`),
    checkouts: await list(sql`select status as line from public.checkout_sessions where user_id = ${user}`),
    subscriptions: await list(
      sql`select concat(plan, ' ', status) as line from public.subscriptions where user_id = ${user}`,
    ),
    invoices: await list(sql`select status as line from public.invoices where user_id = ${user} order by id`),
    payments: await list(sql`
      select concat(refunded_cents, ' ', disputed_cents, ' ', dispute) as line from public.payments where user_id = ${user}`),
  };
}

import { randomUUID } from "node:crypto";
import type postgres from "postgres";

// deno-lint-ignore no-explicit-any -- as many kinds of clients as there are tests: all of them take a template
type Owner = postgres.Sql<any>;

/** The seq of one entry of each kind, and what they are about. */
export interface EveryKind {
  signup: number;
  topup: number;
  plan: number;
  promo: number;
  expiry: number;
  added: number;
  removed: number;
  sent: number;
  received: number;
  refund: number;
  /** Id of the purchase behind `topup`. */
  checkout: string;
}

/**
 * Gives a new account, which has the ten free credits, an entry of each kind that no job makes, and a lot that is yet
 * to come. 43 credits are left: 30 of the plan, which end in ten days, and 13 that never do.
 */
export async function makeEveryKind(sql: Owner, user: string, other: string): Promise<EveryKind> {
  const key = randomUUID();
  const [{ checkout_id: checkout }] = await sql`
    select checkout_id from private.open_checkout(${user}, 'pack_50', null, '')`;
  const session = {
    id: `cs_${key}`,
    payment_intent: `pi_${key}`,
    payment_status: "paid",
    amount_total: 3900,
    currency: "usd",
    metadata: { checkout_id: checkout, user_id: user },
  };
  const event = { id: `evt_${key}`, type: "checkout.session.completed", livemode: false, payload: {} };
  await sql`
    select private.apply_stripe_event(${sql.json(event)}, private.take_stripe_ticket(), ${sql.json({ session })})`;
  const grant = (amount: number, source: string, ref: string, priority: number, begins: string, ends: string | null) =>
    sql`
      select private.grant_credits(${user}, ${amount}, 'grant', ${source}, ${`${ref}:${key}`},
        ${sql.json({ reason: `An ${ref} for the test` })}, ${`${ref}:${key}`}, ${priority},
        now() + ${begins}::interval, now() + ${ends}::interval)`;
  await grant(30, "plan", "free", 60, "0", "10 days");
  await grant(5, "promo", "promo", 70, "0", "1 hour");
  // The hour passes.
  await sql`
    update public.credit_grants set effective_at = effective_at - interval '2 hours', expires_at = now() - interval '1 second'
    where user_id = ${user} and ref = ${`promo:${key}`}`;
  await sql`select private.expire_account(${user})`;
  await grant(20, "promo", "present", 70, "5 days", "35 days");
  const adjust = (amount: number, reason: string, checker?: string) => {
    const ref = `adjustment:${randomUUID()}`;
    const cause = { reason, operator: randomUUID(), checker };
    return sql`select private.adjust_credits(${user}, ${amount}, ${ref}, ${sql.json(cause)}, ${ref})`;
  };
  await adjust(3, "A picture came out twice and was charged twice", randomUUID());
  await adjust(-1, "The correction before was one credit too much");
  const transfer = (from: string, to: string, amount: number) => {
    const ref = `sale:${randomUUID()}`;
    return sql`select private.transfer_credits(${from}, ${to}, ${amount}, ${ref}, '{}', ${ref})`;
  };
  await transfer(user, other, 4);
  await transfer(other, user, 2);
  await sql`
    select private.claw_back_credits(${user}, 47, 'refund', ${`refund:${key}`}, ${
    sql.json({ payment: session.payment_intent })
  }, ${`refund:${key}`}, ${`checkout:${checkout}`})`;

  const rows = await sql<{ seq: number; kind: string; amount: number; counter_account: string }[]>`
    select seq::int, kind, amount::int, counter_account from public.credit_entries where user_id = ${user} order by seq`;
  const seq = (kind: string, fits: (row: { amount: number; counter_account: string }) => boolean = () => true) =>
    rows.find((row) => row.kind === kind && fits(row))!.seq;
  return {
    signup: 1,
    topup: seq("topup"),
    plan: seq("grant", ({ counter_account }) => counter_account === "plan"),
    promo: seq("grant", ({ amount }) => amount === 5),
    expiry: seq("expiry"),
    added: seq("adjustment", ({ amount }) => amount > 0),
    removed: seq("adjustment", ({ amount }) => amount < 0),
    sent: seq("transfer", ({ amount }) => amount < 0),
    received: seq("transfer", ({ amount }) => amount > 0),
    refund: seq("refund"),
    checkout,
  };
}

/** Purchases that wait for their payment, and what Stripe says of them once they are paid. */
import type { TestDatabase } from "../../tests/support/database.ts";
import { eventAbout, signatureOf } from "../../tests/support/stripe-facts.ts";

export const SECRET = "whsec_of_the_bench";
const PRICE_CENTS = 900;

/** Each of a customer of its own, who is known to Stripe. Returns the ids of their sessions at Stripe. */
export async function openPurchases(db: TestDatabase, count: number): Promise<string[]> {
  const rows = await db.sql.begin(async (sql) => {
    await sql`set local role supabase_auth_admin`;
    const users = await sql<{ id: string }[]>`
      insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
      select id, 'authenticated', 'authenticated', concat(id, '@example.test'), now(),
        '{"provider": "email", "providers": ["email"]}', '{}'
      from (select gen_random_uuid() as id from generate_series(1, ${count})) as fresh
      returning id`;
    await sql`set local role kredo_web`;
    const ids = users.map(({ id }) => id);
    await sql`select private.note_stripe_customer(false, id, concat('cus_', id)) from unnest(${ids}::uuid[]) as id`;
    return await sql<{ session: string }[]>`
      select concat('cs_', c.checkout_id, '_', id) as session
      from unnest(${ids}::uuid[]) as id cross join lateral private.open_checkout(id, 'pack_10', null, null) as c`;
  });
  return rows.map(({ session }) => session);
}

/** A session of `openPurchases` as Stripe tells of it, with its payment expanded. */
export function paidSession(id: string) {
  const [, checkout_id, user_id] = id.split("_");
  const metadata = { checkout_id, user_id, pack: "pack_10" };
  const customer = `cus_${user_id}`;
  return {
    id,
    object: "checkout.session",
    mode: "payment",
    status: "complete",
    payment_status: "paid",
    amount_subtotal: PRICE_CENTS,
    amount_total: PRICE_CENTS,
    currency: "usd",
    client_reference_id: checkout_id,
    customer,
    subscription: null,
    setup_intent: null,
    payment_intent: {
      id: `pi_${checkout_id}`,
      object: "payment_intent",
      status: "succeeded",
      amount: PRICE_CENTS,
      amount_received: PRICE_CENTS,
      currency: "usd",
      customer,
      metadata,
    },
    metadata,
  };
}

/** A delivery that says that the session was paid, signed now. */
export async function newsOfPayment(session: string): Promise<{ body: string; signature: string }> {
  const { text } = eventAbout(paidSession(session));
  return { body: text, signature: await signatureOf(text, SECRET) };
}

import Stripe from "stripe";
import { z } from "zod";
import { formatCredits } from "../../../locales/units.ts";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { applyFromStripe } from "../stripe/apply-answer.ts";
import { idOf } from "../stripe/gather-facts.ts";
import type { Task, TaskOutcome } from "./task.ts";

const order = z.object({
  checkout: z.uuid(),
  credits: z.int(),
  price_cents: z.int(),
  payment_method: z.string().nullable(),
});

/**
 * Charges the card on file for one pack, with nobody present. The purchase is Stripe's idempotency key: a worker that
 * died after the charge is given the same payment again; and what has ended is not charged, however late somebody tries again.
 */
export async function chargeTopup(services: FunctionServices, task: Task): Promise<TaskOutcome> {
  const { config, db, stripe } = services;
  const { livemode } = config.stripe;
  const { checkout, credits, price_cents, payment_method } = order.parse(task.data);
  const fail = (reason: "no_card" | "authentication" | "failures") =>
    db.asService((sql) => sql`select private.fail_topup(${checkout}::uuid, ${reason})`);

  const [{ awaits }] = await db.asService((sql) =>
    sql<{ awaits: boolean }[]>`select private.awaits_topup(${checkout}::uuid) as awaits`
  );
  if (!awaits) return { outcome: "done" };
  const customer = await customerOf(services, task.user_id);
  // The card that the person made their default since then, if they did.
  const card = customer && (idOf(customer.invoice_settings.default_payment_method) ?? payment_method);
  if (!customer || !card) {
    await fail("no_card");
    return { outcome: "done" };
  }
  let payment: string | undefined;
  try {
    const intent = await stripe.paymentIntents.create({
      amount: price_cents,
      currency: "usd",
      customer: customer.id,
      payment_method: card,
      off_session: true,
      confirm: true,
      // Without it Stripe wants a page to come back to, for methods that lead away; a saved card does not.
      automatic_payment_methods: { enabled: true, allow_redirects: "never" },
      description: `Kredo: ${formatCredits(credits, task.locale ?? "en")}`,
      metadata: { checkout_id: checkout, user_id: task.user_id, kind: "auto" },
    }, { idempotencyKey: task.key });
    payment = intent.id;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
    payment = error.payment_intent?.id;
    if (!payment) {
      await fail(error.code === "authentication_required" ? "authentication" : "failures");
      return { outcome: "done" };
    }
  }
  await applyFromStripe({ db, stripe, livemode }, { kind: "payment", id: payment });
  return { outcome: "done" };
}

async function customerOf(
  { config, db, stripe }: FunctionServices,
  user: string | null,
): Promise<Stripe.Customer | null> {
  const [{ id }] = await db.asService((sql) =>
    sql<{ id: string | null }[]>`select private.stripe_customer_of(${config.stripe.livemode}, ${user}) as id`
  );
  if (!id) return null;
  const customer = await stripe.customers.retrieve(id);
  return customer.deleted ? null : customer;
}

import type Stripe from "stripe";
import { isMissingAtStripe } from "../../platform/stripe-errors.ts";
import type { Database } from "../../platform/database.ts";
import { type BillingInterval, PAID_PLANS, type PaidPlan } from "./plans.ts";

export interface Synchronised {
  /** Such as `price:pro:month@2`. */
  subject: string;
  stripeId: string;
  did: "created" | "updated" | "unchanged";
}

interface CatalogueServices {
  db: Database;
  stripe: Stripe;
  livemode: boolean;
  /** Origin of the web app, for the portal's links. */
  webUrl: string;
}

interface PriceVersion {
  plan: PaidPlan;
  cycle: BillingInterval;
  version: number;
  price_cents: number;
}

const NAMES: Record<PaidPlan, { name: string; description: string }> = {
  pro: { name: "Kredo Pro", description: "500 generations a month" },
  enterprise: { name: "Kredo Enterprise", description: "Unlimited generations under a fair-use rule" },
};

/**
 * Makes Stripe's products, prices and portal what our tables say, and notes what Stripe calls them. Run it after each
 * change of a plan or a price, as often as you like: what is right already is left alone. Prices that are no longer on
 * sale are closed for new customers; those who have them keep them.
 *
 * @throws what Stripe's client throws; what was done by then stays done
 */
export async function synchroniseCatalogue(services: CatalogueServices): Promise<Synchronised[]> {
  const done: Synchronised[] = [];
  const note = async (subject: string, stripeId: string, did: Synchronised["did"]) => {
    await services.db.asService((sql) =>
      sql`select private.note_stripe_id(${services.livemode}, ${subject}, ${stripeId})`
    );
    done.push({ subject, stripeId, did });
  };
  const versions = await services.db.asAnon((sql) =>
    sql<PriceVersion[]>`select plan, cycle, version, price_cents from public.plan_prices order by plan, cycle, version`
  );
  for (const plan of PAID_PLANS) {
    const product = await synchroniseProduct(services.stripe, plan);
    await note(`plan:${plan}`, product.id, product.did);
    for (const version of versions.filter((version) => version.plan === plan)) {
      const newest = !versions.some((other) =>
        other.plan === plan && other.cycle === version.cycle && other.version > version.version
      );
      const price = await synchronisePrice(services.stripe, product.id, version, newest);
      await note(`price:${plan}:${version.cycle}@${version.version}`, price.id, price.did);
    }
  }
  const portal = await synchronisePortal(services);
  await note("portal", portal.id, portal.did);
  return done;
}

type Did = { id: string; did: Synchronised["did"] };

async function synchroniseProduct(stripe: Stripe, plan: PaidPlan): Promise<Did> {
  const id = `kredo_${plan}`;
  const wanted = NAMES[plan];
  try {
    const found = await stripe.products.retrieve(id);
    if (found.active && found.name === wanted.name && found.description === wanted.description) {
      return { id, did: "unchanged" };
    }
    await stripe.products.update(id, { ...wanted, active: true });
    return { id, did: "updated" };
  } catch (error) {
    if (!isMissingAtStripe(error)) throw error;
    await stripe.products.create({ id, ...wanted, metadata: { plan } });
    return { id, did: "created" };
  }
}

/** A price cannot be changed at Stripe: each version is one of its own, and the newest one answers to the lookup key. */
async function synchronisePrice(
  stripe: Stripe,
  product: string,
  { plan, cycle, version, price_cents }: PriceVersion,
  newest: boolean,
): Promise<Did> {
  const lookupKey = `kredo_${plan}_${cycle}`;
  for await (const price of stripe.prices.list({ product, limit: 100 })) {
    const { metadata, unit_amount, recurring } = price;
    if (metadata.version !== String(version) || recurring?.interval !== cycle || unit_amount !== price_cents) continue;
    if (price.active === newest && (!newest || price.lookup_key === lookupKey)) {
      return { id: price.id, did: "unchanged" };
    }
    await stripe.prices.update(price.id, {
      active: newest,
      ...newest && { lookup_key: lookupKey, transfer_lookup_key: true },
    });
    return { id: price.id, did: "updated" };
  }
  const created = await stripe.prices.create({
    product,
    currency: "usd",
    unit_amount: price_cents,
    recurring: { interval: cycle },
    tax_behavior: "exclusive",
    nickname: `${plan} ${cycle} @${version}`,
    metadata: { plan, interval: cycle, version: String(version) },
    ...newest ? { lookup_key: lookupKey, transfer_lookup_key: true } : { active: false },
  });
  return { id: created.id, did: "created" };
}

/**
 * What customers may do on Stripe's portal. A plan is changed on our own page, which says first what it comes to and
 * knows that a paid year is not cut into months.
 */
async function synchronisePortal({ stripe, webUrl, db, livemode }: CatalogueServices): Promise<Did> {
  const features: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
    customer_update: { enabled: true, allowed_updates: ["address", "name", "tax_id"] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: true, mode: "at_period_end" },
  };
  const business_profile = {
    privacy_policy_url: `${webUrl}/privacy`,
    terms_of_service_url: `${webUrl}/terms`,
  };
  const [{ known }] = await db.asService((sql) =>
    sql<{ known: string | null }[]>`select private.stripe_id_of(${livemode}, 'portal') as known`
  );
  if (known) {
    const found = await stripe.billingPortal.configurations.retrieve(known).catch((error) => {
      if (isMissingAtStripe(error)) return null;
      throw error;
    });
    if (found?.active) {
      await stripe.billingPortal.configurations.update(known, { features, business_profile });
      return { id: known, did: "unchanged" };
    }
  }
  const { id } = await stripe.billingPortal.configurations.create({ features, business_profile });
  return { id, did: "created" };
}

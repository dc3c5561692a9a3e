import type { Database } from "../../platform/database.ts";
import { listPacks, type Pack } from "../billing/list-packs.ts";
import { listPlans, type PlanOffer } from "../billing/list-plans.ts";
import { listModels } from "../jobs/list-models.ts";
import type { Model } from "../jobs/types.ts";

/** What is for sale, as anybody may see it. */
export interface Offer {
  plans: PlanOffer[];
  packs: Pack[];
  models: OfferedModel[];
  /** Credits that a new account starts with. */
  welcome: number;
}

/** A model without what only the create page needs. */
export type OfferedModel = Pick<Model, "slug" | "name" | "kind" | "credits" | "runnable">;

/** A price change shows on the public pages after this long at most; checkout and jobs always ask the database. */
const FRESH_MS = 60_000;

const kept = new WeakMap<Database, { offer: Promise<Offer>; until: number }>();

/** The plans, the packs and the active models in shelf order, and the free allowance. Kept for a minute, so public pages cost no query. */
export function readOffer({ db }: { db: Database }): Promise<Offer> {
  const last = kept.get(db);
  if (last && Date.now() < last.until) return last.offer;
  const offer = queryOffer(db);
  kept.set(db, { offer, until: Date.now() + FRESH_MS });
  // Yesterday's prices are better than no page while the database is away, but ask again next time.
  return offer.catch((error) => {
    if (last) {
      kept.set(db, { ...last, until: 0 });
      return last.offer;
    }
    kept.delete(db);
    throw error;
  });
}

async function queryOffer(db: Database): Promise<Offer> {
  const [[plans, packs, models], [{ welcome }]] = await Promise.all([
    db.asAnon((sql) => Promise.all([listPlans(sql), listPacks(sql), listModels(sql)])),
    db.asWeb((sql) => sql<{ welcome: number }[]>`select private.free_allowance() as welcome`),
  ]);
  return { plans, packs, models, welcome };
}

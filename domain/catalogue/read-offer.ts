import type { Database } from "../../platform/database.ts";

/** What is for sale, as anybody may see it. */
export interface Offer {
  packs: Pack[];
  models: OfferedModel[];
}

export interface Pack {
  id: string;
  credits: number;
  price_cents: number;
}

export interface OfferedModel {
  slug: string;
  name: string;
  kind: "image" | "video" | "text" | "training";
  /** Credits for one output. */
  credits: number;
  /** False: announced and priced, not for sale yet. */
  runnable: boolean;
}

/** A price change shows on the public pages after this long at most; checkout and jobs always ask the database. */
const FRESH_MS = 60_000;

const kept = new WeakMap<Database, { offer: Promise<Offer>; until: number }>();

/** The packs and the active models in shelf order. Kept for a minute, so public pages cost no query. */
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

function queryOffer(db: Database): Promise<Offer> {
  return db.asAnon(async (sql) => {
    const [packs, models] = await Promise.all([
      sql<Pack[]>`select id, credits, price_cents from public.credit_packs where active order by position`,
      sql<OfferedModel[]>`select slug, name, kind, credits, runnable from public.models where active order by position`,
    ]);
    return { packs: [...packs], models: [...models] };
  });
}

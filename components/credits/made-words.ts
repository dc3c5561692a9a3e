import type { Model } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";

/** By slug: what the ledger says of a model. */
export type KnownModels = Record<string, Pick<Model, "name" | "kind">>;

export function knownModels(models: Pick<Model, "slug" | "name" | "kind">[]): KnownModels {
  return Object.fromEntries(models.map(({ slug, name, kind }) => [slug, { name, kind }]));
}

/** "3 pictures with Seedream 4.5", "1 video with Kling". A model that is not for sale any more goes by its slug. */
export function madeWords(slug: string, count: number, models: KnownModels, locale: Locale): string {
  const { app: { kinds: { made }, credits }, units } = messages(locale);
  const { name, kind } = models[slug] ?? { name: slug, kind: "image" };
  const words = kind === "video" || kind === "text" ? made[kind] : units.pictures;
  return fill(credits.kinds.settle, { made: plural(words, count, locale), model: name });
}

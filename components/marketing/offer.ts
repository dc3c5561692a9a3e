/** What the public pages show of the catalogue; the domain's rows have these members and more. */
export interface OfferedPack {
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
  runnable: boolean;
}

import { boss } from "./boss.ts";
import { graphile } from "./graphile.ts";
import { ours } from "./ours.ts";

export const SIDES = { ours, graphile, boss };
export type SideName = keyof typeof SIDES;

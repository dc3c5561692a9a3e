/** What a run of each kind does with its time. */
import type { AccountModels } from "../account-models.ts";
import type { Kind } from "../catalogue.ts";
import type { Entry, Output } from "../prediction.ts";
import type { Studio } from "../studio.ts";
import { films } from "./films.ts";
import { pictures } from "./pictures.ts";
import { texts } from "./texts.ts";
import { trainings } from "./trainings.ts";

/** What can be seen of a run. */
export interface Sight {
  output: Output;
  logs: string;
}

export interface File {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Work {
  /** Milliseconds it takes, unless a directive says otherwise. */
  runMs(entry: Pick<Entry, "prediction" | "seed">): number;
  /** Something that takes a while is begun here. A crash is met where its result is awaited. */
  begin?(entry: Entry): void;
  /** After this share (0 … 1) of its time. A function of the entry alone, so that it can be asked for at any moment. */
  sight(entry: Entry, share: number): Sight;
  /** How it ends well. @throws {RunFailure} */
  result(entry: Entry): Promise<Sight>;
  /** What lies at one of its output URLs. */
  file?(entry: Entry, name: string): Promise<File | undefined>;
}

export type Works = Record<Kind, Work>;

/** A failure in the provider's words. */
export class RunFailure extends Error {}

export interface WorksOptions {
  origin: string;
  studio: Studio;
  models: AccountModels;
}

export function createWorks(options: WorksOptions): Works {
  return { image: pictures(options), video: films(options), text: texts, training: trainings(options) };
}

/** The address of an output. `[bad-output]` names one where nothing lies. */
export function fileUrl(origin: string, { badOutput, folder }: Entry, name: string): string {
  return `${origin}/replicate/files/${folder}/${badOutput ? "gone-" : ""}${name}`;
}

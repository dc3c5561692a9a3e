/** Writes what a language model would have answered: a few sentences around the prompt's own words, always the same for one seed. */
import { withoutDirectives } from "../directives.ts";
import { dice, hash32 } from "../draw/random.ts";
import { CLOSINGS, OPENINGS, SENTENCES, STOP_WORDS } from "./sentences.ts";

export interface WriteRequest {
  prompt: string;
  instruction: string;
  seed: number;
  /** Tokens at most. */
  most: number;
}

const FEWEST = 62;
const SPREAD = 30;

/** The answer in tokens, which joined are the text: 60 to 120 of them, or what `most` leaves. */
export function writeTokens({ prompt, instruction, seed, most }: WriteRequest): string[] {
  const d = dice(hash32(`${seed} ${instruction} ${prompt}`));
  const topics = topicsOf(prompt);
  const fill = (sentence: string) => capital(sentence.replaceAll("*", () => d.pick(topics)));
  const left = [...SENTENCES];
  const draw = () => fill(left.splice(d.whole(0, left.length - 1), 1)[0]);

  const target = FEWEST + d.whole(0, SPREAD);
  const closing = fill(d.pick(CLOSINGS));
  let text = fill(d.pick(OPENINGS));
  while (left.length > 0 && tokensOf(`${text} ${closing}`).length < target) text += ` ${draw()}`;
  return tokensOf(`${text}\n\n${closing}`).slice(0, most);
}

/** How many tokens a text counts as. */
export function countTokens(text: string): number {
  return tokensOf(text).length;
}

/** Pieces of words with the space before them, as tokenizers cut. */
function tokensOf(text: string): string[] {
  return text.match(/\n+|[^\S\n]?[\p{L}\p{N}'’]{1,7}|[^\S\n]?\S/gu) ?? [];
}

/** The words that say what it is about, at most five, none of them long. */
function topicsOf(prompt: string): string[] {
  const words = withoutDirectives(prompt).toLowerCase().match(/\p{L}{3,14}/gu) ?? [];
  const topics = [...new Set(words)].filter((word) => !STOP_WORDS.has(word)).slice(0, 5);
  return topics.length > 0 ? topics : ["this"];
}

const capital = (sentence: string) => sentence[0].toUpperCase() + sentence.slice(1);

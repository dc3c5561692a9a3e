import type { Entry } from "../prediction.ts";
import { writeTokens } from "../write/mod.ts";
import type { Work } from "./mod.ts";

/** Some ninety words a second, so that a page can show them coming. */
const TOKEN_MS = 11;

/** Words come one by one; `[bad-output]` has none to say. */
export const texts: Work = {
  runMs: (entry) => Math.max(60, tokens(entry).length * TOKEN_MS),
  sight: (entry, share) => ({ output: said(entry, share), logs: "" }),
  result: (entry) => Promise.resolve({ output: said(entry, 1), logs: "" }),
};

function said(entry: Entry, share: number): string[] {
  const all = entry.badOutput ? [] : tokens(entry);
  return all.slice(0, Math.floor(all.length * share));
}

function tokens({ prediction: { input }, seed }: Pick<Entry, "prediction" | "seed">): string[] {
  return writeTokens({
    prompt: String(input.prompt),
    instruction: String(input.system_instruction ?? ""),
    seed,
    most: Number(input.max_output_tokens ?? Infinity),
  });
}

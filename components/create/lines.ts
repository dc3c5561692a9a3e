/** A prompt, and on which line of the text it stands, from 1. */
export interface Line {
  number: number;
  prompt: string;
}

/** One prompt a line; empty lines are only there to look at. */
export function linesOf(text: string): Line[] {
  return text.split(/\r\n|\r|\n/)
    .map((line, i) => ({ number: i + 1, prompt: line.trim() }))
    .filter(({ prompt }) => prompt !== "");
}

/**
 * Something the person at the keyboard can put right: shown as one line, without a stack.
 * The message says what is wrong and what to do about it.
 */
export class Problem extends Error {
  override name = "Problem";
}

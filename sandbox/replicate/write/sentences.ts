/** What the writing is made of. A star is replaced with a word of the prompt. */

export const OPENINGS = [
  "here is a short answer about *.",
  "let us begin with what people mean by *.",
  "three things are worth saying about *.",
  "the short version: * matters more than it seems.",
];

export const SENTENCES = [
  "think of * first, and of everything else after it.",
  "most people notice * late, usually when something has changed.",
  "a good way to understand * is to draw it once by hand.",
  "if * is new to you, start small and look at one example.",
  "there is a simple test: remove * and see what is missing.",
  "the history of * is longer than its name.",
  "compare * with what you already know, and write down the difference.",
  "in practice, * needs less time than patience.",
  "where * is involved, the details decide.",
  "a careful eye sees that * repeats itself, never quite in the same way.",
  "ask who made *, and for whom.",
  "light, weather and season change * more than any tool does.",
];

export const CLOSINGS = [
  "in one sentence: keep * simple, and look twice.",
  "that is enough to go on with *; the rest comes with use.",
  "if you would like more about *, ask for an example.",
];

export const STOP_WORDS = new Set(
  ("about all also and any are but can could describe does explain for from give has have how into its list make more " +
    "not one please tell than that the their them then there these they this those was were what when where " +
    "which who why will with write you your jak jest dla oraz czy nie się ten tej").split(" "),
);

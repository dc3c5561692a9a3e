import type { Plural } from "../text.ts";

/** Many prompts at once: the form, and the page that follows them. */
export const batch = {
  tabs: { label: "One or many", one: "One prompt", many: "Many prompts" },
  form: {
    title: "Create from many prompts",
    lead: "Each line is made once and charged by itself. What is not made costs nothing.",
    prompts: "Prompts, one per line",
    hint: "From 1 to {max} lines. Empty lines do not count.",
    placeholder: "A lighthouse at dusk\nA lighthouse at dawn\nA lighthouse in a storm",
    count: { one: "{n} prompt", other: "{n} prompts" } as Plural,
    noCount: "The price is the model's price times the number of lines.",
    tooMany: { one: "{n} line too many", other: "{n} lines too many" } as Plural,
    short: "Buy a pack, remove some lines or choose a cheaper model. You have {credits}.",
    submit: "Create all",
    errors: {
      lines: "Write from 1 to {max} prompts, one per line.",
      line: "Line {line}: use from 1 to {max} characters.",
      other: "Line {line} is not possible with this model.",
      ratio: "This model does not make this shape.",
    },
  },
  page: {
    title: { one: "{n} prompt", other: "{n} prompts" } as Plural,
    head: "Many prompts",
    progress: "{ended} of {size} have ended",
    made: "Made",
    cost: "Cost",
    charged: "{credits} charged",
    chargedSoFar: "{credits} charged so far",
    held: "{credits} held for the rest.",
    returned: "{credits} went back to your balance.",
    covered: "Included in your plan",
    rule: "You pay for what is made and stored; everything else goes back by itself.",
    cancel: "Cancel the rest",
    replayed: {
      title: "You had already sent this form",
      text: "It started these jobs, and you pay for them once.",
    },
    noScript: "This page reloads itself every few seconds until everything has ended.",
    live: "{ended} of {size} have ended.",
    done: { one: "Everything has ended: {n} is ready.", other: "Everything has ended: {n} are ready." } as Plural,
    more: "More prompts",
  },
  part: "One of many",
  all: "See all of them",
};

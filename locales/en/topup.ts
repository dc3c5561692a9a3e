/** Auto top-up. */
export const topup = {
  title: "Auto top-up",
  lead: "Buys a pack by itself when your balance runs low, and never spends more than you allow.",
  back: "Billing",
  states: { off: "Off", needs_card: "Waiting for a card", on: "On" },
  summary: {
    never: "Off. Buys a pack by itself when your balance runs low.",
    off: "Off. Nothing is bought by itself.",
    on: "Below {threshold} available: {pack} for {price}, up to {cap} a month.",
    needs_card: "Set, and waiting for a card.",
    set: "Set it up",
    change: "Change",
  },
  spent: "This month",
  spentOf: "{spent} of {cap}",
  spentNote: "Counted by calendar months in UTC.",
  capReached: "The next pack would go over the limit, so nothing more is bought this month.",
  card: "Card",
  cardText: "{brand} ending in {last4}",
  noCard: "None yet. It is left on Stripe's page.",
  otherCard: "Use another card",
  addCard: "Leave a card",
  retry: "The last payment did not go through. The next try is on {date}.",
  offReasons: {
    failures: {
      title: "Auto top-up has switched itself off",
      text: "Three payments in a row did not go through. Save the form to go on with another card.",
    },
    authentication: {
      title: "Auto top-up has switched itself off",
      text:
        "Your bank wants you to be there when it pays, so the card cannot be used for this. Save the form to leave another one.",
    },
    no_card: {
      title: "Auto top-up has switched itself off",
      text: "Stripe has no card of yours any more. Save the form to leave one.",
    },
  },
  needsCard: {
    title: "One step is left: a card",
    text: "Nothing is bought until you leave a card on Stripe's page. Nothing is charged for leaving it.",
  },
  form: "Settings",
  threshold: "When fewer credits are left than",
  thresholdHint: "A whole number from 1 to 10,000.",
  pack: "Buy this pack",
  cap: "At most, in US dollars a month",
  capHint: "From the price of the pack up to 10,000.",
  errors: {
    threshold: "Use a whole number from 1 to 10,000.",
    pack: "Choose one of the packs.",
    cap: "Use an amount that covers at least one pack, and at most 10,000.",
  },
  consent:
    "By switching it on you allow Kredo to charge your card in this way. You get a mail for each purchase and can switch it off at any time.",
  on: "Switch it on",
  save: "Save",
  off: "Switch it off",
  saved: "Auto top-up is on",
  stopped: "Auto top-up is off",
  stoppedText: "Nothing is bought by itself any more. Your settings are kept.",
  problem: "This could not be saved",
};

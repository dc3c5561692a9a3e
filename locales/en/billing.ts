import type { Plural } from "../text.ts";

/** Packs of credits and what was bought. */
export const billing = {
  title: "Billing",
  packs: "Packs of credits",
  lead: "Credits you buy do not expire. You pay on Stripe's page; we never see your card.",
  each: "{price} a credit",
  save: "{percent}% less",
  makes: "Enough for {pictures}",
  buy: "Buy for {price}",
  test: "Sandbox: no real money moves. The payment page is a stand-in.",
  problem: "The payment page could not be opened",
  purchases: "Purchases",
  purchasesCaption: "Purchases, newest first",
  when: "When",
  packColumn: "Pack",
  price: "Price",
  state: "State",
  finish: "Finish paying",
  automatic: "by auto top-up",
  states: {
    creating: "Not started",
    open: "Not paid",
    processing: "Waiting for the bank",
    paid: "Credited",
    failed: "Payment failed",
    expired: "Expired",
  },
  none: "You have not bought anything yet.",
};

/** Coming back from Stripe's page for a pack. */
export const checkout = {
  waiting: {
    title: "Waiting for Stripe",
    text:
      "As soon as Stripe confirms the payment to us, {credits} will be in your balance. That usually takes a few seconds.",
    note: "You can leave this page. The credits arrive without it.",
    unpaid: "Not paid yet?",
    back: "Go back to the payment page",
    slow:
      "This is taking longer than usual. Nothing is lost: the credits follow Stripe's confirmation, even if you close this page.",
  },
  processing: {
    title: "Your bank needs a little longer",
    text:
      "You chose a way to pay that takes the bank up to a few days. When the money is confirmed, {credits} will be in your balance by themselves.",
    note: "Nothing else to do. You will see it among your purchases.",
  },
  paid: {
    title: { one: "{n} credit added", other: "{n} credits added" } as Plural,
    text: "Payment of {price} confirmed. You now have {credits} to spend.",
    create: "Create a picture",
    entries: "See the entry",
  },
  failed: {
    title: "The payment did not go through",
    text: "Your bank refused or reversed it. No credits were added, and any money that was taken goes back to you.",
    again: "Try again",
  },
  expired: {
    title: "This payment page has expired",
    text: "The payment was not finished in time. Nothing was charged.",
    again: "Start again",
  },
  canceled: {
    title: "Nothing was bought",
    text: "You left Stripe's page before paying. Nothing was charged; your balance is as it was.",
    resume: "Back to the payment page",
    again: "See the packs",
    studio: "Back to the dashboard",
  },
  progress: "Waiting for confirmation",
  announcePaid: "The payment is confirmed and the credits are in your balance.",
};

/** Coming back from Stripe's page for a plan or a card. */
export const ordered = {
  slow:
    "This is taking longer than usual. Nothing is lost: what you ordered follows Stripe's confirmation, even if you close this page.",
  plan: {
    waiting: "As soon as Stripe confirms it to us, {plan} begins. That usually takes a few seconds.",
    waitingNote: "You can leave this page. The plan begins without it.",
    began: "{plan} has begun",
    trial: "Your {plan} trial has begun",
    trialText: "It is free until {date}. Then {price} is charged, unless you cancel before.",
    text: "Paid: {price}. It renews on {date}.",
    brought: "{credits} came with it; you now have {available} to spend.",
    unlimited: "From now on your pictures are included in the plan.",
    later: "The plan is confirmed",
    laterText: "It shows in your account as soon as Stripe's message about it has arrived.",
    over: "This order is done",
    overText: "Your plan has changed since then.",
    failed: "The plan has not begun. Your bank refused the payment, and nothing was charged.",
    expired: "It was not finished in time, or another one was opened after it. Nothing was charged.",
    canceled: "No plan was chosen",
    canceledText: "You left Stripe's page before confirming. Nothing was charged, and your plan is as it was.",
    see: "See your plan",
    again: "See the plans",
    announce: "Your plan has begun.",
  },
  card: {
    waiting: "As soon as Stripe confirms the card to us, auto top-up begins. That usually takes a few seconds.",
    waitingNote: "You can leave this page.",
    saved: "The card is saved",
    savedText: "Auto top-up uses {brand} ending in {last4} from now on. Nothing was charged.",
    savedPlain: "Auto top-up can use it from now on. Nothing was charged.",
    expired: "The page for the card was not finished in time. Nothing was charged.",
    canceled: "No card was left",
    canceledText: "You left Stripe's page before saving a card. Nothing is bought by itself until there is one.",
    see: "See auto top-up",
    announce: "The card is saved.",
  },
};

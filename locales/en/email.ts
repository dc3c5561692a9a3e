import type { Plural } from "../text.ts";

/** The mails Kredo writes, by their kinds (domain/email/mail.ts). Those about logging in are in supabase/templates. */
export const email = {
  plans: { free: "Free", pro: "Pro", enterprise: "Enterprise" },
  every: { month: "every month", year: "every year" },
  prices: { month: "{price} a month", year: "{price} a year" },
  seePlan: "See your plan",
  seePlans: "See the plans",
  seeEntries: "See every entry",
  setTopup: "Automatic top-up settings",
  debt: "You owe {credits}, because they had been spent already. The next credits that come in clear this first.",
  footer: "You get this message because it concerns your Kredo account.",

  subscription_started: {
    title: "Your {plan} plan has begun",
    trial:
      "Until {time} it is a free trial; then the first payment is taken. If you cancel before that, you pay nothing.",
    text: "The plan is billed {every}. You can change or cancel it at any time.",
    credits: "For this period your account received {credits}.",
  },
  trial_ends_soon: {
    title: "Your {plan} trial ends on {date}",
    text:
      "The trial runs until {time}. After that {plan} costs {price}, and the first payment is taken from your card.",
    cancel: "If you do not want to go on, cancel before then and you pay nothing.",
  },
  subscription_changed: {
    title: "Your plan changes to {plan}",
    text: "From {time} you are on the {plan} plan, billed {every}.",
    invoice: "If the price changes, the difference is on your invoice.",
  },
  subscription_canceling: {
    title: "Your {plan} plan ends on {date}",
    text: "The plan is canceled. {plan} stays yours until {time}; after that your account goes on with the Free plan.",
    resume: "Credits you bought do not expire. Until then you can still take the cancellation back.",
    action: "Resume the plan",
  },
  subscription_resumed: {
    title: "Your {plan} plan goes on",
    text: "The cancellation was taken back. {plan} renews as before.",
    next: "There is nothing more to do.",
  },
  subscription_ended: {
    title: "Your {plan} plan has ended",
    text: "Your account goes on with the Free plan. Only the unused allowance of {plan} is gone.",
    next: "Your pictures, your entries and the credits you bought stay yours.",
  },

  payment_failed: {
    title: "We could not charge {amount} for {plan}",
    text: "Your bank declined the payment, or the card has expired. {plan} stays yours until {time}.",
    next:
      "Pay the invoice or give us another card; we will also try again by ourselves. If no payment arrives by then, your account goes on with the Free plan.",
    pay: "Pay the invoice",
    card: "Change the card",
  },
  payment_action_required: {
    title: "Please confirm the payment of {amount}",
    text:
      "Your bank wants to hear from you before it pays. Open the invoice and confirm the payment there; it takes a minute.",
    action: "Confirm the payment",
  },
  grace_ended: {
    title: "Your account is now on the Free plan",
    text: "The payment for {plan} did not arrive in time, so the plan has ended.",
    next: "Nothing you made is lost, and the credits you bought stay yours. You can subscribe again at any time.",
  },
  payment_recovered: {
    title: "Thank you, your payment has arrived",
    text: "{plan} goes on without a break.",
    next: "There is nothing more to do.",
  },
  invoice_paid: {
    title: "Receipt: invoice {number}, {amount}",
    text: "Invoice {number} for {amount} is paid. Thank you.",
    pdf: "In your account you can download it as a PDF.",
    action: "Open your invoices",
  },

  refund_applied: {
    title: "We refunded {amount}",
    text: "The money returns to the card or account you paid with. Your bank may take up to ten days to show it.",
    taken: "With the payment we took back {credits}.",
    untouched: "Your credits stay as they are.",
  },
  dispute_opened: {
    title: "A payment of {amount} is disputed",
    text: "Your bank tells us that you do not recognize a payment of {amount} to Kredo.",
    taken: "Until this is decided, we took back {credits}.",
    mistake: "If it is a mistake, ask your bank to withdraw the dispute.",
  },
  dispute_won: {
    title: "The dispute is closed and your payment stands",
    text: "The bank decided that the payment was in order.",
    returned: "Returned to your balance: {credits}.",
    untouched: "Your credits stay as they are.",
  },
  dispute_lost: {
    title: "The dispute over {amount} is decided",
    text:
      "Your bank gave the money back to you, so the credits of that payment stay taken back. There is nothing to do.",
  },

  usage_warning: {
    mostUsed: "You have used {percent}% of the {things} in your plan",
    allUsed: "You have used all the {things} in your plan",
    text: "So far: {amount}.",
    resets: "The count starts again on {time}.",
    stays: "This limit does not start again with a new period.",
    more: "A larger plan has room for more.",
    action: "See plan and usage",
    things: {
      generations: "pictures",
      datasets: "datasets",
      trainings: "trainings",
      predictions: "predictions",
    },
    amounts: {
      generations: { one: "{used} of {n} picture", other: "{used} of {n} pictures" } as Plural,
      datasets: { one: "{used} of {n} dataset", other: "{used} of {n} datasets" } as Plural,
      trainings: { one: "{used} of {n} training", other: "{used} of {n} trainings" } as Plural,
      predictions: { one: "{used} of {n} prediction", other: "{used} of {n} predictions" } as Plural,
    },
  },

  topup_succeeded: {
    title: "Automatic top-up: {credits}",
    text:
      "Your balance fell below the threshold you set, so we bought a pack of {credits} for {amount} with your saved card.",
  },
  topup_failed: {
    title: "Your automatic top-up did not go through",
    text: "We tried to take {amount} from your saved card, and your bank declined. Attempts so far: {attempts}.",
    again: "We will try again on {time}.",
    never: "We will not try again by ourselves.",
  },
  topup_switched_off: {
    title: "Automatic top-up is switched off",
    next: "You can switch it on again, or buy a pack yourself.",
    reasons: {
      failures: "The payment was declined several times in a row.",
      authentication: "Your bank wants you to confirm every payment, which cannot be done while you are away.",
      cap: "The limit you set for this month is reached.",
      no_card: "There is no saved card to pay with.",
    },
  },
};

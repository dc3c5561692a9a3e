import type { Plural } from "../text.ts";

/** The plans on offer: one set of words for the price list and the studio. */
export const plans = {
  names: { free: "Free", pro: "Pro", enterprise: "Enterprise" },
  lines: {
    free: "To try every model, and for a picture now and then.",
    pro: "For pictures every week.",
    enterprise: "For pictures all day, without counting.",
  },
  switch: { label: "How often you pay", month: "Monthly", year: "Yearly", saves: "{percent}% less" },
  per: { month: "a month", year: "a year" },
  prices: { month: "{price} a month", year: "{price} a year" },
  saving: "{amount} less than twelve single months",
  includes: {
    credits: { one: "{n} credit every month", other: "{n} credits every month" } as Plural,
    pictures: { one: "enough for {n} standard picture", other: "enough for {n} standard pictures" } as Plural,
    welcome: "the ten you start with do not expire",
    unlimited: "As many pictures as you like",
    fairUse: "under the fair-use rule below",
    concurrency: { one: "{n} job at once", other: "{n} jobs at once" } as Plural,
    rate: { one: "{n} job a minute", other: "{n} jobs a minute" } as Plural,
    later: "From the day they open",
    datasets: { one: "{n} dataset", other: "{n} datasets" } as Plural,
    datasetsUnlimited: "datasets without limit",
    trainings: { one: "{n} training a month", other: "{n} trainings a month" } as Plural,
    trainingsUnlimited: "trainings without limit",
    predictions: { one: "{n} prediction a month", other: "{n} predictions a month" } as Plural,
    predictionsUnlimited: "predictions without limit",
  },
  trial: {
    text: "Then {price}. The trial holds {credits}; cancel before it ends and you pay nothing.",
    textUnlimited: "Then {price}. Cancel before the trial ends and you pay nothing.",
    start: { one: "Try {plan} free for {n} day", other: "Try {plan} free for {n} days" } as Plural,
  },
  actions: {
    signUp: "Start with {plan}",
    free: "Start for free",
    subscribe: "Choose {plan}",
    upgrade: "Upgrade to {plan}",
    downgrade: "Change to {plan}",
    yearly: "Pay {plan} yearly",
    cancel: "Go back to Free",
    current: "Your plan",
  },
  blocked: {
    no_plan: "There is no plan to change. Choose one first.",
    unpaid: "The last payment did not go through. Pay it first, then change the plan.",
    too_soon:
      "A larger plan can be changed for a smaller one a week after it was chosen. Or cancel it: it stays yours to the end of what is paid.",
    same_plan: "This is your plan already.",
    paid_year: "A year that is paid runs to its end. Cancel it, and choose a monthly plan when it is over.",
    has_plan: "You have a plan already. Change it instead of buying a second one.",
    closing: "Your unpaid plan is just being closed. In a minute you can choose again.",
    suspended: "A suspended account cannot choose a plan.",
  },
  fairUse: {
    title: "Fair use, in plain words",
    text:
      "Without limit means what one person can use: up to {jobs} at once and {rate}. Whoever asks for more is asked to wait a moment. Nothing is ever charged for it, and nobody is thrown out for using what they paid for.",
    job: { one: "{n} job", other: "{n} jobs" } as Plural,
  },
};

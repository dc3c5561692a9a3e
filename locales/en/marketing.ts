/** The landing page and the price list. */
export const marketing = {
  home: {
    title: "Kredo – an AI picture studio with books that add up",
    description:
      "Type a sentence, get a picture, and see what every credit did. Free every month, Pro for $29, packs from $9, and a failed picture costs nothing.",
  },
  hero: {
    title: "Every picture, accounted for.",
    lead:
      "Type a sentence, get a picture, and see exactly what each credit did. Ten credits are yours when you sign up, and ten more each month.",
    start: "Start with 10 free credits",
    prices: "See prices",
    note: "No card needed. A picture that fails costs nothing.",
  },
  samples: {
    label: "Contact sheet with sample pictures",
    by: "{model}, {credits}",
    chosen: "Frame {frame}",
  },
  steps: {
    title: "From sentence to picture",
    list: [
      {
        title: "Write a sentence",
        text: "Choose a model, a shape and how many pictures you want, from one to four.",
      },
      {
        title: "See the price first",
        text: "The cost stands beside the button before you press it. Those credits are set aside, not spent.",
      },
      {
        title: "Keep the picture and its entry",
        text:
          "Once the picture is stored, the credits are spent and the entry is written. If it fails or you cancel, they come back by themselves.",
      },
    ],
  },
  ledger: {
    title: "A balance you can check line by line",
    text: [
      "Your balance is the sum of its entries and nothing else. An entry is never changed or deleted; a correction is a new line with a reason.",
      "Each entry carries the fingerprint of the one before it. Change one line, and every line after it stops matching.",
    ],
    example: "Example account",
    number: "No.",
    what: "What happened",
    change: "Change",
    balance: "Balance",
    fingerprint: "Fingerprint",
    welcome: "Welcome credits",
    pictures: "{model}, {pictures}",
    topup: "Pack of {credits}, by card",
    sum: "Sum of all entries",
    failed:
      "One job failed that day. Its 2 credits were set aside, given back and never spent, so it has no line here.",
  },
  models: {
    title: "Models and their prices",
    text: "The price is per picture and the same for everyone. Which model to use is up to you, every time.",
    model: "Model",
    kind: "Makes",
    price: "Price",
    kinds: { image: "Pictures", video: "Video", text: "Text", training: "Your own model" },
    soon: "Not open yet",
  },
  plansTeaser: {
    title: "A plan, or a pack when you need one",
    text: "Start for free. Take a plan when pictures become a habit, and cancel it whenever you like.",
    from: "{price} a month",
    compare: "Compare the plans",
  },
  packs: {
    title: "Credits when you need them",
    text: "One payment, no subscription. One credit is one standard picture, and credits you buy do not expire.",
    perCredit: "{price} a credit",
    buy: "Buy {credits}",
    lowest: "{price} a credit, the lowest price",
    buys: "{pictures} with {model}",
    or: "or",
    all: "All prices in detail",
  },
  faq: {
    title: "Asked often",
    list: [
      {
        question: "What happens when a picture fails?",
        answer:
          "We try again up to twice. If it still fails, every credit set aside for it comes back, and the job says why it failed.",
      },
      {
        question: "What if I get fewer pictures than I asked for?",
        answer: "You pay for the ones that were stored. The rest of the credits come back at once.",
      },
      {
        question: "Do credits expire?",
        answer:
          "Credits you buy do not expire, and neither do the ten you start with. What a plan brings is for its month: what is left of it ends when the next one comes. Those are spent first.",
      },
      {
        question: "Who can see my pictures?",
        answer:
          "Only you. They are kept in private storage, and every request for one checks that it comes from your account.",
      },
      {
        question: "How do I pay?",
        answer:
          "By card, through Stripe. Your card number never reaches Kredo. Credits are added once Stripe confirms the payment.",
      },
    ],
  },
  closing: {
    title: "The first ten are on us",
    text: "An account takes an e-mail address and a password. Your first picture is about a minute away.",
  },
  pricing: {
    pageTitle: "Pricing – Kredo",
    description:
      "Free with 10 credits a month, Pro with 500 for $29, Enterprise without limit, and packs from $9. One price per model, and a failed picture costs nothing.",
    title: "You pay for pictures that exist.",
    lead:
      "Take a plan, or buy credits once and spend them when you like. If a picture fails, what was set aside for it comes back.",
    packsTitle: "Or pay once",
    packsText: "A pack works alone or on top of a plan. Its credits do not expire, and a plan's are spent before them.",
    buysTitle: "What the credits buy",
    buysText: "How many pictures or clips each pack makes if you spend all of it on one model.",
    notesTitle: "The small print, in normal print",
    notes: [
      {
        title: "Credits you buy do not expire.",
        text: "Not after a month, not after a year. Neither do the ten that a new account starts with.",
      },
      {
        title: "A plan's credits are for their month.",
        text: "What is left of them ends with it, and the next ones come. On Free those are ten each month.",
      },
      {
        title: "Cancel at any time.",
        text: "The plan goes on until the end of what is paid. Pictures, entries and bought credits stay after that.",
      },
      {
        title: "Change at any time.",
        text:
          "What is left of the old plan is taken off the price of the new one, and you see the sum first. A paid year runs to its end.",
      },
      {
        title: "A refund takes its credits back.",
        text:
          "When a payment goes back to you, the credits it brought go too. What of them is spent already becomes a debt, which the next credits clear.",
      },
      {
        title: "A failed renewal is no catastrophe.",
        text:
          "The plan goes on for a week while you change the card. After that the account is Free, and nothing is lost.",
      },
      {
        title: "Failed jobs cost nothing.",
        text: "So do canceled ones. The credits come back by themselves; you do not have to ask.",
      },
      { title: "You pay for what was made.", text: "Ask for four pictures and get three, and three are charged." },
      {
        title: "A declined card adds nothing and costs nothing.",
        text: "A payment that takes days to clear adds its credits on the day it clears.",
      },
      {
        title: "Prices are in US dollars.",
        text: "Tax is added where the law asks for it. Stripe takes the payment; your card number never reaches us.",
      },
    ],
  },
};

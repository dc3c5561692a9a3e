import { docsJobs } from "./docs-jobs.ts";

/** The pages that describe the API. */
export const docs = {
  nav: "Documentation",
  jobs: docsJobs,
  credits: {
    link: "Credits",
    pageTitle: "The API of credits – Kredo",
    description: "Balance, ledger, lots, statement and checkpoints over HTTP, with an example of every answer.",
    title: "The API of credits",
    lead:
      "Everything the credits page shows, for programs. Send the access token of your session with each request; only your own account ever answers.",
    token: "Authorization: Bearer <session.access_token of POST /api/auth/login>",
    example: "Example of an answer",
    balance: {
      text:
        "What you can spend, what is reserved for work in progress, and what you owe. In whole credits, as every amount here. The sum of all entries is available + held − debt, at every moment.",
    },
    ledger: {
      text:
        "Every entry, newest first. An entry is never changed or removed. ref names what it was for, and cause the rule and the price behind it, in the version that held then.",
      parameters: {
        limit: "1 to 100, 20 by default",
        cursor: "next_cursor towards older entries, previous_cursor towards newer ones",
      },
      causes: "What a cause holds, by kind",
      kinds: {
        grant: "rule, or reason",
        topup: "pack, price (pack:<id>@<version>), price_cents, currency, payment, stripe_session, livemode",
        settle: "model, price (model:<slug>@<version>), outputs, credits_per_output",
        expiry: "rule, grant (number of the lot), source, expires_at",
        refund: "payment, drawn (lots and credits taken back), owed (what became a debt)",
        dispute: "as a refund",
        adjustment: "rule, reason, adjustment, operator and checker (ids); drawn where credits were removed",
        transfer: "from or to (account), drawn on the sender's side",
      },
    },
    grants: {
      text:
        "The lots your credits are kept in: those that are spent next first, then those to come, then the others. remaining does not count what is held. expiring is what ends soonest, or null.",
      parameters: {
        state: "scheduled, active, spent or expired; all without it",
        limit: "1 to 100, 20 by default",
        cursor: "next_cursor of the page before",
      },
    },
    statement: {
      text:
        "All entries in one file, oldest first, with the proof that the newest checkpoint holds your account. It is streamed, however long it is, and can be checked offline and without us.",
      parameters: { format: "jsonl, csv or pdf" },
      verify: "Verify a statement",
    },
    checkpoints: {
      text: "The signed checkpoints over all accounts, newest first. Anybody may read them, without a token.",
      parameters: { limit: "1 to 100, 20 by default", cursor: "next_cursor of the page before" },
      link: "The same for people",
    },
    jobs: {
      text:
        "Asks for pictures and reserves their price. With expected_credits, the whole price that you or your customer saw, another price is refused and nothing is reserved; without it the price of the moment applies.",
      parameters: {
        model: "a slug of GET /api/models",
        input: "the fields of that model's input_schema",
        expected_credits: "the price that was shown; optional",
        idempotency_key: "or the header Idempotency-Key: a repeat answers with the first job",
      },
    },
  },
  billing: {
    link: "Billing",
    pageTitle: "The API of billing – Kredo",
    description: "Packs, plans, invoices and usage over HTTP, with an example of every answer.",
    title: "The API of billing",
    lead:
      "What the billing pages do, for programs. Whose plan and invoices these are comes from the token alone; nothing that a body says can change it.",
    checkout: {
      text:
        "Opens Stripe's page for a pack or a plan, and answers 201 with its address. Nothing is bought until that page is paid. Whoever has a plan changes it instead: a second one is refused with conflict.",
      parameters: {
        pack: "id of a pack, such as pack_50; or",
        plan: "pro or enterprise, together with",
        interval: "month or year",
        idempotency_key: "or the header Idempotency-Key: a repeat answers with the first page",
      },
    },
    portal: {
      text: "Opens Stripe's page where cards, address and tax ids are kept. Its address holds for a few minutes.",
    },
    subscription: {
      text:
        "What you are on. plan is in force now, whatever became of the subscription that was to pay for another one.",
      members: {
        plan: "free, pro or enterprise",
        status:
          "trialing, active, past_due, canceled, incomplete, incomplete_expired, unpaid or paused, of your newest subscription; null if you never had one",
        interval: "month or year; null on Free",
        current_period_end: "until when it is paid; on Free, the end of the month in which allowances count",
        cancel_at_period_end: "true once it was canceled and still goes on",
        cancel_at: "when it ends then; null otherwise",
        trial_ends_at: "while it is trialing; null otherwise",
        grace_ends_at: "while a payment is missing: until when the plan goes on all the same; null otherwise",
        payment_url: "where an invoice that is open can be paid; null if there is none",
      },
    },
    invoices: {
      text:
        "Invoices of your plan, newest first, in cents of their currency. subtotal − discount + taxes that are not included = total. pdf_url answers with our own PDF, in Polish with ?lang=pl.",
      parameters: {
        limit: "1 to 100, 20 by default",
        cursor: "next_cursor of the page before",
        status: "in an answer: open, paid, void or uncollectible",
        dispute: "in an answer: open, won, lost or null; disputed_cents is what it keeps back",
      },
    },
    usage: {
      text:
        "What your plan includes, and how much of it is used. limit is null where it is unlimited; resets_at is null where nothing resets by itself.",
      entitlements: {
        generations: "credits of this month's allowance",
        datasets: "kept at a time",
        trainings: "this month",
        predictions: "this month",
        concurrency: "jobs at once",
        rate: "jobs a minute",
      },
      limit:
        "Jobs beyond concurrency wait for their turn. What else goes beyond is refused with plan_limit_reached, or rate_limited for rate:",
    },
  },
};

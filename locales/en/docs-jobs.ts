/** The page about the API of jobs. */
export const docsJobs = {
  link: "Jobs",
  pageTitle: "The API of jobs – Kredo",
  description: "Ask for pictures, films and texts over HTTP, one by one or many at once, and follow them live.",
  title: "The API of jobs",
  lead:
    "Asking for something reserves its price; what is made and stored is charged, and everything else goes back by itself. A job is queued, then running, then succeeded, failed or canceled, and what has ended never changes again.",
  create: {
    text:
      "Reserves the price and puts a job in line, both or neither. With expected_credits another price than yours is refused and nothing is reserved.",
    parameters: {
      model: "a slug of GET /api/models",
      input: "the fields of that model's input_schema",
      run_at: "not before this time, at most 30 days ahead; a time that is past means now",
      expected_credits: "the whole price that was shown; optional",
      idempotency_key: "or the header Idempotency-Key: a repeat answers with the first job",
    },
  },
  read: {
    text: "One job, with its story. A failed try is repeated up to max_attempts times, and costs nothing extra.",
    parameters: {
      timeline: "what happened, oldest first; with retrying, retry_at says when the next try starts",
      reason: "why, as a code of the list below",
      result: "with late: how the provider ended what had been given up; you do not pay for it",
      waits: "what a queued job waits for: line, turn (ahead of your jobs go first) or time (until); null once it runs",
      error:
        "why it ended without a result: code, message, fault (provider, customer, ours) and whether it was refunded",
      outputs: "what was made; their addresses answer to you alone",
    },
  },
  list: {
    text: "Your jobs, newest first, without their stories.",
    parameters: {
      limit: "1 to 100, 20 by default",
      status: "queued, running, live (both), succeeded, failed or canceled",
      cursor: "next_cursor towards older jobs, previous_cursor towards newer ones",
    },
  },
  cancel: { text: "Ends a job that lives; all of its credits go back. One that has ended stays as it is." },
  events: {
    text:
      "Server-sent events: “job” with the whole job, at once and after every change. The first address follows one job and ends with it, the second all of yours; with Last-Event-ID it tells what changed meanwhile, or “resync” when that is too much: read the list then.",
  },
  batch: {
    text:
      "Up to 100 jobs of one model in one request of at most 1 MB: reserved all or none, made in the order of their inputs, ended each by itself. Answers 202. A wrong field is named as inputs[3].prompt.",
    parameters: {
      model: "one for all",
      inputs: "1 to 100, each with the fields of the model's input_schema",
      expected_credits: "the price of all of them; optional",
      idempotency_key: "or the header Idempotency-Key: a repeat answers with the first batch",
    },
  },
  progress: {
    text: "How far a batch is: how many jobs are in each status, what was charged so far, and the jobs themselves.",
    parameters: {
      counts: "jobs by status; they add up to size",
      credits_charged: "so far, for what has ended",
      ended: "true once nothing of it lives any more",
    },
  },
  cancelBatch: { text: "Cancels what lives of a batch, and answers with the batch. What has ended stays as it is." },
  failures: {
    title: "Why a job fails",
    text: "Whoever is to blame: what delivers nothing costs nothing.",
    code: "Code",
    meaning: "What it means",
    fault: "Whose fault",
    retried: "Tried again by itself",
    yes: "yes",
    no: "no",
  },
};

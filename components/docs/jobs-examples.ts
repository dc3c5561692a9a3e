/** Answers of the API as the page shows them; a test holds their shape against real ones. */
const ID = "0a6c2f4e-1c1d-4c57-9d59-6f0f7b1f2a11";
const BATCH = "5d1f7c3a-7a53-4d0c-8a34-2c1f6f7e9b20";

const asked = {
  id: ID,
  batch_id: null,
  status: "queued",
  model: "seedream-4-5",
  kind: "image",
  input: { prompt: "A lighthouse at dusk", aspect_ratio: "1:1", num_outputs: 1 },
  credits: 1,
  credits_reserved: 1,
  covered_by_plan: false,
  retry_of: null,
  retried_as: null,
  outputs: [] as unknown[],
  error: null,
  attempts: 0,
  max_attempts: 3,
  retry_at: null,
  run_at: "2026-11-26T10:00:00.000Z",
  created_at: "2026-11-26T10:00:00.000Z",
  started_at: null as string | null,
  finished_at: null as string | null,
  updated_at: "2026-11-26T10:00:00.000Z",
};

const made = {
  ...asked,
  status: "succeeded",
  attempts: 1,
  outputs: [
    {
      position: 0,
      content_type: "image/png",
      width: 1024,
      height: 1024,
      duration_ms: null,
      bytes: 812345,
      url: `/api/jobs/${ID}/outputs/0`,
      thumb_url: `/api/jobs/${ID}/outputs/0?thumb`,
    },
  ],
  started_at: "2026-11-26T10:00:00.010Z",
  finished_at: "2026-11-26T10:00:05.000Z",
  updated_at: "2026-11-26T10:00:05.000Z",
};

const line = { attempt: 1, reason: null, retry_at: null, result: null };

export const EXAMPLES = {
  create: {
    ...asked,
    timeline: [{ ...line, at: "2026-11-26T10:00:00.001Z", event: "queued", actor: "customer", attempt: null }],
    waits: { for: "line", until: null, ahead: null },
  },
  read: {
    ...made,
    timeline: [
      { ...line, at: "2026-11-26T10:00:00.001Z", event: "queued", actor: "customer", attempt: null },
      { ...line, at: "2026-11-26T10:00:00.010Z", event: "started", actor: "worker" },
      { ...line, at: "2026-11-26T10:00:00.200Z", event: "accepted", actor: "provider" },
      { ...line, at: "2026-11-26T10:00:05.000Z", event: "succeeded", actor: "provider" },
    ],
    waits: null,
  },
  list: { jobs: [made], next_cursor: null, previous_cursor: null },
  cancel: {
    ...asked,
    status: "canceled",
    credits: 0,
    error: { code: "canceled", message: "You canceled this job.", fault: null, refunded: true },
    finished_at: "2026-11-26T10:00:02.000Z",
    updated_at: "2026-11-26T10:00:02.000Z",
    timeline: [
      { ...line, at: "2026-11-26T10:00:00.001Z", event: "queued", actor: "customer", attempt: null },
      { ...line, at: "2026-11-26T10:00:02.000Z", event: "canceled", actor: "customer", attempt: null },
    ],
    waits: null,
  },
  batch: { id: BATCH, jobs: [ID, "7b8c9d0e-2f3a-4b5c-8d6e-1a2b3c4d5e6f"] },
  progress: {
    id: BATCH,
    model: "seedream-4-5",
    size: 2,
    counts: { queued: 0, running: 1, succeeded: 1, failed: 0, canceled: 0 },
    credits_reserved: 2,
    credits_charged: 1,
    jobs: [{ ...made, batch_id: BATCH }],
    ended: false,
    created_at: "2026-11-26T10:00:00.000Z",
  },
};

/** Answers of the API as the page shows them; a test holds their shape against real ones. Amounts in credits. */
export const EXAMPLES = {
  balance: { available: 57, held: 2, debt: 0 },
  ledger: {
    entries: [
      {
        seq: 7,
        kind: "settle",
        amount: -2,
        counter_account: "usage",
        balance_after: 59,
        ref: "job:3f0c8a52-6f0e-4d0b-9a57-0d6d0a1f2b11",
        cause: { model: "seedream-4-5", price: "model:seedream-4-5@1", outputs: 2, credits_per_output: 1 },
        created_at: "2026-11-21T12:04:05.123Z",
      },
    ],
    next_cursor: "WzcsIm9sZGVyIl0",
    previous_cursor: null,
  },
  grants: {
    grants: [
      {
        number: 3,
        source: "plan",
        priority: 60,
        amount: 30,
        remaining: 27,
        held: 2,
        effective_at: "2026-11-01T00:00:00.000Z",
        expires_at: "2026-12-01T00:00:00.000Z",
        state: "active",
        entry_seq: 5,
        ref: "plan:2026-11",
      },
    ],
    next_cursor: null,
    expiring: { credits: 27, at: "2026-12-01T00:00:00.000Z" },
  },
  conflict: {
    credits: 4,
    expected_credits: 2,
    type: "/docs/errors#conflict",
    title: "The current state does not allow this",
    status: 409,
    code: "conflict",
    detail: "The price is not what was expected: in credits, 4 instead of 2. Nothing was reserved.",
    request_id: "b7c0e1d2-54a1-4c1e-8f0a-2f6d7c9b1e30",
  },
};

/** Contacts of the engine with the outside, as traces name them, by the SQL function or the call that they are. */
export const CONTACTS = {
  take_turn: "the turn",
  claim_jobs: "the claim",
  beat_worker: "the beat",
  extend_lease: "the lease",
  createPrediction: "create",
  listSince: "the search",
  record_prediction: "record",
  getPrediction: "the look",
  attempt_for_prediction: "the attempt",
  fetchOutput: "fetch",
  upload: "store",
  remove: "removal",
  complete_jobs: "settle",
  fail_attempt: "fail",
  hand_back: "hand back",
  note_late: "the late note",
  cancelPrediction: "cancel",
  mark_cancel_sent: "the cancel's note",
  mark_never_created: "the search's note",
  receive_webhook: "the webhook's note",
  finish_webhook: "the webhook's end",
  retire_worker: "retirement",
} as const;

export type Contact = keyof typeof CONTACTS;

/** After `the turn` a job is claimed; after `the webhook's note` a webhook is received. Each of these must see crashes. */
export const STEPS: readonly string[] = Object.values(CONTACTS).flatMap((contact) => [
  `before ${contact}`,
  `after ${contact}`,
]);

export const contactOf = (name: string): Contact => {
  if (!(name in CONTACTS)) throw new Error(`${name} is no contact that the simulation knows.`);
  return name as Contact;
};

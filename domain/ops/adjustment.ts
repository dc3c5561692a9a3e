/** Why another operator has to decide: one's own account, the amount, or a day's worth of small ones. */
export type SecondPerson = "own_account" | "operator_account" | "amount" | "day";

/** A correction of somebody's credits by an operator. Times are ISO 8601 with microseconds. */
export interface Adjustment {
  id: string;
  user_id: string;
  /** Null once the person is erased; so are the other addresses. */
  email: string | null;
  /** Credits, signed. */
  amount: number;
  reason: string;
  /** Null when none was needed. */
  second_person: SecondPerson | null;
  requested_by: string;
  requested_by_email: string | null;
  requested_at: string;
  state: "pending" | "applied" | "rejected" | "failed";
  decided_by: string | null;
  decided_by_email: string | null;
  decided_at: string | null;
  /** What the one who decided had to say. */
  note: string;
  failure: "requester_no_operator" | null;
  /** The entry it became. */
  entry_seq: number | null;
}

import type { Sql } from "../../platform/database.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import type { BreachDetail } from "./read-books.ts";

/** Times in what comes from the database as one document are ISO 8601 text. */
export interface AccountFacts {
  user_id: string;
  available: number;
  held: number;
  debt: number;
  /** Number of the last entry, and its hash in hex. */
  seq: number;
  head_hash: string;
  updated_at: string;
  /** Null once the person is erased: the books stay. */
  profile: { email: string; display_name: string; role: string; status: string; created_at: string } | null;
  chain: ChainState;
  /** Open and scheduled ones, in the order of spending; at most a hundred. */
  lots: Lot[];
  /** Open ones, at most fifty. */
  holds: { id: string; amount: number; created_at: string; job: { status: string; model: string } | null }[];
  breaches: EntryBreach[];
}

/** The newest entries of an account, computed again a moment ago. */
export interface ChainState {
  checked: number;
  from_seq: number | null;
  to_seq: number | null;
  /** Whether that was all of them. */
  whole: boolean;
  /** How many do not follow from the one before. */
  wrong: number;
  first_wrong: number | null;
  /** Whether the last entry is the one that the account names. */
  head: boolean;
}

export interface Lot {
  number: number;
  source: string;
  priority: number;
  amount: number;
  remaining: number;
  ref: string;
  effective_at: string;
  expires_at: string | null;
  /** Null while its time has not come. */
  entry_seq: number | null;
  closed_at: string | null;
}

export interface EntryBreach {
  id: number;
  invariant: string;
  place: string;
  seq: number | null;
  detail: BreachDetail;
  first_seen_at: string;
  last_seen_at: string;
}

/** @throws {AppError} not_found */
export async function readAccount(sql: Sql, id: string): Promise<AccountFacts> {
  if (!isUuid(id)) throw new AppError("not_found");
  const [{ account }] = await sql<{ account: AccountFacts }[]>`select public.operator_account(${id}) as account`;
  return account;
}

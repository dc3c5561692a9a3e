import type postgres from "postgres";

/**
 * A call of a ledger function with all its arguments, so that the same can be asked of Postgres, of the model, and
 * again. `key` is the idempotency key; times are milliseconds since 1970.
 */
export type Request =
  | {
    call: "grant";
    user: string;
    amount: number;
    kind: string;
    counter: string;
    ref: string;
    key: string;
    priority: number;
    effectiveAt: number | null;
    expiresAt: number | null;
  }
  | { call: "reserve"; user: string; amount: number; hold: string }
  | { call: "settle"; hold: string; amount: number; ref: string }
  | { call: "settle many"; settlements: { hold: string; amount: number; ref: string }[] }
  | { call: "release"; hold: string; reason: string }
  | { call: "claw back"; user: string; amount: number; kind: string; ref: string; key: string; grantRef: string | null }
  | { call: "adjust"; user: string; amount: number; ref: string; key: string }
  | { call: "transfer"; from: string; to: string; amount: number; ref: string; key: string }
  | { call: "activate"; limit: number }
  | { call: "expire"; limit: number };

export type Call = Request["call"];
export type RequestOf<C extends Call> = Extract<Request, { call: C }>;

/** What the function returned, or the code it refused with. */
export type Answer = { answer: unknown } | { refused: string };

/** The cause every request carries: letters beyond ASCII and nesting, for the hash covers its text. */
export const CAUSE = { rule: "żółw", price: { credits: 1 } };

type Sql = postgres.ISql<{ bigint: number }>;

/** Asks Postgres. Errors that are no refusal (deadlocks, lost connections, bugs) are thrown. */
export const ask = (sql: Sql, request: Request): Promise<Answer> => answerOf(send(sql, request));

/** The answer of a query from `send`, or of the transaction around it: a refusal ends that too. */
export async function answerOf(query: PromiseLike<{ answer: unknown }[]>): Promise<Answer> {
  try {
    const [{ answer }] = await query;
    // Functions that return nothing answer with an empty text.
    return { answer: answer === "" ? null : answer };
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code !== undefined && /^KR\d{3}$/.test(code)) return { refused: code };
    throw error;
  }
}

export function send(sql: Sql, it: Request): postgres.PendingQuery<{ answer: unknown }[]> {
  const cause = sql.json(CAUSE);
  const at = (time: number | null) => time === null ? null : new Date(time);
  switch (it.call) {
    case "grant":
      return sql`
        select private.grant_credits(${it.user}, ${it.amount}, ${it.kind}, ${it.counter}, ${it.ref}, ${cause}, ${it.key},
          ${it.priority}, ${at(it.effectiveAt)}, ${at(it.expiresAt)}) as answer`;
    case "reserve":
      return sql`select private.reserve_credits(${it.user}, ${it.amount}, ${it.hold}) as answer`;
    case "settle":
      return sql`select private.settle_hold(${it.hold}, ${it.amount}, ${it.ref}, ${cause}) as answer`;
    case "settle many":
      return sql`
        select private.settle_holds(array_agg(hold), array_agg(amount), array_agg(ref), array_agg(${cause}::jsonb)) as answer
        from jsonb_to_recordset(${sql.json(it.settlements)}) as s (hold uuid, amount bigint, ref text)`;
    case "release":
      return sql`select private.release_hold(${it.hold}, ${it.reason}) as answer`;
    case "claw back":
      return sql`
        select private.claw_back_credits(${it.user}, ${it.amount}, ${it.kind}, ${it.ref}, ${cause}, ${it.key},
          ${it.grantRef}) as answer`;
    case "adjust":
      return sql`select private.adjust_credits(${it.user}, ${it.amount}, ${it.ref}, ${cause}, ${it.key}) as answer`;
    case "transfer":
      return sql`
        select private.transfer_credits(${it.from}, ${it.to}, ${it.amount}, ${it.ref}, ${cause}, ${it.key}) as answer`;
    case "activate":
      return sql`select private.activate_grants(${it.limit}) as answer`;
    case "expire":
      return sql`select private.expire_grants(${it.limit}) as answer`;
  }
}

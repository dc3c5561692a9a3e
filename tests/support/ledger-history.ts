import assert from "node:assert/strict";
import fc from "fast-check";
import { openPool, type TestDatabase } from "./database.ts";
import { type Books, booksInDatabase, booksInModel, HOUR, passTime } from "./ledger-books.ts";
import { LedgerModel } from "./ledger-model.ts";
import { type Answer, ask } from "./ledger-requests.ts";
import { brokenRules } from "./ledger-rules.ts";
import { history, PEOPLE, Requests, type Step } from "./ledger-steps.ts";

/** How often something was done or met. */
export class Tally {
  readonly counts = new Map<string, number>();
  readonly add = (what: string) => void this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

export interface Report {
  seed: number;
  /** Requests sent, and hours passed, by kind. */
  operations: Tally;
  /** Rules met, as the model calls them. */
  outcomes: Tally;
}

/** How long a history that fails is made shorter. Milliseconds; all runs of a seed take a tenth of it. */
const SHRINKING = 30_000;

/** Histories that reach less than this prove less than they say. */
const OUTCOMES = [
  "activate: into debt",
  "activate: on time",
  "adjust: down",
  "adjust: refused KR001",
  "adjust: refused KR002",
  "adjust: refused KR003",
  "adjust: refused KR004",
  "adjust: repeated",
  "adjust: up",
  "claw back: beyond its lot",
  "claw back: debt",
  "claw back: debt, held credits stay",
  "claw back: its lot",
  "claw back: refused KR002",
  "claw back: refused KR003",
  "claw back: refused KR004",
  "claw back: repeated",
  "debt paid, the rest is theirs",
  "debt takes all that comes",
  "entered before, under another key",
  "ended before other credits were taken",
  "expire: no more than its share",
  "expire: on time",
  "grant: for ever",
  "grant: refused KR002",
  "grant: refused KR003",
  "grant: refused KR004",
  "grant: repeated",
  "grant: scheduled",
  "grant: with an end",
  "release: everything",
  "release: refused KR008",
  "release: repeated",
  "reserve: one lot",
  "reserve: passes over what has ended",
  "reserve: refused KR001",
  "reserve: refused KR002",
  "reserve: refused KR004",
  "reserve: refused KR006",
  "reserve: repeated",
  "reserve: several lots",
  "returned credits pay the debt",
  "returned to a lot that has ended",
  "returned to its lot",
  "settle many: refused KR002",
  "settle many: refused KR008",
  "settle many: several",
  "settle: fully",
  "settle: partly",
  "settle: refused KR002",
  "settle: refused KR008",
  "settle: repeated",
  "transfer: one lot",
  "transfer: refused KR001",
  "transfer: refused KR002",
  "transfer: refused KR003",
  "transfer: refused KR004",
  "transfer: refused KR006",
  "transfer: repeated",
  "transfer: several lots",
];

export const notReached = ({ outcomes }: Report) => OUTCOMES.filter((outcome) => !outcomes.counts.has(outcome));

/**
 * Random histories, each step done by the model and by Postgres and compared, until that many operations were done (up
 * to three times as many, if an outcome was not reached by then). Throws with the seed and the shortest history that
 * fails. The same seed does the same again.
 */
export async function compareHistories(
  db: TestDatabase,
  options: { seed: number; operations: number; progress?: (report: Report) => void },
): Promise<Report> {
  const report: Report = { seed: options.seed, operations: new Tally(), outcomes: new Tally() };
  // As the owner, who is no superuser: under this name every function of the ledger runs.
  const sql = openPool(db.url, { max: 1 });
  try {
    const enough = (operations: number) => report.operations.total >= operations;
    for (
      let seed = options.seed;
      !enough(options.operations) || (notReached(report).length > 0 && !enough(3 * options.operations));
      seed++
    ) {
      await fc.assert(
        fc.asyncProperty(history, (steps) => compareHistory(db, sql, steps, report)),
        { seed, numRuns: 20, interruptAfterTimeLimit: SHRINKING },
      );
      options.progress?.(report);
    }
  } finally {
    await sql.end();
  }
  return report;
}

async function compareHistory(
  db: TestDatabase,
  sql: TestDatabase["sql"],
  steps: Step[],
  report: Report,
): Promise<void> {
  // In the order of their ids, for sweeps go by them.
  const users = (await Promise.all(Array.from({ length: PEOPLE }, () => db.createUser()))).sort();
  // What earlier histories left to be swept is not this one's.
  await sql`select private.activate_grants(100000)`;
  await sql`select private.expire_grants(100000)`;

  const model = new LedgerModel(Date.now(), report.outcomes.add);
  for (const user of users) model.openAccount(user);
  const requests = new Requests(model, users);
  const log: string[] = [];
  let since = users.map(() => 0);

  const compare = (found: Books, answers: Partial<Record<"found" | "expected", Answer>> = {}) => {
    const names = [
      ...users.map((user, at) => [user, "ABC"[at]]),
      ...requests.holds.map((hold, at) => [hold, `hold ${at}`]),
    ];
    const story = () => names.reduce((text, [id, name]) => text.replaceAll(id, name), `\n${log.join("\n")}`);
    assert.deepEqual(answers.found, answers.expected, `another answer after${story()}`);
    try {
      assert.deepEqual(found, booksInModel(model, users, since));
    } catch (error) {
      throw new Error(`other books after${story()}\n${(error as Error).message}`);
    }
    since = users.map((user) => model.accounts.get(user)!.entries.length);
  };
  const books = () => booksInDatabase(sql, users, model.now, since);

  compare(await books());
  for (const step of steps) {
    if (step.do === "let time pass") {
      log.push(`${step.hours} hours pass`);
      report.operations.add("let time pass");
      model.passTime(step.hours * HOUR);
      await passTime(db.sql, users, step.hours);
      compare(await books());
      continue;
    }
    const request = requests.next(step);
    if (!request) continue;
    report.operations.add(step.do === "repeat" ? "repeat" : request.call);
    // Both at once on one connection: Postgres does them in turn, and the network is crossed once.
    const [found, after] = await Promise.all([ask(sql, request), books()]);
    const expected = model.perform(request);
    log.push(`${JSON.stringify(request)} → ${JSON.stringify(expected)}`);
    compare(after, { found, expected });
  }
  assert.deepEqual(await brokenRules(sql, users), []);
}

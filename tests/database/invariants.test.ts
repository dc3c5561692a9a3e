import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import {
  adjust,
  type Breach,
  buy,
  cancel,
  checkBooks,
  claim,
  enqueue,
  fail,
  generate,
  openCheckout,
  refund,
  tamper,
  transfer,
} from "../support/trade.ts";

const LEDGER = ["credit_accounts", "credit_entries", "credit_grants", "credit_holds"];

let db: TestDatabase;
/** Somebody whose books are damaged: entries 1 signup, 2 top-up, 3–5 charges, 6 refund, 7 adjustment, 8 transfer, 9 charge. */
let user: string;
let other: string;
/** Purchase and the job of entry 4 (of three pictures, two were delivered), and a job that is still queued. */
let checkout: string;
let job: string;
let liveJob: string;

before(async () => {
  db = await freshDatabase();
  user = await db.createUser();
  other = await db.createUser();
  checkout = await buy(db, user);
  await generate(db, user);
  job = await generate(db, user, 3, 2);
  await generate(db, user, 4);
  await refund(db, user, checkout, 20);
  await adjust(db, user, 5);
  await transfer(db, user, other, 7);
  await generate(db, user, 2);
  await generate(db, other);
  // One job that failed and one that was canceled leave no entry; the last is under way.
  const failing = await enqueue(db, user);
  await fail(db, (await claim(db, 10)).find((attempt) => attempt.job_id === failing)!);
  await cancel(db, user, await enqueue(db, user, 2));
  liveJob = await enqueue(db, user, 3);
  await db.sql.unsafe(`
    create schema kept;
    ${LEDGER.map((table) => `create table kept.${table} as table public.${table};`).join("\n")}`);
});
after(() => db.close());

/** What a superuser who repairs the books does: the rows as they were. */
const repair = () =>
  tamper(db, async (sql) => {
    for (const table of LEDGER) {
      await sql.unsafe(`delete from public.${table}; insert into public.${table} select * from kept.${table}`);
    }
  });

/** Plants damage, hears what the runs find, repairs it, and holds that the breaches are resolved. */
async function found(damage: (sql: Sql) => Promise<unknown>, mend?: (sql: Sql) => Promise<unknown>): Promise<Breach[]> {
  assert.deepEqual(await checkBooks(db), []);
  await tamper(db, damage);
  const breaches = await checkBooks(db);
  await (mend ? tamper(db, mend) : repair());
  assert.deepEqual(await checkBooks(db), [], "the repair resolves what was found");
  return breaches;
}

type Expected = [invariant: string, seq: number | null, ...wrong: string[]];

/** Exactly these breaches, each naming the account; the sum of all accounts names none. */
function accuse(breaches: Breach[], ...expected: Expected[]): void {
  const whose = (invariant: string) => invariant === "trial_balance" ? null : user;
  const sorted = (list: unknown[][]) => list.map((item) => JSON.stringify(item)).sort();
  assert.deepEqual(
    sorted(breaches.map(({ invariant, user_id, seq, detail }) => [invariant, user_id, seq, ...detail.wrong])),
    sorted(expected.map(([invariant, ...rest]) => [invariant, whose(invariant), ...rest])),
  );
}

const OUT_OF_BALANCE: Expected = ["trial_balance", null, "not_zero"];

/** The hash of an entry as its neighbour before it and its own columns make it. */
const rehash = (sql: Sql, seq: number) =>
  sql`
    update public.credit_entries e set hash = private.entry_hash(p.hash, e.user_id, e.seq, e.kind, e.amount,
      e.counter_account, e.balance_after, e.ref, e.cause, e.created_at)
    from public.credit_entries p
    where e.user_id = ${user} and e.seq = ${seq} and p.user_id = e.user_id and p.seq = e.seq - 1`;

/** An entry nobody made, whose hash is right. */
const forge = async (sql: Sql, seq: number, amount: number) => {
  await sql`
    insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
    select user_id, ${seq}, 'adjustment', ${amount}, 'adjustment', balance_after + ${amount}, 'adjustment:forged', '{}',
      created_at, hash from public.credit_entries where user_id = ${user} and seq = ${seq - 1}`;
  await rehash(sql, seq);
};

describe("books that nobody touched", () => {
  it("break no invariant, whatever happened to them", async () => {
    const kinds = await db.sql`
      select string_agg(concat(kind, ' ', amount), ', ' order by seq) as story from public.credit_entries where user_id = ${user}`;
    assert.equal(
      kinds[0].story,
      "grant 10, topup 50, settle -1, settle -2, settle -4, refund -20, adjustment 5, transfer -7, settle -2",
    );
    assert.deepEqual(await checkBooks(db), []);
    const [{ total }] = await db.sql`select sum(amount)::bigint as total from private.credit_trial_balance`;
    assert.equal(total, 0);
  });
});

describe("tampering with an entry is found:", () => {
  const entry = (sql: Sql, change: string, seq: number) =>
    sql.unsafe(`update public.credit_entries set ${change} where user_id = '${user}' and seq = ${seq}`);

  it("a changed amount", async () => {
    accuse(
      await found((sql) => entry(sql, "amount = amount + 1", 7)),
      ["chain", 7, "balance", "hash"],
      ["lots", 7, "lot_amount"],
      OUT_OF_BALANCE,
    );
  });

  it("a charge that was made smaller", async () => {
    accuse(
      await found((sql) => entry(sql, "amount = -1", 4)),
      ["chain", 4, "balance", "hash"],
      ["settlements", 4, "amount_differs"],
      OUT_OF_BALANCE,
    );
  });

  for (
    const change of [
      `cause = cause || '{"reason": "another"}'`,
      "ref = 'adjustment:another'",
      "created_at = created_at - interval '1 microsecond'",
    ]
  ) {
    it(`${change}`, async () => {
      accuse(await found((sql) => entry(sql, change, 7)), ["chain", 7, "hash"]);
    });
  }

  it("one deleted in the middle", async () => {
    accuse(
      await found((sql) => sql`delete from public.credit_entries where user_id = ${user} and seq = 7`),
      ["chain", 8, "seq", "balance", "hash"],
      ["lots", 7, "lot_amount"],
      OUT_OF_BALANCE,
    );
  });

  it("the last one deleted", async () => {
    accuse(
      await found((sql) => sql`delete from public.credit_entries where user_id = ${user} and seq = 9`),
      ["balance", 9, "seq", "head_hash", "balance"],
      ["settlements", null, "settled_without_entry"],
      OUT_OF_BALANCE,
    );
  });

  it("all of an account deleted", async () => {
    accuse(
      await found((sql) => sql`delete from public.credit_entries where user_id = ${user}`),
      ["balance", 9, "seq", "head_hash", "balance"],
      ["lots", 1, "lot_amount"],
      ["payments", null, "paid_without_topup"],
      ...Array<Expected>(4).fill(["settlements", null, "settled_without_entry"]),
      OUT_OF_BALANCE,
    );
  });

  it("one appended behind the account's back", async () => {
    accuse(
      await found((sql) => forge(sql, 10, 3)),
      ["balance", 10, "seq", "head_hash", "balance"],
      OUT_OF_BALANCE,
    );
  });

  it("one slipped in between, with all after it renumbered", async () => {
    accuse(
      await found(async (sql) => {
        await sql`update public.credit_entries set seq = seq + 100 where user_id = ${user} and seq >= 8`;
        await sql`update public.credit_entries set seq = seq - 99 where user_id = ${user} and seq >= 100`;
        await forge(sql, 8, 3);
      }),
      ["chain", 9, "balance", "hash"],
      ["chain", 10, "hash"],
      ["balance", 10, "seq"],
      OUT_OF_BALANCE,
    );
  });

  it("two swapped", async () => {
    accuse(
      await found(async (sql) => {
        await sql`update public.credit_entries set seq = seq + 100 where user_id = ${user} and seq in (3, 4)`;
        await sql`update public.credit_entries set seq = case seq when 103 then 4 else 3 end where user_id = ${user} and seq > 100`;
      }),
      ["chain", 3, "balance", "hash"],
      ["chain", 4, "balance", "hash"],
      ["chain", 5, "balance", "hash"],
    );
  });

  it("one changed and its hash computed anew: the next one does not fit any more", async () => {
    accuse(
      await found(async (sql) => {
        await entry(sql, "amount = amount + 1, balance_after = balance_after + 1", 7);
        await rehash(sql, 7);
      }),
      ["chain", 8, "balance", "hash"],
      ["lots", 7, "lot_amount"],
      OUT_OF_BALANCE,
    );
  });

  it("the last one changed and its hash computed anew: the account's head does not fit any more", async () => {
    accuse(
      await found(async (sql) => {
        await entry(sql, "amount = -1, balance_after = balance_after + 1", 9);
        await rehash(sql, 9);
      }),
      ["balance", 9, "head_hash", "balance"],
      ["settlements", 9, "amount_differs"],
      OUT_OF_BALANCE,
    );
  });
});

describe("tampering with a balance is found:", () => {
  it("credits from nowhere", async () => {
    accuse(
      await found((sql) => sql`update public.credit_accounts set available = available + 1 where user_id = ${user}`),
      ["balance", 9, "balance"],
      ["lots", 9, "remaining"],
      OUT_OF_BALANCE,
    );
  });

  it("credits moved from reserved to spendable, which leaves every sum as it was", async () => {
    accuse(
      await found((sql) =>
        sql`update public.credit_accounts set available = available + 1, held = held - 1 where user_id = ${user}`
      ),
      ["holds", 9, "held"],
      ["lots", 9, "remaining"],
    );
  });

  it("somebody who owns and owes", async () => {
    accuse(
      await found(async (sql) => {
        await sql`alter table public.credit_accounts drop constraint credit_accounts_owes_or_owns`;
        await sql`update public.credit_accounts set available = available + 4, debt = 4 where user_id = ${user}`;
        await sql`update public.credit_grants set remaining = remaining + 4, amount = amount + 4 where user_id = ${user} and number = 2`;
      }, async (sql) => {
        for (const table of LEDGER) {
          await sql.unsafe(`delete from public.${table}; insert into public.${table} select * from kept.${table}`);
        }
        await sql`alter table public.credit_accounts add constraint credit_accounts_owes_or_owns check (debt = 0 or available = 0)`;
      }),
      ["lots", 2, "owns_and_owes", "lot_amount"],
    );
  });

  it("an account that is gone while its entries are there", async () => {
    const breaches = await found((sql) => sql`delete from public.credit_accounts where user_id = ${user}`);
    accuse(
      breaches,
      ["chain", 1, "account"],
      ...Array<Expected>(7).fill(["settlements", null, "no_account"]),
      OUT_OF_BALANCE,
    );
  });
});

describe("tampering with a lot is found:", () => {
  it("what remains in it", async () => {
    accuse(
      await found((sql) =>
        sql`update public.credit_grants set remaining = remaining - 1 where user_id = ${user} and number = 2`
      ),
      ["lots", 9, "remaining"],
    );
  });

  it("what it was", async () => {
    accuse(
      await found((sql) =>
        sql`update public.credit_grants set amount = amount + 1 where user_id = ${user} and number = 2`
      ),
      ["lots", 2, "lot_amount"],
    );
  });

  it("where it came from", async () => {
    accuse(
      await found((sql) =>
        sql`update public.credit_grants set source = 'promo' where user_id = ${user} and number = 2`
      ),
      ["lots", 2, "lot_amount"],
    );
  });

  it("what a reservation drew from it", async () => {
    accuse(
      await found((sql) => sql`update public.credit_holds set grant_amounts[1] = 1 where id = ${liveJob}`),
      ["lots", 9, "hold_draws"],
    );
  });
});

describe("tampering with a reservation is found:", () => {
  const takeOutOfLine = (sql: Sql) => sql`delete from private.job_line where job_id = ${liveJob}`;
  const putBackIntoLine = (sql: Sql) =>
    sql`
      insert into private.job_line (job_id, user_id, model, priority, place, run_at)
      select id, user_id, model, priority, 1, run_at from public.jobs where id = ${liveJob}`;

  it("one whose job stands in no line, where it would wait for ever", async () => {
    accuse(await found(takeOutOfLine, putBackIntoLine), ["holds", 9, "job_without_place"]);
  });

  const jobStatus = (sql: Sql, status: string) =>
    sql`
      update public.jobs set status = ${status}, finished_at = case ${status} when 'canceled' then now() end,
        credits_charged = case ${status} when 'canceled' then 0 end where id = ${liveJob}`;

  it("one released while its job goes on, and nothing given back", async () => {
    accuse(
      await found((sql) =>
        sql`update public.credit_holds set state = 'released', resolved_at = now() where id = ${liveJob}`
      ),
      ["holds", 9, "held", "job_without_hold"],
    );
  });

  it("one whose job has ended", async () => {
    accuse(
      await found((sql) => jobStatus(sql, "canceled"), (sql) => jobStatus(sql, "queued")),
      ["holds", 9, "hold_without_job"],
    );
  });

  it("one marked as settled without an entry, with all balances made to fit", async () => {
    accuse(
      await found(async (sql) => {
        await sql`update public.credit_holds set state = 'settled', settled_amount = 3, resolved_at = now() where id = ${liveJob}`;
        await sql`update public.credit_accounts set held = held - 3, available = available + 3 where user_id = ${user}`;
        await sql`update public.credit_grants set remaining = remaining + 3 where user_id = ${user} and number = 2`;
        await jobStatus(sql, "canceled");
        await takeOutOfLine(sql);
      }, async (sql) => {
        await jobStatus(sql, "queued");
        await putBackIntoLine(sql);
        for (const table of LEDGER) {
          await sql.unsafe(`delete from public.${table}; insert into public.${table} select * from kept.${table}`);
        }
      }),
      ["settlements", null, "settled_without_entry"],
    );
  });

  it("one settled for another amount than was charged", async () => {
    accuse(
      await found((sql) => sql`update public.credit_holds set settled_amount = 1 where id = ${job}`),
      ["settlements", 4, "amount_differs"],
    );
  });

  it("a charge above what was reserved", async () => {
    const rule = "check (settled_amount between 0 and amount)";
    accuse(
      await found(async (sql) => {
        await sql`alter table public.credit_holds drop constraint credit_holds_once`;
        await sql`update public.credit_holds set amount = 1 where id = ${job}`;
      }, async (sql) => {
        await sql`update public.credit_holds set amount = 3 where id = ${job}`;
        await sql.unsafe(`alter table public.credit_holds add constraint credit_holds_once ${rule}`);
      }),
      ["settlements", 4, "above_reserved"],
    );
  });

  it("a charge for which nothing was reserved, or by somebody else", async () => {
    accuse(
      await found((sql) => sql`delete from public.credit_holds where id = ${job}`),
      ["settlements", 4, "no_reservation"],
    );
    accuse(
      await found((sql) => sql`update public.credit_holds set user_id = ${other} where id = ${job}`)
        .then((breaches) => breaches.filter((breach) => breach.user_id !== other)),
      ["settlements", 4, "reservation_of_another"],
    );
  });

  for (const [how, again] of [["", false], [", when the second one settled it anew", true]] as const) {
    it(`one charged twice, with all balances made to fit${how}`, async () => {
      accuse(
        await found(async (sql) => {
          await sql`
            select private.append_entry(${user}, 'settle', 'usage', ${`job:${job}`}, '{}', -2, 0, 0)`;
          await sql`update public.credit_grants set remaining = remaining - 2 where user_id = ${user} and number = 2`;
          if (again) await sql`update public.credit_holds set resolved_at = now() where id = ${job}`;
        }),
        ["settlements", again ? 4 : 10, "charged_twice"],
      );
    });
  }
});

describe("tampering with a payment is found:", () => {
  const purchase = (sql: Sql, change: string) =>
    sql.unsafe(`update public.checkout_sessions set ${change} where id = '${checkout}'`);

  it("one marked as paid that was never credited", async () => {
    const { id } = await openCheckout(db, user);
    accuse(
      await found(
        (sql) => sql`update public.checkout_sessions set status = 'paid', credited_at = now() where id = ${id}`,
        (sql) => sql`update public.checkout_sessions set status = 'open', credited_at = null where id = ${id}`,
      ),
      ["payments", null, "paid_without_topup"],
    );
  });

  it("credits for one that was not paid", async () => {
    accuse(
      await found(
        (sql) => purchase(sql, "status = 'expired', credited_at = null"),
        (sql) => purchase(sql, "status = 'paid', credited_at = now()"),
      ),
      ["payments", 2, "topup_without_payment"],
    );
  });

  it("other credits than were paid for", async () => {
    accuse(
      await found((sql) => purchase(sql, "credits = 10"), (sql) => purchase(sql, "credits = 50")),
      ["payments", 2, "credits_differ"],
    );
  });
});

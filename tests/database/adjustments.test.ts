import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, entriesOf, refusal } from "../support/ledger.ts";
import { createOperator, decideAdjustment, REASON, requestAdjustment } from "../support/operators.ts";

interface Row {
  state: string;
  second_person: string | null;
  requested_by: string;
  decided_by: string | null;
  note: string;
  failure: string | null;
  entry_seq: number | null;
}

interface Audited {
  actor: string | null;
  login: string;
  action: string;
  detail: Record<string, unknown>;
}

describe("adjustments", () => {
  let db: TestDatabase;
  let maker: string;
  let checker: string;
  before(async () => {
    db = await freshDatabase({ max: 25 });
    [maker, checker] = [await createOperator(db), await createOperator(db)];
  });
  after(() => db.close());

  const rowOf = async (id: string) => {
    const [row] = await db.sql<Row[]>`
      select state, second_person, requested_by, decided_by, note, failure, entry_seq
      from private.credit_adjustments where id = ${id}`;
    return { ...row };
  };
  const auditOf = (id: string) =>
    db.sql<Audited[]>`
      select actor, login, action, detail from private.audit_log where subject = ${`adjustment:${id}`} order by id`;
  const causeOf = async (user: string, seq: number | null) => {
    const [{ cause }] = await db.sql<{ cause: Record<string, unknown> }[]>`
      select cause from public.credit_entries where user_id = ${user} and seq = ${seq}`;
    return cause;
  };
  const problem = (query: Promise<unknown>) =>
    query.then(
      () => assert.fail("The query went through."),
      (error: { code: string; detail: string }) => [error.code, JSON.parse(error.detail)],
    );
  /** Somebody with an adjustment that waits for the checker. */
  const waiting = async (amount = 500) => {
    const user = await db.createUser();
    const { adjustment_id: id } = await requestAdjustment(db, maker, { user, amount });
    return { user, id };
  };

  describe("asked for by an operator", () => {
    it("happen at once up to the setting, with reason and operator as the entry's cause", async () => {
      const user = await db.createUser();
      const { adjustment_id: id, state, entry_seq } = await requestAdjustment(db, maker, { user, amount: 100 });
      assert.deepEqual([state, entry_seq], ["applied", 2]);
      assert.deepEqual(await balanceOf(db, user), { available: 110, held: 0, debt: 0 });
      const [, entry] = await entriesOf(db, user);
      assert.deepEqual(
        [entry.kind, entry.amount, entry.counter_account, entry.ref],
        ["adjustment", 100, "adjustment", `adjustment:${id}`],
      );
      assert.deepEqual(await causeOf(user, 2), {
        rule: "correction by an operator",
        reason: REASON,
        adjustment: id,
        operator: maker,
      });
      assert.deepEqual(await rowOf(id), {
        state: "applied",
        second_person: null,
        requested_by: maker,
        decided_by: maker,
        note: "",
        failure: null,
        entry_seq: 2,
      });
    });

    it("wait above the setting, in both directions, and change nothing while they wait", async () => {
      const user = await db.createUser();
      for (const amount of [101, -101]) {
        const { adjustment_id: id, state, entry_seq } = await requestAdjustment(db, maker, { user, amount });
        assert.deepEqual([state, entry_seq], ["pending", null]);
        assert.equal((await rowOf(id)).second_person, "amount");
      }
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
    });

    it("follow the setting when it is changed", async () => {
      const user = await db.createUser();
      const limit = (credits: number) =>
        db.sql`update private.settings set value = ${credits}::bigint::text::jsonb where key = 'adjustment_checker_above_credits'`;
      await limit(5);
      try {
        assert.equal((await requestAdjustment(db, maker, { user, amount: 5 })).state, "applied");
        assert.equal((await requestAdjustment(db, maker, { user, amount: 6 })).state, "pending");
      } finally {
        await limit(100);
      }
    });

    it("wait on the operator's own account, however small", async () => {
      const { adjustment_id: id, state } = await requestAdjustment(db, maker, { user: maker, amount: 1 });
      assert.equal(state, "pending");
      assert.equal((await rowOf(id)).second_person, "own_account");
      assert.equal(await refusal(decideAdjustment(db, maker, id, true)), "KR008");
      assert.equal((await decideAdjustment(db, checker, id, true)).state, "applied");
      assert.equal((await balanceOf(db, maker)).available, 11);
    });

    it("wait on any operator's account, or two could pay each other", async () => {
      const { adjustment_id: id, state } = await requestAdjustment(db, maker, { user: checker, amount: 1 });
      assert.equal(state, "pending");
      assert.equal((await rowOf(id)).second_person, "operator_account");
      assert.equal(await refusal(decideAdjustment(db, checker, id, true)), "KR008");
      assert.equal((await decideAdjustment(db, await createOperator(db), id, true)).state, "applied");
    });

    it("wait once small ones add up to a day's worth, also when many come at the same moment", async () => {
      const busy = await createOperator(db);
      const user = await db.createUser();
      const asked = await Promise.all(
        Array.from({ length: 20 }, () => requestAdjustment(db, busy, { user, amount: 100 })),
      );
      assert.equal(asked.filter(({ state }) => state === "applied").length, 10);
      assert.equal((await balanceOf(db, user)).available, 1010);
      const pending = asked.find(({ state }) => state === "pending");
      assert.equal((await rowOf(pending!.adjustment_id)).second_person, "day");

      // What another one decided does not use up the day, and neither does yesterday.
      await decideAdjustment(db, checker, pending!.adjustment_id, true);
      assert.equal((await requestAdjustment(db, checker, { user, amount: 100 })).state, "applied");
      await db.sql.begin(async (sql) => {
        await sql`alter table private.credit_adjustments disable trigger user`;
        await sql`update private.credit_adjustments set requested_at = requested_at - interval '25 hours' where requested_by = ${busy}`;
        await sql`alter table private.credit_adjustments enable trigger user`;
      });
      assert.equal((await requestAdjustment(db, busy, { user, amount: 100 })).state, "applied");
    });

    it("say every field that is wrong, and leave nothing behind", async () => {
      const ask = (user: string, amount: number, reason: string) =>
        problem(requestAdjustment(db, maker, { user, amount, reason, key: "wrong" }));
      const [code, fields] = await ask(randomUUID(), 0, "too short");
      assert.deepEqual([code, Object.keys(fields)], ["KR004", ["user", "amount", "reason"]]);
      const user = await db.createUser();
      assert.deepEqual(Object.keys((await ask(user, 1_000_000_001, " ".repeat(20)))[1]), ["amount", "reason"]);
      assert.deepEqual(Object.keys((await ask(user, 1, "x".repeat(501)))[1]), ["reason"]);
      for (
        const unseen of [
          "\u00a0".repeat(12),
          "\u200b".repeat(12),
          "A reason \u202ethat reads backwards",
          "A bell \u0007 rings here",
        ]
      ) {
        assert.deepEqual(Object.keys((await ask(user, 1, unseen))[1]), ["reason"], JSON.stringify(unseen));
      }
      // The key of what was refused is free again.
      assert.equal((await requestAdjustment(db, maker, { user, amount: 1, key: "wrong" })).replayed, false);
    });

    it("remove what is available and never more", async () => {
      const user = await db.createUser();
      assert.equal((await requestAdjustment(db, maker, { user, amount: -4 })).state, "applied");
      assert.deepEqual(await problem(requestAdjustment(db, maker, { user, amount: -7 })), [
        "KR001",
        { required: 7, available: 6, missing: 1 },
      ]);
      assert.deepEqual(await balanceOf(db, user), { available: 6, held: 0, debt: 0 });
      const [{ count }] = await db.sql`select count(*) from private.credit_adjustments where user_id = ${user}`;
      assert.equal(count, 1);
    });

    it("pay a debt first", async () => {
      const user = await db.createUser();
      await db.asService((sql) =>
        sql`select private.claw_back_credits(${user}, 14, 'refund', 'refund:d', '{}', ${`refund:${user}`})`
      );
      await requestAdjustment(db, maker, { user, amount: 5 });
      assert.deepEqual(await balanceOf(db, user), { available: 1, held: 0, debt: 0 });
    });
  });

  describe("under one key", () => {
    it("have one effect and one answer, however many calls come at once", async () => {
      const user = await db.createUser();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => requestAdjustment(db, maker, { user, amount: 3, key: `storm:${user}` })),
      );
      assert.equal(new Set(answers.map(({ adjustment_id }) => adjustment_id)).size, 1);
      assert.deepEqual(new Set(answers.map(({ state, entry_seq }) => `${state} ${entry_seq}`)), new Set(["applied 2"]));
      assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
      assert.equal((await balanceOf(db, user)).available, 13);
      assert.equal((await auditOf(answers[0].adjustment_id)).length, 1);
    });

    it("are refused when the request is another one", async () => {
      const user = await db.createUser();
      const ask = (hash: string) => requestAdjustment(db, maker, { user, amount: 1, key: "twice", hash });
      await ask("a");
      assert.equal(await refusal(ask("b")), "KR002");
      // Keys belong to the operator: another one's is another key.
      assert.equal(
        (await requestAdjustment(db, checker, { user, amount: 1, key: "twice", hash: "b" })).replayed,
        false,
      );
    });

    it("are answered as they stand now", async () => {
      const user = await db.createUser();
      const ask = () => requestAdjustment(db, maker, { user, amount: 300, key: `later:${user}` });
      const { adjustment_id: id } = await ask();
      await decideAdjustment(db, checker, id, true);
      assert.deepEqual({ ...await ask() }, { adjustment_id: id, state: "applied", entry_seq: 2, replayed: true });
    });
  });

  describe("that wait", () => {
    it("are applied when another operator approves, who is named in the cause", async () => {
      const { user, id } = await waiting();
      assert.deepEqual({ ...await decideAdjustment(db, checker, id, true, "Seen the invoice") }, {
        state: "applied",
        entry_seq: 2,
      });
      assert.equal((await balanceOf(db, user)).available, 510);
      assert.deepEqual(await causeOf(user, 2), {
        rule: "correction by an operator, approved by another",
        reason: REASON,
        adjustment: id,
        operator: maker,
        checker,
      });
      const { decided_by, note } = await rowOf(id);
      assert.deepEqual([decided_by, note], [checker, "Seen the invoice"]);
    });

    it("are rejected with a reason, and change nothing", async () => {
      const { user, id } = await waiting();
      assert.deepEqual(await problem(decideAdjustment(db, checker, id, false, "  ")), [
        "KR004",
        { note: "Say why it is rejected." },
      ]);
      assert.deepEqual({ ...await decideAdjustment(db, checker, id, false, "No outage then") }, {
        state: "rejected",
        entry_seq: null,
      });
      assert.equal((await balanceOf(db, user)).available, 10);
      assert.equal((await rowOf(id)).note, "No outage then");
    });

    it("cannot be decided by who asked: not by the function, and not by the table", async () => {
      const { id } = await waiting();
      for (const approve of [true, false]) {
        assert.equal(await refusal(decideAdjustment(db, maker, id, approve)), "KR008");
      }
      const forged = db.sql`
        update private.credit_adjustments set state = 'rejected', decided_by = ${maker}, decided_at = now() where id = ${id}`;
      assert.match(String(await forged.catch((error) => error.constraint_name)), /maker_is_not_checker/);
      assert.equal((await rowOf(id)).state, "pending");
    });

    it("cannot be decided by whose account it is either", async () => {
      const { adjustment_id: id } = await requestAdjustment(db, maker, { user: checker, amount: 500 });
      assert.equal(await refusal(decideAdjustment(db, checker, id, true)), "KR008");
      const forged = db.sql`
        update private.credit_adjustments set state = 'rejected', decided_by = ${checker}, decided_at = now() where id = ${id}`;
      assert.match(String(await forged.catch((error) => error.constraint_name)), /maker_is_not_checker/);
    });

    it("are never written as small ones by somebody for themselves", async () => {
      const forged = db.sql`
        insert into private.credit_adjustments (id, user_id, amount, reason, requested_by, state, decided_by, decided_at, entry_seq)
        values (${randomUUID()}, ${maker}, 5, ${REASON}, ${maker}, 'applied', ${maker}, now(), 1)`;
      assert.match(String(await forged.catch((error) => error.constraint_name)), /second_for_oneself/);
    });

    it("stay pending when there is less than they would remove", async () => {
      const { user, id } = await waiting(-400);
      assert.deepEqual(await problem(decideAdjustment(db, checker, id, true)), [
        "KR001",
        { required: 400, available: 10, missing: 390 },
      ]);
      assert.deepEqual([(await rowOf(id)).state, (await auditOf(id)).length], ["pending", 1]);
      await db.asService((sql) =>
        sql`select private.grant_credits(${user}, 400, 'grant', 'promo', 'gift:x', '{}', ${`gift:${user}`})`
      );
      assert.equal((await decideAdjustment(db, checker, id, true)).state, "applied");
      assert.equal((await balanceOf(db, user)).available, 10);
    });

    it("fail when who asked is not an operator any more", async () => {
      const leaver = await createOperator(db);
      const user = await db.createUser();
      const { adjustment_id: id } = await requestAdjustment(db, leaver, { user, amount: 500 });
      await db.sql`update public.profiles set status = 'suspended' where id = ${leaver}`;
      assert.equal((await decideAdjustment(db, checker, id, true)).state, "failed");
      assert.equal((await rowOf(id)).failure, "requester_no_operator");
      assert.equal((await balanceOf(db, user)).available, 10);
      assert.equal((await auditOf(id)).at(-1)!.action, "adjustment.failed");
    });

    it("get one decision when two operators decide at the same moment", async () => {
      const third = await createOperator(db);
      for (const [one, other] of [[true, true], [true, false], [false, true]]) {
        const { user, id } = await waiting();
        const outcomes = await Promise.allSettled([
          decideAdjustment(db, checker, id, one),
          decideAdjustment(db, third, id, other),
        ]);
        const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
        const lost = outcomes.filter((outcome) => outcome.status === "rejected");
        assert.deepEqual([won.length, lost.length, lost[0].reason.code], [1, 1, "KR008"]);
        const { state } = await rowOf(id);
        assert.equal(state, won[0].value.state);
        assert.equal((await balanceOf(db, user)).available, state === "applied" ? 510 : 10);
        assert.equal((await auditOf(id)).length, 2);
      }
    });

    it("answer a repeated decision as the first time, fifty at once too, and refuse to turn it around", async () => {
      const { user, id } = await waiting();
      const answers = await Promise.all(Array.from({ length: 50 }, () => decideAdjustment(db, checker, id, true)));
      assert.deepEqual(new Set(answers.map(({ state, entry_seq }) => `${state} ${entry_seq}`)), new Set(["applied 2"]));
      assert.equal((await balanceOf(db, user)).available, 510);
      assert.deepEqual(await problem(decideAdjustment(db, checker, id, false)), ["KR008", { state: "applied" }]);
      assert.equal((await auditOf(id)).length, 2);
    });
  });

  describe("once decided", () => {
    it("are changed and removed by nobody, not even the owner of the table", async () => {
      const { id } = await waiting();
      const write = (statement: string) => refusal(db.sql.unsafe(`${statement} where id = '${id}'`));
      assert.equal(await write("update private.credit_adjustments set amount = 1"), "KR008");
      assert.equal(await write("update private.credit_adjustments set second_person = null"), "KR008");
      await decideAdjustment(db, checker, id, false);
      assert.equal(await write("update private.credit_adjustments set note = 'x'"), "KR008");
      assert.equal(await write("delete from private.credit_adjustments"), "KR008");
      assert.equal(await refusal(db.sql`truncate private.credit_adjustments`), "KR008");
    });
  });

  describe("in the audit log", () => {
    it("leave who did what, in the words of the act", async () => {
      const { user, id } = await waiting();
      await decideAdjustment(db, checker, id, true, "Checked");
      const log = await auditOf(id);
      assert.deepEqual(log.map(({ actor, login, action }) => [actor, login, action]), [
        [maker, "kredo_web", "adjustment.requested"],
        [checker, "kredo_web", "adjustment.approved"],
      ]);
      assert.deepEqual(log.map(({ detail }) => detail), [
        { user, amount: 500, reason: REASON, second_person: "amount" },
        { user, amount: 500, requested_by: maker, note: "Checked", entry_seq: 2 },
      ]);
    });

    it("are written or nothing happens", async () => {
      const { user, id } = await waiting();
      await db.sql`alter table private.audit_log add constraint closed check (action = 'none.at_all') not valid`;
      try {
        assert.equal(await refusal(requestAdjustment(db, maker, { user, amount: 1 })), "23514");
        assert.equal(await refusal(decideAdjustment(db, checker, id, true)), "23514");
      } finally {
        await db.sql`alter table private.audit_log drop constraint closed`;
      }
      assert.deepEqual([(await balanceOf(db, user)).available, (await rowOf(id)).state], [10, "pending"]);
    });

    it("stay as they were written, whoever comes", async () => {
      assert.equal(await refusal(db.sql`update private.audit_log set action = 'a.b'`), "KR008");
      assert.equal(await refusal(db.sql`delete from private.audit_log`), "KR008");
      assert.equal(await refusal(db.sql`truncate private.audit_log`), "KR008");
    });
  });

  describe("are not there", () => {
    it("for customers, and for operators whose account is not in order", async () => {
      const customer = await db.createUser();
      const locked = await createOperator(db);
      await db.sql`update public.profiles set status = 'suspended' where id = ${locked}`;
      const { id } = await waiting();
      for (const who of [customer, locked]) {
        assert.equal(await refusal(requestAdjustment(db, who, { user: customer, amount: 1 })), "KR003");
        assert.equal(await refusal(decideAdjustment(db, who, id, true)), "KR003");
        // What is not there cannot be told from what is not yours.
        assert.equal(await refusal(decideAdjustment(db, who, randomUUID(), true)), "KR003");
      }
      assert.equal((await balanceOf(db, customer)).available, 10);
    });

    it("for visitors, workers and the web server itself", async () => {
      for (const as of [db.asAnon, db.asService, db.asWeb]) {
        assert.equal(
          await refusal(as((sql) => sql`select * from request_adjustment(${maker}, 1, ${REASON})`)),
          "42501",
        );
        assert.equal(await refusal(as((sql) => sql`select * from decide_adjustment(${maker}, true)`)), "42501");
      }
    });
  });
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import { leafHash, merklePath, merkleRoot } from "../../domain/credits/checkpoints/merkle.ts";
import { BEFORE_THE_FIRST, checkpointHash, type SignedCheckpoint } from "../../domain/credits/checkpoints/message.ts";
import { verifyCheckpointChain } from "../../domain/credits/checkpoints/verify-chain.ts";
import { verifyProof } from "../../domain/credits/checkpoints/verify-proof.ts";
import {
  addEntries,
  installKey,
  newAccount,
  proofOf,
  published,
  signerOf,
  takeCheckpoint,
  tamper,
} from "../support/checkpoints.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { takeSeed } from "../support/seed.ts";

interface Breach {
  place: string;
  user_id?: string;
  seq?: number;
  detail: { wrong: string[] };
}

interface Slice {
  checked: number;
  next: string | null;
  breaches: Breach[];
}

describe("checkpoints", () => {
  let db: TestDatabase;
  let signer: ReturnType<typeof signerOf>;
  // A database for each: what was taken today is known to all of it.
  beforeEach(async () => {
    db = await freshDatabase();
    signer = signerOf(db);
  });
  afterEach(async () => {
    await signer.close();
    await db.close();
  });

  const taken = async () => {
    const [{ count }] = await db.sql`select count(*) as count from public.credit_checkpoints`;
    return count as number;
  };
  const takeDaily = async () => {
    const [{ number }] = await db.asPostgres((sql) => sql`select private.take_checkpoint() as number`);
    return number as number | null;
  };
  /** Every leaf as the ledger says it must be, in order. */
  const heads = async () => {
    const rows = await db.sql<{ account: string; seq: number; head: string }[]>`
      select user_id as account, seq, encode(head_hash, 'hex') as head from public.credit_accounts where seq > 0`;
    return [...rows].sort((a, b) => a.account < b.account ? -1 : 1);
  };

  describe("are taken", () => {
    it("once in a UTC day, however often they are asked for", async () => {
      await newAccount(db);
      assert.deepEqual([await takeDaily(), await takeDaily()], [1, 1]);
      await tamper(db, "update public.credit_checkpoints set taken_at = taken_at - interval '1 day'");
      assert.deepEqual([await takeDaily(), await takeDaily()], [2, 2]);
      assert.equal(await taken(), 2);
    });

    it("once when eight ask at the same time, and all get its number", async () => {
      await newAccount(db);
      assert.deepEqual(await Promise.all(Array.from({ length: 8 }, takeDaily)), Array(8).fill(1));
      assert.equal(await taken(), 1);
    });

    it("and wake a worker as long as one of them waits for its signature", async () => {
      await installKey(db);
      await newAccount(db);
      await db.asPostgres((sql) =>
        sql`select vault.create_secret('http://functions.test', 'functions_url'), vault.create_secret('k', 'worker_key')`
      );
      const woken = async () => {
        await takeDaily();
        const [{ count }] = await db.sql`select count(*) as count from net.http_request_queue`;
        return count;
      };
      assert.deepEqual([await woken(), await woken()], [1, 2]);
      await signer.sign();
      assert.equal(await woken(), 2);
    });

    it("not before there is an account with an entry", async () => {
      assert.equal(await takeDaily(), null);
      await newAccount(db, 0);
      assert.equal(await takeDaily(), null);
      await newAccount(db, 3);
      assert.equal(await takeDaily(), 1);
      const [row] = await db.sql`select accounts, entries, previous from public.credit_checkpoints`;
      assert.deepEqual([row.accounts, row.entries, row.previous.toHex()], [1, 3, BEFORE_THE_FIRST]);
    });

    it("from one moment: entries written meanwhile are in the next one", async () => {
      const user = await newAccount(db, 2);
      const writing = db.sql.begin(async (sql) => {
        await sql`select private.grant_credits(${user}, 5, 'grant', 'promo', 'gift:late', '{}', 'late')`;
        assert.equal(await takeCheckpoint(db), 1);
      });
      await writing;
      await takeCheckpoint(db);
      const rows = await db.sql`select entries from public.credit_checkpoints order by number`;
      assert.deepEqual(rows.map(({ entries }) => entries), [2, 3]);
    });

    it("with the tree of RFC 6962 over all accounts, and a proof for each, for 1 to 70 accounts", async () => {
      await installKey(db);
      for (let count = 1; count <= 70; count++) {
        await newAccount(db, count % 3 + 1);
        await takeCheckpoint(db);
        await signer.sign();
        const accounts = await heads();
        const leaves = accounts.map(leafHash);
        const [{ root, entries }] = await db.sql`
          select encode(root, 'hex') as root, entries from public.credit_checkpoints order by number desc limit 1`;
        assert.equal(root, merkleRoot(leaves), `${count} accounts`);
        assert.equal(entries, accounts.reduce((sum, { seq }) => sum + seq, 0));
        // Every account of the small trees, of the larger ones the edges, where nodes move up alone.
        const positions = new Set(count <= 17 ? accounts.keys() : [0, 1, count >> 1, count - 2, count - 1]);
        for (const position of positions) {
          const { account, seq, head } = accounts[position];
          const proof = await proofOf(db, account);
          assert.deepEqual(
            { seq: proof?.seq, head: proof?.head, position: proof?.position, path: proof?.path },
            { seq, head, position, path: merklePath(leaves, position) },
          );
          assert.equal((await verifyProof(account, proof)).valid, true, `account ${position} of ${count}`);
        }
      }
      const chain = await verifyCheckpointChain(await published(db));
      assert.deepEqual(chain.valid && [chain.first, chain.last], [1, 70]);
    });

    it("with the same root as TypeScript finds, whatever the accounts", async () => {
      const seed = takeSeed("checkpoints of any accounts");
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 71, max: 700 }), fc.integer({ min: 1, max: 1e9 }), async (count, most) => {
          await tamper(
            db,
            "delete from public.credit_accounts",
            `insert into public.credit_accounts (user_id, seq, head_hash)
             select gen_random_uuid(), floor(random() * ${most})::bigint, sha256(convert_to(n::text, 'UTF8'))
             from generate_series(1, ${count}) n`,
            "update public.credit_accounts set seq = 1 where seq = 0",
          );
          await takeCheckpoint(db);
          const [{ root }] = await db.sql`
            select encode(root, 'hex') as root from public.credit_checkpoints order by number desc limit 1`;
          assert.equal(root, merkleRoot((await heads()).map(leafHash)));
        }),
        { numRuns: 5, seed },
      );
    });

    it("and keep the trees of the newest few and of the newest signed one", async () => {
      await installKey(db);
      const user = await newAccount(db, 1);
      const trees = async () => {
        const rows = await db.sql`select distinct number from private.checkpoint_nodes order by 1`;
        return rows.map(({ number }) => number);
      };
      for (let n = 0; n < 5; n++) await takeCheckpoint(db);
      assert.deepEqual(await trees(), [3, 4, 5]);
      await signer.sign();
      for (let n = 0; n < 4; n++) await takeCheckpoint(db);
      assert.deepEqual(await trees(), [5, 7, 8, 9]);
      assert.equal((await proofOf(db, user))?.checkpoint.number, 5);
      // Signed without their trees: the proof stays the one there is a tree for, and the next one keeps it.
      await db.asService((sql) =>
        sql`select private.sign_checkpoint(6, decode(repeat('ab', 32), 'hex'), decode(repeat('ab', 64), 'hex'))`
      );
      await takeCheckpoint(db);
      assert.deepEqual(await trees(), [5, 8, 9, 10]);
      assert.equal((await proofOf(db, user))?.checkpoint.number, 5);
    });
  });

  describe("are signed", () => {
    it("by a worker with the key in Vault, and are public from then on", async () => {
      const { publicKey } = await installKey(db);
      const user = await newAccount(db, 1);
      await takeCheckpoint(db);
      await takeCheckpoint(db);
      assert.deepEqual(await published(db), []);
      assert.equal(await proofOf(db, user), null);
      assert.equal(await signer.sign(), 2);
      assert.equal(await signer.sign(), 0);
      const [first, second] = await published(db);
      assert.equal(second.previous, checkpointHash(first));
      const chain = await verifyCheckpointChain([first, second]);
      assert.deepEqual(chain, { valid: true, first: 1, last: 2, keys: [publicKey] });
      assert.deepEqual((await proofOf(db, user))?.checkpoint, second);
      assert.deepEqual(signer.said, []);
    });

    it("once, when several workers try at the same time", async () => {
      await installKey(db);
      await newAccount(db);
      await takeCheckpoint(db);
      const others = Array.from({ length: 4 }, () => signerOf(db));
      const signed = await Promise.all(others.map(({ sign }) => sign()));
      assert.equal(signed.reduce((sum, count) => sum + count), 1);
      assert.equal((await verifyCheckpointChain(await published(db))).valid, true);
      assert.deepEqual(others.flatMap(({ said }) => said), []);
      await Promise.all(others.map(({ close }) => close()));
    });

    it("later when there is no key: they wait, the worker says so once, and the days go on", async () => {
      await newAccount(db);
      for (let day = 0; day < 3; day++) {
        await takeCheckpoint(db);
        assert.equal(await signer.sign(), 0);
      }
      assert.equal(signer.said.length, 1);
      assert.match(signer.said[0], /^warn: .*no key/);
      await installKey(db);
      assert.equal(await signer.sign(), 3);
      assert.equal((await verifyCheckpointChain(await published(db))).valid, true);
    });

    it("not with a key that is none, which is an error said once and nothing more", async () => {
      await newAccount(db);
      await takeCheckpoint(db);
      await db.asPostgres((sql) => sql`select vault.create_secret('not a key', 'checkpoint_key')`);
      assert.deepEqual([await signer.sign(), await signer.sign()], [0, 0]);
      assert.deepEqual(signer.said, ["error: checkpoints could not be signed"]);
      assert.deepEqual(await published(db), []);
    });

    it("with the new key after a rotation, and the old ones stay valid", async () => {
      const user = await newAccount(db);
      const first = await installKey(db);
      await takeCheckpoint(db);
      await signer.sign();
      await assert.rejects(installKey(db), /already/);
      const second = await installKey(db, true);
      assert.notEqual(second.publicKey, first.publicKey);
      await takeCheckpoint(db);
      await signer.sign();
      const list = await published(db);
      assert.deepEqual(list.map(({ public_key }) => public_key), [first.publicKey, second.publicKey]);
      assert.deepEqual(await verifyCheckpointChain(list), {
        valid: true,
        first: 1,
        last: 2,
        keys: [first.publicKey, second.publicKey],
      });
      assert.equal((await verifyProof(user, await proofOf(db, user))).valid, true);
    });

    it("in their order, so that what is published has no gaps", async () => {
      await newAccount(db);
      for (let n = 0; n < 2; n++) await takeCheckpoint(db);
      const sign = (number: number) =>
        db.asService((sql) =>
          sql`select private.sign_checkpoint(${number}, decode(repeat('ab', 32), 'hex'), decode(repeat('ab', 64), 'hex')) as signed`
        );
      assert.equal(await refusal(sign(2)), "KR008");
      assert.equal((await sign(1))[0].signed, true);
      assert.equal((await sign(1))[0].signed, false);
      assert.equal((await sign(2))[0].signed, true);
      assert.equal((await sign(3))[0].signed, false);
    });
  });

  describe("cannot be changed", () => {
    beforeEach(async () => {
      await installKey(db);
      await newAccount(db);
      await takeCheckpoint(db);
      await signer.sign();
      await takeCheckpoint(db);
    });
    const asOwner = (statement: string) => refusal(db.asPostgres((sql) => sql.unsafe(statement)));
    const SIGNATURE = `public_key = decode(repeat('ab', 32), 'hex'), signature = decode(repeat('ab', 64), 'hex'),
      signed_at = now()`;

    it("not even by the owner of the schema", async () => {
      for (
        const change of [
          "number = number + 10",
          "taken_at = taken_at + interval '1 microsecond'",
          "accounts = accounts + 1",
          "entries = entries + 1",
          "root = sha256(root)",
          "previous = sha256(previous)",
        ]
      ) {
        for (const number of [1, 2]) {
          assert.equal(
            await asOwner(`update public.credit_checkpoints set ${change} where number = ${number}`),
            "KR008",
          );
        }
        // Nor along with a signature.
        const both = `update public.credit_checkpoints set ${SIGNATURE}, ${change} where number = 2`;
        assert.equal(await asOwner(both), "KR008");
      }
      assert.equal(await asOwner(`update public.credit_checkpoints set ${SIGNATURE} where number = 1`), "KR008");
      const unsign = "update public.credit_checkpoints set public_key = null, signature = null, signed_at = null";
      assert.equal(await asOwner(unsign), "KR008");
      assert.equal(await asOwner("delete from public.credit_checkpoints where number = 2"), "KR008");
      assert.equal(await asOwner("truncate public.credit_checkpoints"), "KR008");
    });

    it("and take half a signature as little as one of the wrong length", async () => {
      for (const set of ["signature = decode(repeat('ab', 64), 'hex')", SIGNATURE.replace("64", "63")]) {
        assert.equal(await asOwner(`update public.credit_checkpoints set ${set} where number = 2`), "23514");
      }
    });
  });

  describe("are read", () => {
    it("by everybody when signed, and the proof by its account alone", async () => {
      await installKey(db);
      const user = await newAccount(db);
      await takeCheckpoint(db);
      await signer.sign();
      const late = await newAccount(db);
      await takeCheckpoint(db);
      const [seen] = await db.asUser(
        user,
        (sql) => sql`select array_agg(number) as numbers from public.credit_checkpoints`,
      );
      assert.deepEqual(seen.numbers, [1]);
      assert.deepEqual((await published(db)).map(({ number }) => number), [1]);
      assert.equal(await refusal(db.asAnon((sql) => sql`select public.checkpoint_proof()`)), "42501");
      assert.equal((await proofOf(db, user))?.seq, 1);
      // Opened after the newest signed one.
      assert.equal(await proofOf(db, late), null);
    });

    it("with a proof about the entry of that moment, not of now", async () => {
      await installKey(db);
      const user = await newAccount(db, 2);
      await takeCheckpoint(db);
      await signer.sign();
      await addEntries(db, user, 3);
      const proof = await proofOf(db, user);
      assert.equal(proof?.seq, 2);
      assert.equal((await verifyProof(user, proof)).valid, true);
    });

    it("without reading more rows when there are more accounts", async () => {
      await installKey(db);
      const user = await newAccount(db);
      const rowsRead = async (accounts: number) => {
        await db.sql`
          insert into public.credit_accounts (user_id, seq, head_hash)
          select gen_random_uuid(), 1, sha256(convert_to(n::text, 'UTF8')) from generate_series(1, ${accounts}::int) n`;
        await takeCheckpoint(db);
        await signer.sign();
        return await db.asUser(user, async (sql) => {
          const [{ proof }] = await sql`select public.checkpoint_proof() as proof`;
          const [read] = await sql`
            select coalesce(sum(seq_tup_read) filter (where relname <> 'credit_checkpoints'), 0)::int as scanned,
              sum(idx_tup_fetch)::int as fetched
            from pg_stat_xact_user_tables where relname like 'credit\\_%' or relname = 'checkpoint_nodes'`;
          return { path: proof.path.length, scanned: read.scanned, fetched: read.fetched };
        });
      };
      const [few, many] = [await rowsRead(30), await rowsRead(20_000)];
      assert.deepEqual([few.scanned, many.scanned], [0, 0]);
      assert.ok(many.fetched - few.fetched <= 2 * (many.path - few.path) + 2, JSON.stringify({ few, many }));
    });
  });

  describe("find", () => {
    let users: string[];
    let kept: SignedCheckpoint[];
    beforeEach(async () => {
      await installKey(db);
      users = [];
      for (const entries of [3, 1, 4, 2, 5]) users.push(await newAccount(db, entries));
      await takeCheckpoint(db);
      await addEntries(db, users[1], 2);
      await takeCheckpoint(db);
      await signer.sign();
      kept = await published(db);
    });

    /** What a whole pass finds, in slices of so many. */
    const pass = async (slice: number) => {
      const found: Breach[] = [];
      let [from, checked]: [string | null, number] = ["", 0];
      while (from !== null) {
        const [row]: Slice[] = await db.sql<Slice[]>`select * from private.check_checkpoints(${from}, ${slice})`;
        found.push(...row.breaches);
        checked += row.checked;
        assert.notEqual(row.next, from);
        from = row.next;
      }
      return { checked, found };
    };
    const found = async (slice = 1000) =>
      (await pass(slice)).found.map(({ place, user_id, seq, detail }) => ({
        place,
        user_id,
        seq,
        wrong: detail.wrong,
      }));
    const leafOf = async (user: string, number = 2) => {
      const [{ position }] = await db.sql`
        select position from private.checkpoint_nodes where user_id = ${user} and number = ${number}`;
      return `node/${number}/0/${position}`;
    };
    /** Hashes of the whole chain of an account as they follow from its entries, and its head: nothing shows inside. */
    const rechain = (user: string) => `
      do $$
      declare
        v_entry public.credit_entries;
        v_head bytea := decode(repeat('00', 32), 'hex');
        v_balance bigint := 0;
      begin
        for v_entry in select * from public.credit_entries where user_id = '${user}' order by seq loop
          v_balance := v_balance + v_entry.amount;
          v_head := private.entry_hash(v_head, v_entry.user_id, v_entry.seq, v_entry.kind, v_entry.amount,
            v_entry.counter_account, v_balance, v_entry.ref, v_entry.cause, v_entry.created_at);
          update public.credit_entries set hash = v_head, balance_after = v_balance
          where user_id = v_entry.user_id and seq = v_entry.seq;
        end loop;
        update public.credit_accounts set head_hash = v_head, available = v_balance where user_id = '${user}';
      end $$`;

    it("nothing in books that nobody touched, however small the slices, and look at every node once", async () => {
      // Two checkpoints; trees of 5 + 3 + 2 + 1 nodes.
      for (const slice of [1, 2, 3, 7, 1000]) assert.deepEqual(await pass(slice), { checked: 2 + 22, found: [] });
      await addEntries(db, users[0], 2);
      assert.deepEqual(await found(), []);
    });

    it("a history that was rewritten with every hash in order, which the chain itself cannot", async () => {
      await tamper(
        db,
        `update public.credit_entries set amount = amount + 1000 where user_id = '${users[2]}' and seq = 2`,
        rechain(users[2]),
      );
      const chain = await db.sql`select breaches from private.check_chain('', 1000)`;
      assert.deepEqual(chain[0].breaches, []);
      const wrong = ["entry_changed"];
      assert.deepEqual(await found(), [
        { place: await leafOf(users[2], 1), user_id: users[2], seq: 4, wrong },
        { place: await leafOf(users[2], 2), user_id: users[2], seq: 4, wrong },
      ]);
      // The customer sees it too: the head that the books now give does not lead to the signed root.
      assert.deepEqual(await verifyProof(users[2], await proofOf(db, users[2])), { valid: false, problem: "path" });
    });

    it("a history that was cut short", async () => {
      await tamper(
        db,
        `delete from public.credit_grants where user_id = '${users[4]}'`,
        `delete from public.credit_entries where user_id = '${users[4]}' and seq > 2`,
        `update public.credit_accounts set seq = 2 where user_id = '${users[4]}'`,
        rechain(users[4]),
      );
      assert.deepEqual((await found(3)).map(({ user_id, seq, wrong }) => [user_id, seq, wrong]), [
        [users[4], 5, ["entry_missing"]],
        [users[4], 5, ["entry_missing"]],
      ]);
    });

    it("a leaf, a node or a root that was made to fit", async () => {
      await tamper(
        db,
        `update public.credit_entries set amount = amount + 1000 where user_id = '${users[2]}' and seq = 2`,
        rechain(users[2]),
        "delete from private.checkpoint_nodes where number = 1",
        `update private.checkpoint_nodes n set hash = private.checkpoint_leaf_hash(n.user_id, n.seq, a.head_hash)
         from public.credit_accounts a where a.user_id = n.user_id and n.user_id = '${users[2]}'`,
      );
      assert.deepEqual((await found()).map(({ wrong }) => wrong), [["node"]]);
      const fit = (level: number) => `
        update private.checkpoint_nodes n set hash = private.checkpoint_node_hash(l.hash, r.hash)
        from private.checkpoint_nodes l left join private.checkpoint_nodes r
          on r.number = l.number and r.level = l.level and r.position = l.position + 1
        where n.number = 2 and n.level = ${level} and l.number = 2 and l.level = ${
        level - 1
      } and l.position = n.position * 2`;
      await tamper(db, fit(1), fit(2), fit(3));
      assert.deepEqual(await found(), [{ place: "checkpoint/2", user_id: undefined, seq: undefined, wrong: ["root"] }]);
      // Even the root: from here on only the signature tells, and whoever kept a copy.
      await tamper(
        db,
        `update public.credit_checkpoints set root = (
           select hash from private.checkpoint_nodes where number = 2 order by level desc limit 1) where number = 2`,
      );
      assert.deepEqual(await found(), []);
      const now = await published(db);
      assert.deepEqual(await verifyCheckpointChain(now), { valid: false, number: 2, problem: "signature" });
      assert.deepEqual(await verifyProof(users[2], await proofOf(db, users[2])), {
        valid: false,
        problem: "signature",
      });
      assert.deepEqual(await verifyCheckpointChain([...kept, ...now]), { valid: false, number: 2, problem: "fork" });
    });

    it("a checkpoint that was changed or taken out, and a tree that is gone", async () => {
      await takeCheckpoint(db);
      await tamper(db, "update public.credit_checkpoints set taken_at = taken_at - interval '1 hour' where number = 1");
      assert.deepEqual((await found()).map(({ place, wrong }) => [place, wrong]), [["checkpoint/2", ["previous"]]]);
      await tamper(db, "delete from public.credit_checkpoints where number = 1");
      assert.deepEqual((await found()).map(({ place, wrong }) => [place, wrong]), [["checkpoint/2", ["gap"]]]);
      await tamper(db, "update public.credit_checkpoints set entries = 5, accounts = 5 where number = 3");
      assert.deepEqual((await found()).map(({ wrong }) => wrong), [["gap"], ["shrunk"]]);
      await tamper(
        db,
        "delete from private.checkpoint_nodes where number = 3",
        "delete from private.checkpoint_nodes where number = 2 and level = 0 and position = 4",
      );
      assert.deepEqual((await found()).map(({ place, wrong }) => [place, wrong]), [
        ["checkpoint/2", ["gap", "accounts"]],
        ["checkpoint/3", ["shrunk", "tree"]],
        ["node/2/1/2", ["node"]],
      ]);
    });

    it("what they find every minute, keep the tree that proves it, and let go of it when it was mended", async () => {
      const run = () => db.asPostgres((sql) => sql`select private.run_invariants(60)`);
      const open = () =>
        db.sql`select invariant, user_id, seq from private.invariant_breaches where resolved_at is null order by 1`;
      const trees = async () => {
        const rows = await db.sql`select distinct number from private.checkpoint_nodes order by 1`;
        return rows.map(({ number }) => number);
      };
      await tamper(
        db,
        `update public.credit_entries set hash = sha256(hash) where user_id = '${users[3]}' and seq = 2`,
      );
      // Looked at when only the older tree was there.
      await tamper(db, "delete from private.checkpoint_nodes where number = 2");
      await run();
      assert.ok(
        (await open()).some((row) => row.invariant === "checkpoints" && row.user_id === users[3] && row.seq === 2),
      );
      for (let n = 0; n < 5; n++) await takeCheckpoint(db);
      assert.deepEqual(await trees(), [1, 5, 6, 7]);
      await tamper(db, rechain(users[3]));
      await run();
      assert.deepEqual([...await open()].filter(({ user_id }) => user_id === users[3]), []);
      await signer.sign();
      await takeCheckpoint(db);
      assert.deepEqual(await trees(), [6, 7, 8]);
    });
  });
});

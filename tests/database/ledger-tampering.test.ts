/**
 * What somebody with all rights to the database would have to do to change one entry of the past, and how each step of it
 * is found: by the invariants, by the checkpoint, and at last by what customers have kept. The person's entries:
 * 1 signup, 2 a top-up of 50, 3 a picture of 4 credits, 4 a transfer of 7.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { decodeBase64Url, readSigningKey } from "../../domain/credits/checkpoints/ed25519.ts";
import { leafHash, merkleRoot } from "../../domain/credits/checkpoints/merkle.ts";
import { checkpointMessage, type SignedCheckpoint } from "../../domain/credits/checkpoints/message.ts";
import { verifyCheckpointChain } from "../../domain/credits/checkpoints/verify-chain.ts";
import { findPublished } from "../../domain/credits/statement/authority.ts";
import { jsonl } from "../../domain/credits/statement/format.ts";
import { readStatement } from "../../domain/credits/statement/read-statement.ts";
import { writeLines } from "../../domain/credits/statement/write-lines.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { installKey, published, signerOf, takeCheckpoint } from "../support/checkpoints.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { entryHash, judge, readLedger } from "../support/ledger-rules.ts";
import { verify } from "../support/statements.ts";
import { buy, checkBooks, generate, tamper, transfer } from "../support/trade.ts";

let db: TestDatabase;
let web: Database;
let ann: string;
/** What Ann downloaded, and what everybody could see, on the day before. */
let keptStatement: Uint8Array;
let keptCheckpoints: SignedCheckpoint[];

before(async () => {
  db = await freshDatabase();
  web = openDatabase(connectionUrl("kredo_web", Number(new URL(db.url).port), db.name), { max: 1 });
  ann = await db.createUser();
  const bob = await db.createUser();
  await buy(db, ann);
  await generate(db, ann, 4);
  await transfer(db, ann, bob, 7);
  await installKey(db);
  await checkpoint();
  keptStatement = await download();
  keptCheckpoints = await published(db);
});
after(async () => {
  await web.end();
  await db.close();
});

/** A signed one, over all accounts as they are. */
async function checkpoint(): Promise<void> {
  await takeCheckpoint(db);
  const signer = signerOf(db);
  await signer.sign();
  await signer.close();
}

async function download(): Promise<Uint8Array> {
  const parts = await Array.fromAsync(writeLines(jsonl, await readStatement(web, { sub: ann })));
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** Where a statement is broken, and how; null when it is verified. */
async function flaw(statement: Uint8Array): Promise<[kind: string, seq: number | null] | null> {
  const report = await verify(statement);
  assert.notEqual(report.outcome, "unreadable");
  return report.outcome === "broken" ? [report.problem.kind, report.problem.seq] : null;
}

const accused = async () =>
  (await checkBooks(db)).map(({ invariant, user_id, seq }) => [invariant, user_id, seq]).sort();

describe("history that is rewritten by somebody with every right", () => {
  it("is whole before", async () => {
    assert.deepEqual(await accused(), []);
    assert.equal(await flaw(keptStatement), null);
    assert.equal((await verifyCheckpointChain(keptCheckpoints)).valid, true);
  });

  it("first step, the picture becomes cheaper: the chain names the entry, in the database and in the statement", async () => {
    await tamper(db, (sql) => sql`update public.credit_entries set amount = -1 where user_id = ${ann} and seq = 3`);
    assert.ok((await accused()).some((breach) => String(breach) === `chain,${ann},3`));
    assert.deepEqual(await flaw(await download()), ["edited", 3]);
  });

  it("second step, everything that follows is made to fit: only the checkpoint still knows", async () => {
    await fitEverything();
    const ledger = await readLedger(db.sql, [ann]);
    assert.deepEqual(judge(ledger), [], "no rule of the ledger is broken");
    assert.deepEqual(await accused(), [["checkpoints", ann, 4]]);
    assert.deepEqual(await flaw(await download()), ["checkpoint", 4]);
  });

  it("third step, the checkpoint is made to fit: its signature does not", async () => {
    await fitCheckpoint();
    assert.deepEqual(await accused(), []);
    assert.deepEqual(await flaw(await download()), ["proof", null]);
    const verdict = await verifyCheckpointChain(await published(db));
    assert.deepEqual(verdict, { valid: false, number: 1, problem: "signature" });
  });

  it("fourth step, it is signed again with the key out of the Vault: now it is Ann's copy against ours", async () => {
    await signAgain();
    assert.deepEqual(await accused(), []);
    assert.equal(await flaw(await download()), null, "by itself the forgery is perfect");
    assert.equal(await flaw(keptStatement), null, "and so is what Ann kept");

    const today = await published(db);
    assert.equal((await verifyCheckpointChain(today)).valid, true);
    const together = await verifyCheckpointChain([...keptCheckpoints, ...today]);
    assert.deepEqual(together, { valid: false, number: 1, problem: "fork" });
    const report = await verify(keptStatement);
    assert.ok(report.outcome === "verified" && report.proof.state === "valid");
    assert.equal(findPublished(report.proof.proof, today), "different");
  });

  it("and all that comes after it does not heal it", async () => {
    await generate(db, ann);
    await checkpoint();
    const today = await published(db);
    assert.equal((await verifyCheckpointChain(today)).valid, true);
    assert.equal((await verifyCheckpointChain([...keptCheckpoints, ...today])).valid, false);
  });
});

/** The reservation, the lot, the running balances, all hashes and the account's head, as if it had always been so. */
async function fitEverything(): Promise<void> {
  const { entries } = await readLedger(db.sql, [ann]);
  await tamper(db, async (sql) => {
    let [previous, balance] = ["00".repeat(32), 0];
    for (const entry of entries) {
      balance += entry.amount;
      const forged = { ...entry, balance_after: balance };
      previous = entryHash(previous, forged);
      await sql`
        update public.credit_entries set balance_after = ${balance}, hash = decode(${previous}, 'hex')
        where user_id = ${ann} and seq = ${entry.seq}`;
    }
    await sql`update public.credit_holds set settled_amount = 1 where user_id = ${ann}`;
    await sql`update public.jobs set credits_charged = 1 where user_id = ${ann}`;
    await sql`update public.credit_grants set remaining = remaining + 3, closed_at = null where user_id = ${ann} and number = 1`;
    await sql`
      update public.credit_accounts set available = available + 3, head_hash = decode(${previous}, 'hex') where user_id = ${ann}`;
  });
}

/** The leaf, all nodes above it, and the root. */
async function fitCheckpoint(): Promise<void> {
  const { accounts } = await readLedger(db.sql);
  const leaves = accounts.toSorted((a, b) => a.user_id < b.user_id ? -1 : 1)
    .map(({ user_id, seq, head }) => leafHash({ account: user_id, seq, head }));
  assert.equal(leaves.length, 2, "two leaves and a root are the whole tree");
  await tamper(db, async (sql) => {
    for (const [position, hash] of leaves.entries()) {
      await sql`update private.checkpoint_nodes set hash = decode(${hash}, 'hex') where level = 0 and position = ${position}`;
    }
    const root = merkleRoot(leaves);
    await sql`update private.checkpoint_nodes set hash = decode(${root}, 'hex') where level = 1`;
    await sql`update public.credit_checkpoints set root = decode(${root}, 'hex')`;
  });
}

async function signAgain(): Promise<void> {
  const [{ secret }] = await db.sql<{ secret: string }[]>`select private.checkpoint_key() as secret`;
  const key = await readSigningKey(secret);
  const [forged] = await published(db);
  const signature = await key.sign(checkpointMessage(forged));
  assert.equal(key.publicKey, forged.public_key);
  await tamper(db, (sql) => sql`update public.credit_checkpoints set signature = ${decodeBase64Url(signature, 64)}`);
}

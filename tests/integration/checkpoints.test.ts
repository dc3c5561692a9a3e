import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { readSigningKey } from "../../domain/credits/checkpoints/ed25519.ts";
import type { PublishedCheckpoint } from "../../domain/credits/checkpoints/list-checkpoints.ts";
import { BEFORE_THE_FIRST, checkpointHash, checkpointMessage } from "../../domain/credits/checkpoints/message.ts";
import { verifyCheckpointChain } from "../../domain/credits/checkpoints/verify-chain.ts";
import { keyFingerprint, verifyProof } from "../../domain/credits/checkpoints/verify-proof.ts";
import { formatTime, localePath, LOCALES, messages } from "../../locales/mod.ts";
import { installKey, newAccount, published, takeCheckpoint } from "../support/checkpoints.ts";
import { freshDatabase } from "../support/database.ts";
import { wakeWorker } from "../support/jobs.ts";
import { root, stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { ask, newCustomer } from "../support/web.ts";

const info = await stack();
const sql = postgres(info.dbAdmin, { max: 2, onnotice: () => {} });
after(() => sql.end());

/** Takes another checkpoint, as the schedule does once a day; the database wakes the worker by itself. */
const take = async (): Promise<number> => (await sql`select private.take_checkpoint(true) as number`)[0].number;

const list = async (query = ""): Promise<{ checkpoints: PublishedCheckpoint[]; next_cursor: string | null }> => {
  const { status, body } = await ask(`/api/credits/checkpoints${query}`);
  assert.equal(status, 200);
  return body;
};

const publishedAs = (number: number) =>
  until(
    async () => (await list("?limit=100")).checkpoints.find((each) => each.number === number),
    `checkpoint ${number}`,
  );

/** A task of ours, as an operator or a customer runs it. */
async function run(script: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
  }).output();
  return { code, output: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
}
const makeKey = (...args: string[]) => run("scripts/checkpoint-key.ts", args, { SUPABASE_DB_URL: info.db });

describe("a checkpoint", () => {
  it("is signed by the woken worker with the stack's own key, and published for everybody", async () => {
    const { id } = await newCustomer();
    const number = await take();
    const checkpoint = await publishedAs(number);
    assert.deepEqual(Object.keys(checkpoint), [
      ...["number", "taken_at", "accounts", "entries", "root", "previous", "public_key", "signature", "hash"],
    ]);
    assert.equal(checkpoint.hash, checkpointHash(checkpoint));
    assert.ok(Math.abs(checkpoint.taken_at / 1000 - Date.now()) < 600_000);
    assert.equal((await verifyCheckpointChain([checkpoint])).valid, true);
    // The proof the customer's statement carries.
    const [{ proof }] = await sql.begin(async (transaction) => {
      await transaction`
        select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${
        JSON.stringify({ sub: id })
      }, true)`;
      return await transaction`select public.checkpoint_proof() as proof`;
    });
    const { hash: _, ...signed } = checkpoint;
    assert.deepEqual(proof.checkpoint, signed);
    assert.equal((await verifyProof(id, proof)).valid, true);
  });

  it("is one of a list that pages from the newest to the first, and is one chain", async () => {
    for (let n = 0; n < 3; n++) await publishedAs(await take());
    const all: PublishedCheckpoint[] = [];
    for (let query: string | null = "?limit=2"; query !== null;) {
      const { checkpoints, next_cursor } = await list(query);
      assert.ok(checkpoints.length <= 2);
      all.push(...checkpoints);
      query = next_cursor && `?limit=2&cursor=${next_cursor}`;
    }
    assert.deepEqual(all.map(({ number }) => number), all.map((_, index) => all.length - index));
    assert.equal(all.at(-1)?.previous, BEFORE_THE_FIRST);
    const verdict = await verifyCheckpointChain(all);
    assert.deepEqual(verdict.valid && [verdict.first, verdict.last], [1, all.length]);
  });

  it("may be kept by caches, longest where nothing changes any more", async () => {
    const [newest, older] = [
      await ask("/api/credits/checkpoints?limit=1"),
      await ask("/api/credits/checkpoints?limit=1&cursor=WzJd"),
    ];
    assert.equal(newest.headers.get("cache-control"), "public, max-age=60");
    assert.equal(older.headers.get("cache-control"), "public, max-age=86400");
    const notYet = await ask("/api/credits/checkpoints?cursor=WzIxNDc0ODM2NDhd"); // [2147483648]
    assert.equal(notYet.headers.get("cache-control"), "public, max-age=60", "what will change is not kept for a day");
    assert.equal(older.body.checkpoints[0].number, 1);
    for (const query of ["limit=0", "limit=101", "cursor=x", "cursor=WzBd"]) {
      assert.equal((await ask(`/api/credits/checkpoints?${query}`)).status, 422, query);
    }
  });

  for (const locale of LOCALES) {
    it(`stands on a page for people, with all it takes to check it (${locale})`, async () => {
      const [newest] = (await list("?limit=1")).checkpoints;
      const { status, text } = await ask(localePath(locale, "/checkpoints"));
      assert.equal(status, 200);
      for (
        const shown of [
          messages(locale).checkpoints.title,
          formatTime(new Date(newest.taken_at / 1000), locale),
          `${newest.root.slice(0, 16)}…`,
          newest.root,
          newest.hash,
          newest.signature,
          newest.public_key,
          keyFingerprint(newest.public_key)!,
        ]
      ) {
        assert.ok(text.includes(shown), shown);
      }
      assert.doesNotMatch(text, /<script/);
    });
  }
});

describe("deno task checkpoint:key", () => {
  it("changes nothing while there is a key, unless it is to rotate it", async () => {
    const before = await publishedAs(await take());
    const refused = await makeKey();
    assert.deepEqual([refused.code, refused.output], [1, ""]);
    assert.match(refused.errors, /--rotate/);
    assert.equal((await publishedAs(await take())).public_key, before.public_key);

    const rotated = await makeKey("--rotate");
    assert.equal(rotated.code, 0, rotated.errors);
    const after = await publishedAs(await take());
    assert.notEqual(after.public_key, before.public_key);
    assert.match(rotated.output, new RegExp(`^Public key +${after.public_key}$`, "m"));
    assert.match(rotated.output, new RegExp(`^Fingerprint +${keyFingerprint(after.public_key)}$`, "m"));
    const [{ decrypted_secret }] = await sql`
      select decrypted_secret from vault.decrypted_secrets where name = 'checkpoint_key'`;
    assert.ok(!rotated.output.includes(JSON.parse(decrypted_secret).d), "the private half is printed nowhere");
    const { checkpoints } = await list("?limit=3");
    assert.deepEqual(await verifyCheckpointChain(checkpoints), {
      valid: true,
      first: after.number - 2,
      last: after.number,
      keys: [before.public_key, after.public_key],
    });
  });

  it("asks for the database it shall write to", async () => {
    const { code, errors } = await run("scripts/checkpoint-key.ts", [], { SUPABASE_DB_URL: "" });
    assert.equal(code, 2);
    assert.match(errors, /SUPABASE_DB_URL/);
  });
});

describe("without a key", () => {
  after(async () => void await makeKey());

  it("checkpoints wait, the worker goes on, and the first key signs them all", async () => {
    await sql`delete from vault.secrets where name = 'checkpoint_key'`;
    const numbers = [await take(), await take()];
    const answer = await wakeWorker(info);
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).signed, 0);
    assert.ok((await list("?limit=100")).checkpoints.every(({ number }) => number < numbers[0]));
    assert.equal((await ask("/checkpoints")).status, 200);

    assert.equal((await makeKey()).code, 0);
    assert.equal((await (await wakeWorker(info)).json()).signed, 2);
    const { checkpoints } = await list("?limit=3");
    assert.deepEqual(checkpoints.slice(0, 2).map(({ number }) => number), numbers.toReversed());
    assert.equal((await verifyCheckpointChain(checkpoints)).valid, true);
  });
});

describe("the long-running worker", () => {
  it("signs as the function does, as soon as the database wakes it", async () => {
    const db = await freshDatabase();
    const { publicKey } = await installKey(db);
    await newAccount(db);
    const worker = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "scripts/worker.ts"],
      cwd: root,
      env: { ...info.env.functions, SUPABASE_DB_URL: db.url },
      clearEnv: true,
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await until(async () => (await db.sql`select from private.workers`).length > 0, "a worker's heartbeat");
      await takeCheckpoint(db);
      const [checkpoint] = await until(async () => {
        const found = await published(db);
        return found.length > 0 && found;
      }, "a signed checkpoint");
      assert.equal(checkpoint.public_key, publicKey);
      assert.equal((await verifyCheckpointChain([checkpoint])).valid, true);
    } finally {
      worker.kill("SIGTERM");
      await worker.status;
      await db.close();
    }
  });
});

describe("deno task verify-checkpoints", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "kredo-checkpoints-"))));
  after(() => rm(folder, { recursive: true }));
  const verify = (...sources: string[]) => run("scripts/verify-checkpoints.ts", sources);
  const keep = async (content: unknown) => {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  it("finds what is published sound, together with what somebody kept", async () => {
    const kept = await list("?limit=2");
    const { code, output, errors } = await verify(await keep(kept), info.web);
    assert.equal(code, 0, errors);
    assert.match(output, new RegExp(`Checkpoints 1 to ${kept.checkpoints[0].number} are one unbroken`));
    for (const { public_key } of kept.checkpoints) assert.ok(output.includes(keyFingerprint(public_key)!));
  });

  it("names the checkpoint that was signed anew since somebody kept it", async () => {
    const [newest, before] = (await list("?limit=2")).checkpoints;
    const [{ key }] = await sql`select private.checkpoint_key() as key`;
    const other = { ...before, root: "0".repeat(64) };
    const signature = await (await readSigningKey(key)).sign(checkpointMessage(other));
    const rewritten = await verify(await keep([{ ...other, signature }]), info.web);
    assert.equal(rewritten.code, 1);
    assert.match(rewritten.errors, new RegExp(`^Checkpoint ${before.number} exists in two versions`));

    const bent = await verify(await keep([newest, { ...before, entries: before.entries - 1 }]));
    assert.deepEqual([bent.code, bent.output], [1, ""]);
    assert.match(bent.errors, new RegExp(`^Checkpoint ${before.number} was not signed`));
  });

  it("tells what it could not read from what is wrong", async () => {
    for (const source of [await keep("{"), await keep("{}"), join(folder, "nothing.json"), "http://127.0.0.1:1"]) {
      assert.equal((await verify(source)).code, 2, source);
    }
    assert.equal((await verify()).code, 2);
    assert.equal((await verify(await keep([]))).code, 1);
  });
});

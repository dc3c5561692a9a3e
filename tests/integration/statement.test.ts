import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import postgres from "postgres";
import { lengthenLedger } from "../support/long-ledger.ts";
import type { CheckpointProof } from "../../domain/credits/checkpoints/verify-proof.ts";
import { createStatementVerifier } from "../../domain/credits/statement/verify.ts";
import { stack } from "../support/stack.ts";
import { fileOf, forms, makeLedger, textOf, verify, withProof } from "../support/statements.ts";
import { until } from "../support/until.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const info = await stack();
const sql = postgres(info.dbAdmin, { max: 2, onnotice: () => {} });
after(() => sql.end());

const grant = (user: string, cause = "{}") =>
  sql`select private.grant_credits(${user}, 5, 'grant', 'promo', ${`gift:${randomUUID()}`}, ${cause}, ${randomUUID()})`;

/** A signed checkpoint over all accounts as they are now. */
async function signedCheckpoint(): Promise<number> {
  const [{ number }] = await sql`select private.take_checkpoint(true) as number`;
  await until(async () => {
    const [row] = await sql`select from public.credit_checkpoints where number = ${number} and signature is not null`;
    return row ?? null;
  }, `checkpoint ${number} signed`);
  return number;
}

async function download({ token }: Pick<Customer, "token">, query = "", init: RequestInit = {}): Promise<Response> {
  return await fetch(`${info.web}/api/credits/statement${query}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe("a statement", () => {
  it("is there for the person whose it is, and for nobody else", async () => {
    for (const format of ["", "?format=csv", "?format=pdf"]) {
      assert.equal((await ask(`/api/credits/statement${format}`)).status, 401, format);
    }
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    await grant(ann.id);
    for (const [{ id, token }, entries] of [[ann, 2], [bob, 1]] as const) {
      const report = await verify(await bytesOf(await download({ token })));
      assert.partialDeepStrictEqual(report, { outcome: "verified", rows: entries, summary: { account: id } });
    }
  });

  it("is there for people who are suspended or banned", async () => {
    for (const status of ["suspended", "banned"]) {
      const customer = await newCustomer();
      await sql`update public.profiles set status = ${status} where id = ${customer.id}`;
      assert.equal((await verify(await bytesOf(await download(customer)))).outcome, "verified", status);
    }
  });

  it("comes as JSON lines, CSV or PDF, named and never cached", async () => {
    const customer = await newCustomer();
    const name = `kredo-statement-${customer.id.slice(0, 8)}-1`;
    const types = { jsonl: "application/jsonl", csv: "text/csv", pdf: "application/pdf" };
    for (
      const [query, format] of [["", "jsonl"], ["?format=jsonl", "jsonl"], ["?format=csv", "csv"], [
        "?format=pdf",
        "pdf",
      ]]
    ) {
      const response = await download(customer, query);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-disposition"), `attachment; filename="${name}.${format}"`);
      assert.ok(response.headers.get("content-type")!.startsWith(types[format as keyof typeof types]));
      assert.equal(response.headers.get("cache-control"), "private, no-store");
      const start = textOf(await bytesOf(response)).slice(0, 7);
      assert.equal(start, { jsonl: '{"forma', csv: "account", pdf: "%PDF-1." }[format]);
    }
    const head = await download(customer, "?format=csv", { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  });

  it("refuses any other format", async () => {
    const { token } = await newCustomer();
    for (const format of ["xml", "", "CSV"]) {
      const { status, body } = await ask(`/api/credits/statement?format=${format}`, { token });
      assert.deepEqual([status, body.code, Object.keys(body.errors)], [422, "validation_failed", ["format"]]);
    }
  });

  it("says every entry as the database has it, microseconds and causes to the letter", async () => {
    const customer = await newCustomer();
    await grant(customer.id, '{"b": 1.50, "aa": "; \\u00f3 \\"x\\" \\\\ \\n 🖼", "n": [1, null, true]}');
    const rows = await sql`
      select seq::int, to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at, kind,
        amount::int, counter_account, balance_after::int, ref, cause::text as cause, encode(hash, 'hex') as hash
      from public.credit_entries where user_id = ${customer.id} order by seq`;
    const lines = textOf(await bytesOf(await download(customer))).split("\n").slice(1, 3).map((line) =>
      JSON.parse(line)
    );
    for (const [at, { created_at_us, ...entry }] of lines.entries()) {
      assert.deepEqual(entry, { ...rows[at] });
      assert.equal(created_at_us % 1_000_000, Number(entry.created_at.slice(20, 26)));
    }
    const csvLines = textOf(await bytesOf(await download(customer, "?format=csv"))).split(/(?<=\n)/).slice(1, 3);
    for (const [at, line] of csvLines.entries()) {
      const { created_at: _, ...row } = rows[at];
      assert.partialDeepStrictEqual(forms.csv.readEntry(line), { account: customer.id, entry: row });
    }
  });

  it("carries the proof that the newest checkpoint holds the account; what came later is not covered by it", async () => {
    const customer = await newCustomer();
    const before = await verify(await bytesOf(await download(customer)));
    assert.partialDeepStrictEqual(before, { outcome: "verified", proof: { state: "none", why: "no checkpoint yet" } });
    await grant(customer.id);
    const number = await signedCheckpoint();
    await grant(customer.id);
    for (const format of ["jsonl", "csv"]) {
      const report = await verify(await bytesOf(await download(customer, `?format=${format}`)));
      assert.partialDeepStrictEqual(report, {
        outcome: "verified",
        rows: 3,
        proof: { state: "valid", proof: { seq: 2, checkpoint: { number } } },
      });
    }
  });

  it("shows what a superuser did to an entry, even with the chain made right again", async () => {
    const customer = await newCustomer();
    for (let n = 0; n < 4; n++) await grant(customer.id);
    await signedCheckpoint();
    const tamper = (...statements: string[]) =>
      sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        for (const statement of statements) await sql.unsafe(statement, [customer.id]);
      });
    // As text, for the driver's Date would cut off the microseconds.
    const kept =
      await sql`select e::text as row from public.credit_entries e where user_id = ${customer.id} order by seq`;
    const restore = () =>
      sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`delete from public.credit_entries where user_id = ${customer.id}`;
        await sql`
          insert into public.credit_entries
          select (text::public.credit_entries).* from unnest(${kept.map(({ row }) => row)}::text[]) as text`;
      });
    const problem = async () => {
      const report = await verify(await bytesOf(await download(customer)));
      assert.equal(report.outcome, "broken");
      const { kind, seq } = (report as Extract<typeof report, { outcome: "broken" }>).problem;
      return [kind, seq];
    };
    try {
      await tamper('update public.credit_entries set cause = \'{"reason": "x"}\' where user_id = $1 and seq = 3');
      assert.deepEqual(await problem(), ["edited", 3]);
      await tamper("delete from public.credit_entries where user_id = $1 and seq = 3");
      assert.deepEqual(await problem(), ["missing", 3]);
      await restore();
      // From the changed entry on, every hash anew, as somebody would who knows how.
      await tamper(
        "update public.credit_entries set ref = 'gift:other' where user_id = $1 and seq = 3",
        `with recursive chain as (
          select e.seq, e.hash from public.credit_entries e where e.user_id = $1 and e.seq = 2
          union all
          select e.seq, private.entry_hash(c.hash, e.user_id, e.seq, e.kind, e.amount, e.counter_account, e.balance_after,
            e.ref, e.cause, e.created_at)
          from chain c join public.credit_entries e on e.user_id = $1 and e.seq = c.seq + 1
        )
        update public.credit_entries e set hash = c.hash from chain c where e.user_id = $1 and e.seq = c.seq`,
      );
      assert.deepEqual(await problem(), ["checkpoint", 5]);
    } finally {
      await restore();
    }
    assert.equal((await verify(await bytesOf(await download(customer)))).outcome, "verified");
  });

  it("is a PDF in the person's own language, with its fonts in it", async () => {
    const customer = await newCustomer();
    await grant(customer.id, '{"reason": "Zażółć gęślą jaźń"}');
    const titles = { en: "Statement of credits", pl: "Wyciąg z konta kredytów" };
    for (const [locale, title] of Object.entries(titles)) {
      await sql`update public.profiles set locale = ${locale} where id = ${customer.id}`;
      const bytes = await bytesOf(await download(customer, "?format=pdf"));
      const file = new TextDecoder("latin1").decode(bytes);
      assert.ok(file.startsWith("%PDF-1.7") && file.trimEnd().endsWith("%%EOF"));
      assert.match(file, new RegExp(`/Lang \\(${locale}\\)`));
      // Titles beyond Latin-1 are written in UTF-16, big end first.
      const utf16 = [...title].map((char) => String.fromCharCode(char.charCodeAt(0) >> 8, char.charCodeAt(0) & 255));
      assert.ok(file.includes(title) || file.includes(utf16.join("")), title);
      assert.equal(file.match(/\/FontFile2 /g)?.length, 3);
    }
  });

  it("is limited, for one may be hundreds of megabytes", async () => {
    const customer = await newCustomer();
    for (let n = 0; n < 30; n++) assert.equal((await download(customer, "", { method: "HEAD" })).status, 200);
    const { status, headers } = await ask("/api/credits/statement", { token: customer.token });
    assert.deepEqual([status, Number(headers.get("retry-after")) > 0], [429, true]);
  });
});

describe("the task verify-statement", () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-R", "-N", "scripts/verify-statement.ts", ...args],
      env: { NO_COLOR: "1" },
    }).output();
    return { code, output: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
  };

  it("says verified, broken with the entry, unreadable or not confirmed, and exits with 0 to 3", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kredo-statement-"));
    try {
      const customer = await newCustomer();
      await grant(customer.id, '{"reason": "first"}');
      await signedCheckpoint();
      const file = join(folder, "statement.csv");
      await writeFile(file, await bytesOf(await download(customer, "?format=csv")));
      const checkpoints = `${info.web}/api/credits/checkpoints`;

      const alone = await run(file);
      assert.deepEqual([alone.code, alone.output.slice(0, 27)], [3, "CONSISTENT, NOT CONFIRMED  "], alone.errors);
      assert.match(alone.output, /to do .*--key or --checkpoints/);
      const aloneAsJson = await run(file, "--json");
      assert.deepEqual([aloneAsJson.code, JSON.parse(aloneAsJson.output).outcome], [3, "consistent, not confirmed"]);
      const published = await run(file, "--checkpoints", checkpoints, "--json");
      assert.equal(published.code, 0, published.errors);
      assert.partialDeepStrictEqual(JSON.parse(published.output), {
        outcome: "verified",
        rows: 2,
        authority: { confirmed: true, by: "publication" },
      });

      const { public_key } = JSON.parse(published.output).proof.proof.checkpoint;
      const verified = await run(file, "--key", public_key);
      assert.deepEqual([verified.code, verified.output.slice(0, 10)], [0, "VERIFIED  "], verified.errors);
      const otherKey = await run(file, "--key", "A".repeat(43));
      assert.deepEqual([otherKey.code, otherKey.output.slice(0, 13)], [1, "NOT CONFIRMED"]);

      const copy = join(folder, "checkpoints.json");
      const { checkpoints: list } = await (await fetch(`${checkpoints}?limit=100`)).json();
      await writeFile(copy, JSON.stringify({ checkpoints: [{ ...list[0], accounts: list[0].accounts + 1 }] }));
      const different = await run(file, "--checkpoints", copy, "--json");
      assert.deepEqual([different.code, JSON.parse(different.output).outcome], [1, "not confirmed"]);
      await writeFile(copy, "[]");
      assert.equal((await run(file, "--checkpoints", copy)).code, 1);
      await writeFile(copy, "{}");
      assert.equal((await run(file, "--checkpoints", copy)).code, 2);

      await writeFile(file, (await readFile(file, "utf8")).replace("first", "other"));
      const broken = await run(file);
      assert.equal(broken.code, 1);
      assert.match(broken.output, /^BROKEN .*\n {2}line 3, entry 2: edited\n/);
      assert.ok(broken.output.includes("other"));
      const asJson = JSON.parse((await run(file, "--json")).output);
      assert.partialDeepStrictEqual(asJson, { outcome: "broken", problem: { kind: "edited", line: 3, seq: 2 } });

      await writeFile(file, await bytesOf(await download(customer, "?format=pdf")));
      const pdf = await run(file);
      assert.deepEqual([pdf.code, pdf.output.includes("This is the PDF")], [2, true]);
      for (const args of [[], [join(folder, "none")], [file, "--what"], [file, "--key", "a", "--checkpoints", "b"]]) {
        assert.equal((await run(...args)).code, 2, args.join(" "));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("confirms no further than the checkpoint, whatever was appended", async () => {
    const file = await Deno.makeTempFile();
    try {
      const signed = await withProof(makeLedger(5), 3);
      const { public_key } = (signed.end.proof as CheckpointProof).checkpoint;
      for (const form of ["jsonl", "csv"] as const) {
        await writeFile(file, await fileOf(form, signed));
        const { code, output } = await run(file, "--key", public_key);
        assert.deepEqual([code, output.slice(0, 24)], [0, "VERIFIED UP TO ENTRY 3  "]);
        assert.ok(output.includes(`${signed.entries[2].balance_after} credits after entry 3`), output);
        assert.partialDeepStrictEqual(JSON.parse((await run(file, "--key", public_key, "--json")).output), {
          outcome: "verified up to entry",
          proof: { proof: { seq: 3 }, balance: signed.entries[2].balance_after },
        });
      }
    } finally {
      await Deno.remove(file);
    }
  });

  it("does not say of what nobody signed that it is confirmed, whatever stands there as the reason", async () => {
    const file = await Deno.makeTempFile();
    try {
      await writeFile(file, await fileOf("jsonl", makeLedger(3)));
      for (const args of [[], ["--key", "A".repeat(43)], ["--key", `-${"A".repeat(42)}`]]) {
        const { code, output } = await run(file, ...args);
        assert.deepEqual([code, output.slice(0, 27)], [3, "CONSISTENT, NOT CONFIRMED  "]);
        assert.match(output, /to do .*again/);
      }
      const why = { toString: 1 } as unknown as string;
      await writeFile(file, await fileOf("jsonl", { ...makeLedger(3), end: { proof: null, why } }));
      assert.equal((await run(file)).code, 3);
    } finally {
      await Deno.remove(file);
    }
  });

  it("does not let a file steer the terminal", async () => {
    const file = await Deno.makeTempFile();
    await writeFile(file, '{"format":"kredo.statement.v1\u001b[2J"}\n');
    const { code, output } = await run(file);
    await Deno.remove(file);
    // deno-lint-ignore no-control-regex -- those are what must not be there
    assert.deepEqual([code, /[\x00-\x09\x0b-\x1f]/.test(output)], [1, false]);
  });
});

describe("a statement of many entries", () => {
  const entries = 100_000;
  /** Bytes more that a statement may take than one of half its length: what it grows by, beside a collector's moods. */
  const bound = 96 * 1024 * 1024;
  /** Resident, in bytes. */
  const memory = async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${info.pids.web}`] }).output();
    return Number(new TextDecoder().decode(stdout)) * 1024;
  };

  /** Reads to the end, looking at the server's memory on the way, and verifies what it reads. */
  async function read(customer: Customer, format: string): Promise<{ rows: number; peak: number }> {
    const verifier = createStatementVerifier();
    let [peak, looked] = [0, 0];
    for await (const bytes of (await download(customer, `?format=${format}`)).body!) {
      if (format !== "pdf") verifier.write(bytes);
      if (Date.now() - looked < 50) continue;
      looked = Date.now();
      peak = Math.max(peak, await memory());
    }
    if (format === "pdf") return { rows: entries, peak };
    const report = await verifier.finish();
    assert.equal(report.outcome, "verified", JSON.stringify(report));
    return { rows: verifier.rows, peak };
  }

  it("takes no more memory than one of half as many, stops when nobody reads, and ends when the reader leaves", async () => {
    const [few, many] = await Promise.all([newCustomer(), newCustomer()]);
    await lengthenLedger(sql, few.id, entries / 2);
    await lengthenLedger(sql, many.id, entries);

    // Until the server's heap has warmed up: three reads in a row that need no more than those before.
    let [short, still] = [0, 0];
    for (let nth = 0; nth < 20 && still < 3; nth++) {
      const { peak } = await read(few, ["jsonl", "csv", "pdf"][nth % 3]);
      still = peak > short ? 0 : still + 1;
      short = Math.max(short, peak);
    }
    for (const format of ["jsonl", "csv", "pdf"]) {
      const { rows, peak } = await read(many, format);
      assert.ok(rows >= entries);
      console.log(`${format}: ${Math.round((peak - short) / 1e6)} MB above one of half the length`);
      assert.ok(peak < short + bound, `${format}: ${peak - short} bytes above one of half the length`);
    }

    /** When the server last asked the database for anything. */
    const lastAsked = async (): Promise<number> => {
      const [{ at }] = await sql`
        select max(extract(epoch from query_start))::float8 as at from pg_stat_activity
        where application_name = 'kredo-web' and query not like 'listen%'`;
      return at;
    };
    const stopsAsking = () =>
      until(async () => {
        const before = await lastAsked();
        await new Promise((resolve) => setTimeout(resolve, 500));
        return await lastAsked() === before ? true : null;
      });
    const reader = (await download(many)).body!.getReader();
    let received = (await reader.read()).value!.length;
    await stopsAsking();
    const paused = await lastAsked();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) received += piece.value.length;
    assert.ok(received > entries * 200);
    assert.ok(await lastAsked() > paused, "it had not read everything ahead of its reader");

    const leave = new AbortController();
    const left = (await download(many, "", { signal: leave.signal })).body!.getReader();
    await left.read();
    leave.abort();
    await stopsAsking();
    assert.equal((await ask("/api/credits/balance", { token: many.token })).status, 200);
  });
});

/**
 * Checks checkpoints without trusting who published them; several sources are checked as one history:
 *
 *   deno task verify-checkpoints kept.json https://kredo.example
 *
 * A file holds one answer of `GET /api/credits/checkpoints` or a list of checkpoints; of an address all pages are
 * read. Exit code 0: all is well, 1: it is not, 2: it could not be read. docs/checkpoints.md has the formats.
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { type ChainProblem, verifyCheckpointChain } from "../domain/credits/checkpoints/verify-chain.ts";
import { keyFingerprint } from "../domain/credits/checkpoints/verify-proof.ts";

const PROBLEMS: Record<ChainProblem, string> = {
  malformed: "is not a checkpoint, or there is none at all",
  fork: "exists in two versions: history was rewritten",
  gap: "has no predecessor: one before it is missing",
  previous: "does not continue the one before it",
  shrunk: "has fewer accounts or entries than the one before it, and the ledger only grows",
  signature: "was not signed with the key it names",
  unsupported: "cannot be checked: this runtime has no Ed25519",
};

async function main(sources: string[]): Promise<number> {
  if (sources.length === 0) {
    console.error("deno task verify-checkpoints FILE|ADDRESS…");
    return 2;
  }
  const checkpoints = (await Promise.all(sources.map(read))).flat();
  const verdict = await verifyCheckpointChain(checkpoints);
  if (!verdict.valid) {
    console.error(`Checkpoint ${verdict.number ?? "?"} ${PROBLEMS[verdict.problem]}.`);
    return 1;
  }
  console.log(`Checkpoints ${verdict.first} to ${verdict.last} are one unbroken, signed history.`);
  for (const key of verdict.keys) console.log(`Signed with the key ${keyFingerprint(key)}`);
  return 0;
}

async function read(source: string): Promise<unknown[]> {
  return /^https?:/.test(source) ? await download(source) : listOf(JSON.parse(await readFile(source, "utf8")));
}

async function download(address: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const url = new URL("/api/credits/checkpoints?limit=100", address);
    if (cursor) url.searchParams.set("cursor", cursor);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const page: { next_cursor: string | null } = await response.json();
    all.push(...listOf(page));
    cursor = page.next_cursor;
  }
  return all;
}

function listOf(value: unknown): unknown[] {
  const list = Array.isArray(value) ? value : (value as { checkpoints?: unknown } | null)?.checkpoints;
  if (!Array.isArray(list)) throw new Error("this is not a list of checkpoints");
  return list;
}

try {
  process.exitCode = await main(Deno.args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

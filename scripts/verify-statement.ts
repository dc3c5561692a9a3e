/**
 * `deno task verify-statement FILE [--key KEY | --checkpoints FILE_OR_URL] [--json]`: checks a statement offline, without
 * this project's database. Exit code 0 verified, 1 broken, 2 unreadable, 3 consistent, but confirmed by nobody.
 */
import { parseArgs } from "node:util";
import { keyFingerprint } from "../domain/credits/checkpoints/verify-proof.ts";
import { findPublished, isSignedWith } from "../domain/credits/statement/authority.ts";
import { isoMicros } from "../domain/credits/statement/format.ts";
import {
  createStatementVerifier,
  type Problem,
  type ProblemKind,
  type ProofState,
  type Report,
} from "../domain/credits/statement/verify.ts";

const USAGE = `deno task verify-statement FILE [--key KEY | --checkpoints FILE_OR_URL] [--json]

  FILE           a statement as JSON lines or CSV; - reads standard input
  --key          the public key the checkpoint must be signed with, or its fingerprint
  --checkpoints  where the checkpoint must be published: https://…/api/credits/checkpoints, or a copy of its answer
  --json         the report as JSON

Exit code: 0 verified, to the end or up to an entry; 1 broken, or signed by somebody else; 2 unreadable;
3 consistent, not confirmed: it fits itself, but it is not signed, or neither --key nor --checkpoints was given.`;

/** Whether what was given beside the file speaks for the checkpoint in it. */
type Authority =
  | { asked: false }
  | { asked: true; confirmed: true; by: "key" | "publication" }
  | { asked: true; confirmed: false; why: string };

/** What is printed, in capitals there, and is `outcome` in JSON. Which entry "up to" means is in the proof. */
const EXIT = {
  "verified": 0,
  "verified up to entry": 0,
  "broken": 1,
  "not confirmed": 1,
  "unreadable": 2,
  "consistent, not confirmed": 3,
} as const;
type Outcome = keyof typeof EXIT;

async function main(): Promise<number> {
  const { path, key, checkpoints, json } = readArguments();
  const report = await verifyFile(path);
  const authority: Authority = report.outcome === "verified"
    ? await checkAuthority(report.proof, key, checkpoints)
    : { asked: false };
  const outcome = outcomeOf(report, authority);
  const text = json
    ? JSON.stringify({ ...report, outcome, authority }, null, 2)
    : describe(path, report, authority, outcome);
  // A file from a stranger must not steer the terminal it is shown in.
  console.log(text.replaceAll(/[^\P{C}\n]/gu, "\ufffd"));
  return EXIT[outcome];
}

function outcomeOf(report: Report, authority: Authority): Outcome {
  if (report.outcome !== "verified") return report.outcome;
  const { proof, rows } = report;
  if (authority.asked && !authority.confirmed) return "not confirmed";
  // A key of one's own is easily made, and so is a proof with it.
  if (proof.state !== "valid" || !authority.asked) return "consistent, not confirmed";
  return proof.proof.seq === rows ? "verified" : "verified up to entry";
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      args: withKeyAttached(Deno.args),
      allowPositionals: true,
      options: { key: { type: "string" }, checkpoints: { type: "string" }, json: { type: "boolean" } },
    });
    if (positionals.length !== 1) throw new TypeError("Name one file.");
    if (values.key && values.checkpoints) throw new TypeError("Give --key or --checkpoints, not both.");
    return { path: positionals[0], ...values };
  } catch (error) {
    return stop(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** One key in 64 begins with a hyphen, which would be taken for an option where it stands alone. */
function withKeyAttached(args: readonly string[]): string[] {
  const at = args.indexOf("--key");
  return at < 0 || at + 1 === args.length ? [...args] : args.toSpliced(at, 2, `--key=${args[at + 1]}`);
}

function stop(message: string): never {
  console.error(message);
  Deno.exit(EXIT.unreadable);
}

async function verifyFile(path: string): Promise<Report> {
  const verifier = createStatementVerifier();
  try {
    const stream = path === "-" ? Deno.stdin.readable : (await Deno.open(path)).readable;
    for await (const bytes of stream) if (!verifier.write(bytes)) break;
    return await verifier.finish();
  } catch (error) {
    stop(`${path} cannot be read: ${(error as Error).message}`);
  }
}

async function checkAuthority(proof: ProofState, key?: string, checkpoints?: string): Promise<Authority> {
  if (proof.state === "none" || (!key && !checkpoints)) return { asked: false };
  const refuse = (why: string): Authority => ({ asked: true, confirmed: false, why });
  if (key) {
    return isSignedWith(proof.proof, key)
      ? { asked: true, confirmed: true, by: "key" }
      : refuse(`Its checkpoint was signed with another key: ${proof.proof.checkpoint.public_key}`);
  }
  const { number } = proof.proof.checkpoint;
  const published = findPublished(proof.proof, await readCheckpoints(checkpoints!, number));
  if (published === "same") return { asked: true, confirmed: true, by: "publication" };
  return refuse(
    published === "different"
      ? `Another checkpoint is published as number ${number}.`
      : `Checkpoint ${number} is not among the published ones.`,
  );
}

/** From a copy, or from the API, newest first, page by page down to `number`. */
async function readCheckpoints(from: string, number: number): Promise<unknown[]> {
  const all: { number?: number }[] = [];
  try {
    if (!/^https?:/.test(from)) {
      const copy = JSON.parse(await Deno.readTextFile(from));
      return Array.isArray(copy) ? copy : copy.checkpoints;
    }
    for (let cursor: string | null = ""; cursor !== null && !all.some((each) => each.number! <= number);) {
      const url = new URL(from);
      url.searchParams.set("limit", "100");
      if (cursor) url.searchParams.set("cursor", cursor);
      const response = await fetch(url);
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      const page = await response.json();
      all.push(...page.checkpoints);
      cursor = page.next_cursor;
    }
    return all;
  } catch (error) {
    stop(`The checkpoints at ${from} cannot be read: ${(error as Error).message}`);
  }
}

function describe(path: string, report: Report, authority: Authority, outcome: Outcome): string {
  if (report.outcome === "unreadable") return `UNREADABLE  ${path}\n  ${UNREADABLE[report.what]}`;
  if (report.outcome === "broken") return `BROKEN  ${path}\n${describeProblem(report.problem)}`;
  const { rows, summary, proof } = report;
  const facts: [string, string][] = [
    ["account", summary.account],
    ["entries", `${rows}, numbered without a gap; every hash, running balance and total is right`],
    [
      "balance",
      `${summary.available + summary.held - summary.debt} credits stated at ${isoMicros(summary.generated_at_us)}`,
    ],
    ["head", summary.head],
    ...describeProof(proof, rows),
  ];
  if (authority.asked && !authority.confirmed) facts.push(["NOT", authority.why]);
  else if (authority.asked) facts.push(["key", authority.by === "key" ? "the one you gave" : "as published"]);
  else if (proof.state === "none") facts.push(["to do", "download it again after the next daily checkpoint"]);
  else facts.push(["to do", "say who must have signed it, with --key or --checkpoints: anybody can make a key"]);
  const upTo = outcome === "verified up to entry" && proof.state !== "none" ? ` ${proof.proof.seq}` : "";
  return [`${outcome.toUpperCase()}${upTo}  ${path}`, ...facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)]
    .join("\n");
}

function describeProof(proof: ProofState, rows: number): [string, string][] {
  if (proof.state === "none") {
    return [["checkpoint", `none${proof.why && ` (${proof.why})`}: nobody but this file says that it is all`]];
  }
  const { checkpoint, seq } = proof.proof;
  const later = seq === rows ? "the last one" : `no checkpoint holds entries ${seq + 1} to ${rows} yet`;
  return [
    ["checkpoint", `number ${checkpoint.number} of ${isoMicros(checkpoint.taken_at)} holds entry ${seq}; ${later}`],
    ["anchored", `${proof.balance} credits after entry ${seq}`],
    ["signed with", `${checkpoint.public_key} (fingerprint ${keyFingerprint(checkpoint.public_key)})`],
  ];
}

function describeProblem({ kind, line, seq, text, found }: Problem): string {
  const where = seq === null ? `line ${line}` : `line ${line}, entry ${seq}`;
  const facts = [`  ${where}: ${kind}`, `  ${PROBLEMS[kind]}`];
  if (found !== undefined) facts.push(`  found: ${found}`);
  if (text) facts.push(`  > ${text}`);
  return facts.join("\n");
}

const UNREADABLE = {
  empty: "The file is empty.",
  pdf: "This is the PDF, which is for reading. Download the statement as JSON lines or CSV to verify it.",
  other: "This is not a statement as JSON lines or CSV.",
};

const PROBLEMS: Record<ProblemKind, string> = {
  edited: "This entry does not fit its hash and the entry before it. One of the two was changed.",
  malformed: "This line is not as a statement has it. The file was changed, or saved again by another program.",
  missing: "The entry that belongs here is not in the file.",
  reordered: "The entry that belongs here comes later in the file.",
  extra: "This does not belong here: an entry is repeated, or something was put in.",
  truncated: "The file ends here, before its last line. It was cut off, or the download was not finished.",
  balance: "The entry is as it was written, and its balance is not the sum of the amounts.",
  summary: "The totals that the statement states are not those of its entries.",
  checkpoint:
    "The checkpoint does not hold this entry as it is here. It, or one before it, was changed since; or the proof was.",
  proof: "What stands for the proof of a checkpoint is none, or its signature is not right.",
  outside: "Every entry is right, but something else in the file was changed: it does not fit the digest at its end.",
};

// Whatever a file, or a list of checkpoints, does to the code that reads it.
Deno.exit(await main().catch((error) => stop(`It cannot be read: ${error}`)));

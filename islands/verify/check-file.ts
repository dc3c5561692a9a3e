/**
 * Checks a statement in the browser: progress while it reads, a verdict out of the page's templates at the end.
 *
 * Not an island of Preact, whose runtime is 11 of the 12 KB a page may need, but a plain script that the page names
 * itself (`?assets=client`): what it verifies with takes 7 KB. Its words are in the page's HTML.
 */
import { findPublished, isSignedWith } from "../../domain/credits/statement/authority.ts";
import { createStatementVerifier, type Report } from "../../domain/credits/statement/verify.ts";
import { type CheckpointProof, keyFingerprint } from "../../domain/credits/checkpoints/verify-proof.ts";

/** Bytes between two looks at the clock. */
const STEP = 1 << 16;
/** Milliseconds of work before the page may answer keys and paint. */
const SLICE = 12;

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [zone, input, key, progress, verdict] = [
  byId("zone"),
  byId<HTMLInputElement>("file"),
  byId<HTMLInputElement>("key"),
  byId("progress"),
  byId("verdict"),
];
const { lang } = document.documentElement;
const number = (value: number) => value.toLocaleString(lang);
// As locales/format.ts writes them: day first, in the reader's own zone.
const dates = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short" });
const time = (us: number) => dates.format(new Date(us / 1000));

/** The check that the page shows; an earlier one ends when it sees that it is not its own any more. */
let current: File | undefined;

async function check(file: File): Promise<void> {
  current = file;
  verdict.replaceChildren();
  progress.hidden = false;
  const report = await read(file).catch(() => null);
  const shown = report && await judge(report);
  if (current !== file) return;
  progress.hidden = true;
  const { template, values, conditions } = shown ?? { template: "unreadable", values: {}, conditions: ["failed"] };
  show(template, { ...values, file: file.name }, conditions);
}

/** Null if another file was chosen meanwhile. */
async function read(file: File): Promise<Report | null> {
  const verifier = createStatementVerifier();
  const [bar, text] = progress.children as unknown as [HTMLProgressElement, HTMLElement];
  let [done, since, more] = [0, 0, true];
  for (const reader = file.stream().getReader(); more;) {
    const { done: end, value } = await reader.read();
    if (end) break;
    for (let at = 0; at < value.length && more; at += STEP) {
      more = verifier.write(value.subarray(at, at + STEP));
      if (performance.now() - since < SLICE) continue;
      bar.value = (done + at) / file.size;
      text.textContent = fillIn(text.dataset.text!, { rows: number(verifier.rows) });
      await new Promise((resume) => setTimeout(resume));
      if (current !== file) return null;
      since = performance.now();
    }
    done += value.length;
  }
  return await verifier.finish();
}

interface Verdict {
  template: string;
  values: Record<string, string>;
  /** Names of the parts that apply. */
  conditions: string[];
}

async function judge(report: Report): Promise<Verdict> {
  if (report.outcome === "unreadable") return { template: "unreadable", values: {}, conditions: [report.what] };
  if (report.outcome === "broken") {
    const { kind, line, seq, text, found } = report.problem;
    // Of a proof, what was found is which of its parts failed, and that is for programmers.
    const shown = kind === "proof" ? "" : found ?? "";
    return broken(kind, { line, seq: seq ?? "", text, found: shown, rows: report.rows });
  }
  const { rows, summary, proof } = report;
  const given = key.value.trim();
  const balance = number(summary.available + summary.held - summary.debt);
  const values: Record<string, string> = {
    entries: number(rows),
    balance,
    made: time(summary.generated_at_us),
    account: summary.account,
    head: summary.head,
  };
  if (proof.state === "none") {
    return given
      ? broken("keyless", { rows })
      : { template: "verified", values, conditions: ["unsigned", "unconfirmed"] };
  }
  const { checkpoint, seq } = proof.proof;
  Object.assign(values, {
    number: number(checkpoint.number),
    takenAt: time(checkpoint.taken_at),
    seq: number(seq),
    key: keyFingerprint(checkpoint.public_key),
  });
  const authority = given ? isSignedWith(proof.proof, given) ? "ownKey" : "otherKey" : await lookUp(proof.proof);
  if (authority === "otherKey" || authority === "unpublished") {
    return broken(authority, { rows, number: checkpoint.number });
  }
  const conditions = ["proof", ...(seq < rows ? ["later"] : [])];
  if (proof.state === "unsupported") conditions.push("unsupported", "unconfirmed");
  else if (authority === "unreachable") conditions.push("unreachable", "unconfirmed");
  else if (seq === rows) conditions.push("signed", authority);
  else {
    // Whoever has a signed statement can append entries that fit it, with any balance at their end.
    conditions.push("partly", `partly-${new Intl.PluralRules(lang).select(rows - seq)}`, authority);
    Object.assign(values, { n: number(rows - seq), signedBalance: number(proof.balance) });
  }
  return { template: "verified", values, conditions };
}

function broken(kind: string, facts: Record<string, string | number>): Verdict {
  const values = Object.entries(facts).map((
    [name, value],
  ) => [name, typeof value === "number" ? number(value) : value]);
  const conditions = [kind, ...["text", "found"].filter((name) => facts[name])];
  return { template: "broken", values: Object.fromEntries(values), conditions };
}

/** What Kredo publishes today. Asked for page by page, newest first; which checkpoint we look for stays here. */
async function lookUp(proof: CheckpointProof): Promise<"published" | "unpublished" | "unreachable"> {
  try {
    for (let cursor: string | null = "";;) {
      const address: string = `/api/credits/checkpoints?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { checkpoints, next_cursor } = await (await fetch(address)).json();
      const found = findPublished(proof, checkpoints);
      if (found !== "absent") return found === "same" ? "published" : "unpublished";
      cursor = next_cursor;
      if (!cursor || checkpoints.at(-1).number < proof.checkpoint.number) return "unpublished";
    }
  } catch {
    return "unreachable";
  }
}

function show(template: string, values: Record<string, string>, conditions: string[]): void {
  const copy = byId<HTMLTemplateElement>(`verdict-${template}`).content.cloneNode(true) as DocumentFragment;
  for (const part of copy.querySelectorAll<HTMLElement>("[data-if]")) {
    if (!conditions.includes(part.dataset.if!)) part.remove();
  }
  for (const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT); walker.nextNode();) {
    const text = walker.currentNode as Text;
    text.data = fillIn(text.data, values);
  }
  verdict.replaceChildren(copy);
  verdict.querySelector("h2")!.focus();
}

function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

input.addEventListener("change", () => {
  const [file] = input.files!;
  // Emptied, so that the same file can be chosen again after it was changed.
  input.value = "";
  if (file) void check(file);
});

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  // On the whole page: a file that misses the zone would otherwise replace the page.
  addEventListener(name, (event) => {
    const transfer = (event as DragEvent).dataTransfer;
    if (!transfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", name === "dragenter" || name === "dragover");
    if (name === "drop" && transfer.files[0]) void check(transfer.files[0]);
  });
}

import { cpus, release, totalmem, type } from "node:os";
import type { Bench, Measurement, Target } from "./measure.ts";

/** One line of `results.json`. */
interface Result extends Measurement {
  bench: string;
  /** What ran and on what; figures of different machines do not compare, ratios do. */
  commit: string;
  date: string;
  machine: string;
}

const RESULTS = new URL("results.json", import.meta.url);
const REPORT = new URL("RESULTS.md", import.meta.url);

export async function keepResults(bench: string, measurements: Measurement[]): Promise<void> {
  const others = (await readResults()).filter((result) => result.bench !== bench);
  const results = [...others, ...await stamped(bench, measurements)];
  await Deno.writeTextFile(RESULTS, JSON.stringify(results, null, 2) + "\n");
}

/** The bench's section as the report would have it. */
export async function draft({ name, title, method }: Bench, measurements: Measurement[]): Promise<string> {
  return section(title, method, await stamped(name, measurements));
}

async function stamped(bench: string, measurements: Measurement[]): Promise<Result[]> {
  const stamp = { commit: await commit(), date: new Date().toISOString().slice(0, 10), machine: machine() };
  return measurements.map((measured) => ({ bench, ...rounded(measured), ...stamp }));
}

export async function writeReport(benches: readonly Bench[]): Promise<void> {
  const results = await readResults();
  const parts = benches.flatMap(({ name, title, method }) => {
    const own = results.filter((result) => result.bench === name);
    return own.length === 0 ? [] : [section(title, method, own)];
  });
  await Deno.writeTextFile(
    REPORT,
    `# Benchmarks

Written by \`deno task bench\` from \`results.json\`; not by hand. Ratios travel between machines, absolute figures do not.
Ours and the peer's rounds alternate; a figure is the median of its rounds, and ± is (largest − smallest) ÷ median.

${parts.join("\n")}`,
  );
}

function section(title: string, method: string, results: Result[]): string {
  const [{ machine }] = results;
  const stamps = [...new Set(results.map(({ commit, date }) => `${date} at ${commit}`))].join(", ");
  const compared = results.some(({ peer }) => peer !== null);
  const head = ["", "Kredo", ...(compared ? ["peer", "ratio"] : []), "±", "aim", ""];
  const rows = results.map((result) => [
    result.metric,
    `${figure(result.value)} ${result.unit}`,
    ...(compared
      ? [result.peer === null ? "" : `${figure(result.peer)} ${result.unit}`, result.ratio?.toFixed(2) ?? ""]
      : []),
    `${Math.round(result.spread * 100)} %`,
    result.target ? aim(result.target, result.unit) : "",
    result.target ? (isMet(result) ? "met" : "**not met**") : "",
  ]);
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return `## ${title}

${method}

${line(head)}
${line(head.map((_, column) => column === 0 ? "---" : "---:"))}
${rows.map(line).join("\n")}

${stamps}; ${machine}.
`;
}

function aim({ of, is, limit }: Target, unit: string): string {
  return `${is === "at most" ? "≤" : "≥"} ${limit}${of === "value" ? ` ${unit}` : ""}`;
}

function isMet({ value, ratio, target }: Measurement): boolean {
  const reached = target!.of === "value" ? value : ratio!;
  return target!.is === "at most" ? reached <= target!.limit : reached >= target!.limit;
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

function rounded(measured: Measurement): Measurement {
  const short = (value: number | null) => value === null ? null : Number(value.toPrecision(5));
  return {
    ...measured,
    value: short(measured.value)!,
    peer: short(measured.peer),
    ratio: short(measured.ratio),
    spread: Number(measured.spread.toFixed(4)),
  };
}

async function readResults(): Promise<Result[]> {
  try {
    return JSON.parse(await Deno.readTextFile(RESULTS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function commit(): Promise<string> {
  const git = async (...args: string[]) => {
    const { stdout } = await new Deno.Command("git", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  // Results of earlier benches of the same run do not make the code another one.
  const changed = await git(
    "status",
    "--porcelain",
    "--",
    ":/",
    ":!benchmarks/results.json",
    ":!benchmarks/RESULTS.md",
  );
  return `${await git("rev-parse", "--short", "HEAD")}${changed ? " with changes" : ""}`;
}

function machine(): string {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} × ${cores[0].model.trim()}, ${memory} GB, ${type()} ${
    release().split("-")[0]
  }, Deno ${Deno.version.deno}`;
}

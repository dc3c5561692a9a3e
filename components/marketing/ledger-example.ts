import { createHash } from "node:crypto";

/** A made-up account for the landing page. The arithmetic and the chain of fingerprints are real. */
export type ExampleWhat =
  | { kind: "welcome" }
  | { kind: "pictures"; model: string; pictures: number }
  | { kind: "topup"; credits: number };

export interface ExampleEntry {
  seq: number;
  what: ExampleWhat;
  amount: number;
  balance: number;
  /** First characters of SHA-256 over the fingerprint before and this line. */
  fingerprint: string;
}

const LINES: { what: ExampleWhat; amount: number }[] = [
  { what: { kind: "welcome" }, amount: 10 },
  { what: { kind: "pictures", model: "Seedream 4.5", pictures: 1 }, amount: -1 },
  { what: { kind: "pictures", model: "Seedream 4.0", pictures: 4 }, amount: -4 },
  { what: { kind: "topup", credits: 50 }, amount: 50 },
  { what: { kind: "pictures", model: "Gemini Image", pictures: 1 }, amount: -2 },
  { what: { kind: "pictures", model: "Seedream 4.5", pictures: 3 }, amount: -3 },
];

export const exampleLedger: ExampleEntry[] = chain(LINES);

function chain(lines: typeof LINES): ExampleEntry[] {
  let balance = 0;
  let previous = "";
  return lines.map(({ what, amount }, index) => {
    balance += amount;
    const line = JSON.stringify([index + 1, what, amount, balance]);
    previous = createHash("sha256").update(previous + line).digest("hex");
    return { seq: index + 1, what, amount, balance, fingerprint: previous.slice(0, 8) };
  });
}

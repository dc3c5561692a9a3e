import { fill, formatNumber, formatSigned, formatTime, type Locale, messages, plural } from "../../../locales/mod.ts";
import {
  BOTTOM,
  endPage,
  INNER,
  LEFT,
  masthead,
  openDocument,
  RIGHT,
  TOP,
  written,
} from "../../../platform/pdf/sheet.ts";
import { COLORS, type Document, type FontFiles, type RowText, typesetter } from "../../../platform/pdf/typesetter.ts";
import type { CheckpointProof } from "../checkpoints/verify-proof.ts";
import { keyFingerprint } from "../checkpoints/verify-proof.ts";
import type { StatementEntry } from "./entry.ts";
import type { Statement } from "./read-statement.ts";
import type { KindTotal } from "./read-totals.ts";

export interface PdfOptions {
  locale: Locale;
  /** Whose account it is, as they call themselves. */
  holder: string;
  totals: readonly KindTotal[];
  fonts: FontFiles;
  /** Where statements are verified, for people to type. */
  verifyAddress: string;
  /** An entry in words. */
  describe(entry: StatementEntry): string;
}

const ROW = 15.5;

/** x and width of the columns. */
const COLUMN = {
  number: [LEFT, 40],
  when: [LEFT + 50, 92],
  what: [LEFT + 146, 194],
  change: [LEFT + 342, 46],
  balance: [LEFT + 390, 52],
  mark: [LEFT + 452, RIGHT - LEFT - 452],
} as const;

/** The statement for people, as its bytes. Every page leaves as soon as it is full. */
export async function* writePdf(statement: Statement, options: PdfOptions): AsyncGenerator<Uint8Array> {
  const { locale, fonts, describe } = options;
  const t = messages(locale).statement;
  const { summary } = statement;
  const createdAt = new Date(summary.generated_at_us / 1000);
  const document = openDocument({ title: t.title, locale, createdAt, fonts });
  const type = typesetter(document);
  const writeRow = rowWriter(locale, describe, type);

  document.addPage();
  const firstTop = writeFirstPage(document, type, statement, options);
  const perPage = Math.floor((BOTTOM - 24 - tableTop(TOP + 22)) / ROW);
  const onFirst = Math.max(0, Math.floor((BOTTOM - 24 - tableTop(firstTop)) / ROW));
  const pages = 1 + Math.max(0, Math.ceil((summary.entries - onFirst) / perPage));
  let [page, left, y] = [1, onFirst, firstTop];

  const finishPage = () =>
    endPage(type, {
      what: `Kredo · ${summary.account}`,
      page: fill(t.page, { page: formatNumber(page, locale), pages: formatNumber(pages, locale) }),
    });
  const beginTable = () => {
    type.draw(headings(t.columns, y));
    type.band(LEFT, y + 15, INNER, 0.75, "ink");
    y = tableTop(y);
  };

  if (onFirst > 0 && summary.entries > 0) beginTable();
  for await (const entries of statement.entries()) {
    for (const entry of entries) {
      if (left === 0) {
        finishPage();
        addPage(document);
        [page, left, y] = [page + 1, perPage, TOP + 22];
        type.draw([{ text: t.title, x: LEFT, baseline: TOP + 6, size: 9, width: 300, font: "strong" }]);
        beginTable();
        yield* written(document);
      }
      writeRow(entry, y);
      y += ROW;
      left--;
    }
  }
  finishPage();
  document.end();
  yield* written(document);
}

/** pdfkit keeps the dictionary of every page until the end, which 20,000 pages later is all its memory. */
function addPage(document: Document): void {
  const { dictionary } = document.page as unknown as { dictionary: { data: object } };
  document.addPage();
  // The page before is written now; only its number is still needed.
  dictionary.data = {};
}

const tableTop = (headingsAt: number) => headingsAt + 18;

type Draw = ReturnType<typeof typesetter>;

/** All that is not the table. @returns where the table's headings go */
function writeFirstPage(document: Document, type: Draw, statement: Statement, options: PdfOptions): number {
  const { locale, holder, totals } = options;
  const { summary } = statement;
  const t = messages(locale).statement;
  const at = (date: Date | number) => formatTime(new Date(date), locale);

  const lead = fill(t.lead, { at: at(summary.generated_at_us / 1000) });
  masthead(type, { brand: messages(locale).brand, title: t.title, lead });

  const times = totals.flatMap(({ first, last }) => [first.getTime(), last.getTime()]);
  const period = times.length === 0 ? t.noEntries : `${at(Math.min(...times))} – ${at(Math.max(...times))}`;
  facts(type, TOP + 66, [
    [t.account, holder],
    [t.number, summary.account],
    [t.period, period],
    [t.entries, formatNumber(summary.entries, locale)],
  ]);
  balances(type, TOP + 138, statement, options);
  const y = kinds(type, TOP + 206, options);
  return howToCheck(document, type, y + 12, statement, options) + 20;
}

/** Label over value, two beside each other. */
function facts(type: Draw, y: number, values: [label: string, value: string][]): void {
  type.draw(values.flatMap(([label, text], at): RowText[] => {
    const [x, top] = [LEFT + (at % 2) * INNER / 2, y + Math.floor(at / 2) * 30];
    const width = INNER / 2 - 12;
    return [
      { text: label, x, baseline: top, size: 8, width, color: "muted" },
      { text, x, baseline: top + 13, size: 10, width },
    ];
  }));
}

function balances(type: Draw, y: number, { summary }: Statement, { locale, totals }: PdfOptions): void {
  const t = messages(locale).statement;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const number = (value: number) => formatNumber(value, locale);
  const { available, held, debt } = summary;
  const closing = number(available + held - debt);
  const figures = [
    [t.opening, number(0)],
    [t.cameIn, formatSigned(sum(totals.map(({ cameIn }) => cameIn)), locale)],
    [t.wentOut, formatSigned(sum(totals.map(({ wentOut }) => wentOut)), locale)],
    [t.closing, closing],
  ];
  type.band(LEFT, y - 16, INNER, 0.75, "line");
  type.draw(figures.flatMap(([label, text], at): RowText[] => {
    const [x, width] = [LEFT + at * INNER / 4, INNER / 4 - 8];
    const font = at === 3 ? "display" : "regular";
    return [
      { text: label, x, baseline: y, size: 8, width, color: "muted" },
      { text, x, baseline: y + 20, size: 17, width, font },
    ];
  }));
  const x = LEFT + INNER * 3 / 4;
  const ruled = type.widthOf(closing, "display", 17);
  type.band(x, y + 26, ruled, 0.9, "ink");
  type.band(x, y + 28.6, ruled, 0.9, "ink");
  const parts = fill(t.parts, { available: number(available), held: number(held), debt: number(debt) });
  type.draw([{ text: parts, x: LEFT, baseline: y + 44, size: 8.5, width: INNER, color: "muted" }]);
}

/** One line a kind. @returns where it ends */
function kinds(type: Draw, y: number, { locale, totals }: PdfOptions): number {
  const t = messages(locale).statement;
  const signed = (value: number) => value === 0 ? "" : formatSigned(value, locale);
  totals.forEach(({ kind, entries, cameIn, wentOut }, at) => {
    const baseline = y + at * 14;
    if (at % 2 === 0) type.band(LEFT, baseline - 10, INNER, 14, "stripe");
    const common = { baseline, size: 9 };
    type.draw([
      { ...common, text: t.kinds[kind], x: LEFT + 6, width: 200 },
      { ...common, text: plural(t.counted, entries, locale), x: LEFT + 206, width: 90, align: "right", color: "muted" },
      { ...common, text: signed(cameIn), x: LEFT + 306, width: 90, align: "right", color: "success" },
      { ...common, text: signed(wentOut), x: RIGHT - 96, width: 90, align: "right" },
    ]);
  });
  return y + totals.length * 14;
}

/** What a person compares with the verified file. @returns where it ends */
function howToCheck(
  document: Document,
  type: Draw,
  y: number,
  { summary, end }: Statement,
  options: PdfOptions,
): number {
  const { locale, verifyAddress } = options;
  const t = messages(locale).statement;
  const proof = end.proof as CheckpointProof | null;
  const at = (us: number) => formatTime(new Date(us / 1000), locale);
  const number = (value: number) => formatNumber(value, locale);
  const how = fill(t.how, { address: verifyAddress });
  document.font("regular").fontSize(9);
  const textHeight = document.heightOfString(how, { width: INNER - 20, lineGap: 2 });
  const lines: [label: string, value: string][] = [[t.head, inGroups(summary.head)]];
  if (proof) {
    const { checkpoint: { number: n, taken_at, public_key }, seq } = proof;
    lines.push([t.checkpoint, fill(t.confirmed, { number: number(n), at: at(taken_at), seq: number(seq) })]);
    lines.push([t.key, inGroups(keyFingerprint(public_key) ?? "")]);
  } else {
    lines.push([t.checkpoint, t.none]);
  }
  const height = 30 + textHeight + 8 + lines.length * 13;
  type.band(LEFT, y, INNER, height, "stripe");
  type.band(LEFT, y, 1.2, height, "accent");
  type.band(LEFT + 2.6, y, 1.2, height, "accent");
  type.draw([{ text: t.check, x: LEFT + 12, baseline: y + 17, size: 10.5, width: INNER - 24, font: "strong" }]);
  type.settle();
  document.font("regular").fillColor(COLORS.ink).text(how, LEFT + 12, y + 23, { width: INNER - 20, lineGap: 2 });
  lines.forEach(([label, text], at) => {
    const baseline = y + 36 + textHeight + at * 13;
    type.draw([
      { text: label, x: LEFT + 12, baseline, size: 8, width: 92, color: "muted" },
      { text, x: LEFT + 106, baseline, size: 8, width: INNER - 112 },
    ]);
  });
  return y + height;
}

/** 64 digits that eyes can compare. */
const inGroups = (hex: string) => hex.replace(/.{8}(?=.)/g, "$& ");

function headings(t: Record<keyof typeof COLUMN, string>, y: number): RowText[] {
  return (Object.keys(COLUMN) as (keyof typeof COLUMN)[]).map((column) => ({
    ...place(column),
    text: t[column],
    baseline: y + 10,
    size: 8,
    color: "muted",
  }));
}

function place(column: keyof typeof COLUMN): Pick<RowText, "x" | "width" | "align"> {
  const [x, width] = COLUMN[column];
  return { x, width, ...(NUMERIC.has(column) && { align: "right" }) };
}

const NUMERIC = new Set<keyof typeof COLUMN>(["number", "change", "balance"]);

/** Formats rows; every number and date of a page in its language. */
function rowWriter(locale: Locale, describe: PdfOptions["describe"], type: Draw) {
  return (entry: StatementEntry, y: number) => {
    const { seq, created_at_us, amount, balance_after, hash } = entry;
    if (seq % 2 === 0) type.band(LEFT, y, INNER, ROW, "stripe");
    const common = { baseline: y + 10.6, size: 8.5 };
    type.draw([
      { ...common, ...place("number"), text: formatNumber(seq, locale), color: "muted" },
      { ...common, ...place("when"), text: shortTime(created_at_us), color: "muted" },
      { ...common, ...place("what"), text: describe(entry) },
      {
        ...common,
        ...place("change"),
        text: formatSigned(amount, locale),
        ...(amount > 0 && { font: "strong", color: "success" }),
      },
      { ...common, ...place("balance"), text: formatNumber(balance_after, locale) },
      { ...common, ...place("mark"), text: hash.slice(0, 8), size: 7.5, color: "muted" },
    ]);
  };
}

/** "2026-11-21 04:05:06", the one way to write it that fits a column and is read alike in every language. */
const shortTime = (us: number) => new Date(us / 1000).toISOString().slice(0, 19).replace("T", " ");
